"""Web API methods that say something: chat.* ."""

import json
from typing import Any

from bot.demo.slack.limits import METADATA_JSON, TEXT_POSTED, TEXT_UPDATED, message_problems, too_long
from bot.demo.slack.messages import Message
from bot.demo.slack.state import State
from bot.demo.slack.wire import ApiError, Args, Json, refusal
from bot.demo.slack.workspace import Channel


def post_message(state: State, args: Args) -> Json:
    channel = _writable(state, args.text("channel"))
    text, blocks = said(args)
    message = state.conversations.post(
        channel.id,
        state.workspace.bot_user_id,
        text[:TEXT_POSTED],
        blocks,
        thread_ts=parent_of_reply(state, channel, args.text("thread_ts")),
        metadata=_metadata(args),
    )
    return {"channel": channel.id, "ts": message.ts, "message": message_json(state, message)}


def post_ephemeral(state: State, args: Args) -> Json:
    channel = _writable(state, args.text("channel"))
    user = args.need("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks = said(args)
    if len(text) > TEXT_POSTED:
        raise ApiError("msg_too_long")
    whisper = state.conversations.whisper(
        channel.id, user, text, blocks, thread_ts=args.text("thread_ts") or None
    )
    return {"message_ts": whisper.ts}


def update(state: State, args: Args) -> Json:
    message = _own(state, args, "cant_update_message")
    text, blocks = said(args)
    if len(text) > TEXT_UPDATED:
        raise ApiError("msg_too_long")
    metadata = _metadata(args)
    state.conversations.edit(message, text or message.text, blocks)
    message.metadata = metadata or message.metadata
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(state, message),
    }


def delete(state: State, args: Args) -> Json:
    message = _own(state, args, "cant_delete_message")
    state.conversations.all.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(state: State, args: Args) -> Json:
    channel = state.need_channel(args.text("channel"))
    message = state.conversations.find(channel.id, args.text("message_ts"))
    if message is None:
        raise ApiError("message_not_found")
    link = f"{state.workspace.url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def said(args: Args) -> tuple[str, list[Json]]:
    """The text and blocks given, refused where Slack refuses them."""
    text, blocks = args.text("text"), args.structure("blocks", "invalid_blocks_format") or []
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    problems = message_problems(blocks)
    if problems:
        raise refusal("invalid_blocks", problems)
    if too_long(blocks):
        raise ApiError("msg_blocks_too_long")
    return text, blocks


def parent_of_reply(state: State, channel: Channel, thread_ts: str) -> str | None:
    """The message to be answered, which must be there and be no reply itself."""
    if not thread_ts:
        return None
    parent = state.conversations.find(channel.id, thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.is_reply:
        raise ApiError("cannot_reply_to_message")
    return thread_ts


def message_json(state: State, message: Message, *, metadata: bool = True) -> Json:
    """A message as the Web API and payloads show it."""
    replies = [] if message.is_reply else state.conversations.replies(message.channel, message.ts)
    by_bot = message.user == state.workspace.bot_user_id
    return {
        "type": "message",
        "user": message.user,
        "team": state.workspace.team_id,
        "ts": message.ts,
        "text": message.text,
        **({"bot_id": state.workspace.bot_id, "app_id": state.workspace.app_id} if by_bot else {}),
        **({"blocks": message.blocks} if message.blocks else {}),
        **({"files": message.files} if message.files else {}),
        **({"thread_ts": message.thread_ts or message.ts} if message.is_reply or replies else {}),
        **({"reply_count": len(replies), "latest_reply": replies[-1].ts} if replies else {}),
        **({"edited": {"user": message.user, "ts": message.ts}} if message.edited else {}),
        **({"metadata": message.metadata} if metadata and message.metadata else {}),
    }


def _writable(state: State, target: str) -> Channel:
    """The channel, or the direct conversation with a person given by id, that may be written to."""
    user = state.workspace.user(target)
    if user is not None:
        if user.is_bot:
            raise ApiError("cannot_dm_bot")
        return state.workspace.open_direct(target)
    channel = state.need_channel(target)
    if channel.is_archived:
        raise ApiError("is_archived")
    may_anywhere = "chat:write.public" in state.workspace.scopes and not channel.is_private
    return channel if may_anywhere else state.need_membership(target)


def _own(state: State, args: Args, otherwise: str) -> Message:
    """The message with this `ts`, which must be the bot's own."""
    channel = state.need_channel(args.text("channel"))
    message = state.conversations.find(channel.id, args.text("ts"))
    if message is None:
        raise ApiError("message_not_found")
    if message.user != state.workspace.bot_user_id:
        raise ApiError(otherwise)
    if channel.is_archived:
        raise ApiError("is_archived")
    return message


def _metadata(args: Args) -> Json | None:
    value: Any = args.structure("metadata", "invalid_metadata_format")
    if not value:
        return None
    if not isinstance(value, dict):
        raise ApiError("invalid_metadata_format")
    event_type, payload = value.get("event_type"), value.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(value, ensure_ascii=False)) > METADATA_JSON:
        raise ApiError("metadata_too_large")
    return {"event_type": event_type, "event_payload": payload}
