"""The payloads Slack sends to an app, with all their fields."""

from typing import Any

from bot.demo.slack.chat import message_json
from bot.demo.slack.messages import Message, Whisper
from bot.demo.slack.state import State
from bot.demo.slack.wire import Json
from bot.demo.slack.workspace import Channel, User

VERIFICATION_TOKEN = "verification-token"  # noqa: S105 - deprecated by Slack, always sent, never a secret


def slash_command(
    state: State, user: User, channel: Channel, command: str, text: str, *, trigger_id: str | None
) -> Json:
    """A slash command; the fields of the form, in Slack's order."""
    space = state.workspace
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": space.team_id,
        "team_domain": space.domain,
        "channel_id": channel.id,
        "channel_name": _name_told(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": space.app_id,
        "is_enterprise_install": "false",
        "response_url": state.new_response_url(channel.id, user.id),
        "trigger_id": trigger_id or state.new_trigger(user.id),
    }


def message_action(
    state: State, user: Json, channel: Channel, message: Message | Whisper, action: Json
) -> Json:
    """Something pressed or chosen in a message; of an ephemeral one Slack does not repeat the message."""
    ephemeral = isinstance(message, Whisper)
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container |= {"is_ephemeral": ephemeral}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return {
        **_interaction(state, "block_actions", user),
        "container": container,
        "channel": {"id": channel.id, "name": _name_told(channel)},
        **({} if isinstance(message, Whisper) else {"message": message_json(state, message)}),
        "state": {"values": {}},
        "response_url": state.new_response_url(channel.id, user["id"], message.ts),
        "actions": [action | {"action_ts": state.conversations.next_ts()}],
    }


def view_action(state: State, user: Json, view: Json, action: Json) -> Json:
    """Something pressed or chosen in a modal or the Home tab."""
    return {
        **_interaction(state, "block_actions", user),
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [action | {"action_ts": state.conversations.next_ts()}],
    }


def view_submission(state: State, user: Json, view: Json) -> Json:
    """A modal sent in."""
    return {**_interaction(state, "view_submission", user), "view": view, "response_urls": []}


def view_closed(state: State, user: Json, view: Json) -> Json:
    """A modal closed by its cross or its close button."""
    payload = _interaction(state, "view_closed", user)
    payload.pop("trigger_id")
    return {**payload, "view": view, "is_cleared": False}


def event_callback(state: State, event: Json) -> Json:
    """An event of the Events API in its wrapper."""
    space = state.workspace
    authorization = {"enterprise_id": None, "team_id": space.team_id, "user_id": space.bot_user_id}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": space.team_id,
        "context_team_id": space.team_id,
        "context_enterprise_id": None,
        "api_app_id": space.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": state.new_id("Ev"),
        "event_time": int(state.now().timestamp()),
        "authorizations": [authorization | {"is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }


def person(state: State, user: User, team_id: str | None = None) -> Json:
    """The `user` of an interaction; `team_id` of somebody from another workspace."""
    told_team = team_id or state.workspace.team_of(user)
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": told_team}


def _interaction(state: State, kind: str, user: Json) -> dict[str, Any]:
    space = state.workspace
    return {
        "type": kind,
        "team": {"id": space.team_id, "domain": space.domain},
        "user": user,
        "api_app_id": space.app_id,
        "token": VERIFICATION_TOKEN,
        "trigger_id": state.new_trigger(user["id"]),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _name_told(channel: Channel) -> str:
    """Slack does not tell the names of private conversations."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
