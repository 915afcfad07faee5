"""The page's small Slack: what one person sees of the workspace, as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request

from bot.demo.page.answers import Json, both
from bot.demo.page.cast import Role, Step
from bot.demo.page.time_side import Time
from bot.demo.slack import Channel, Message, SlackStandIn, User, Whisper
from commands.text import Language


class SlackSide:
    """Looks at the workspace with one person's eyes."""

    def __init__(
        self,
        slack: SlackStandIn,
        time: Time,
        cast: Sequence[Role],
        steps: Mapping[Language, Sequence[Step]],
    ) -> None:
        self._slack = slack
        self._time = time
        self._cast = cast
        self._steps = steps

    def state(self, request: Request) -> Json:
        """What the person sees: `?user=`, and what is open: `&channel=`, `&thread=`.

        Without (or with an unknown) `channel`, the first one.

        Raises:
            KeyError: nobody in the cast has this id.
        """
        asked = request.query_params
        user = asked.get("user") or self._cast[0].user
        if user not in {role.user for role in self._cast}:
            raise KeyError(user)
        channels = self._channels(user)
        channel = next((c for c in channels if c.id == asked.get("channel")), channels[0])
        return {
            "user": user,
            "channel": channel.id,
            "channels": [self._channel(one, user) for one in channels],
            "messages": self._messages(channel.id, user),
            "thread": self._thread(channel.id, asked.get("thread", ""), user),
            "modal": self._slack.modal(user),
            "home": self._slack.home(user),
            **self._about(),
        }

    def _about(self) -> Json:
        space = self._slack.workspace
        return {
            "now": self._time.now().timestamp(),
            "workspace": space.name,
            "url": space.url,
            "bot": space.bot_user_id,
            "people": {user.id: _person(user, space.team_id) for user in space.users},
            "public": {channel.id: channel.name for channel in space.channels if not channel.is_private},
            "groups": {group.id: {"handle": group.handle, "name": group.name} for group in space.groups},
            "cast": [{"user": role.user, "title": both(role.title)} for role in self._cast],
            "steps": {language: [vars(step) for step in steps] for language, steps in self._steps.items()},
        }

    def _channels(self, user: str) -> list[Channel]:
        space = self._slack.workspace
        joined = [c for c in space.channels if user in c.members and not c.is_archived]
        return [*joined, *space.joinable(user), space.open_direct(user)]

    def _channel(self, channel: Channel, user: str) -> Json:
        seen = self._messages(channel.id, user)
        return {
            "id": channel.id,
            "name": channel.name,
            "private": channel.is_private,
            "direct": channel.is_im,
            "joined": user in channel.members,
            "members": channel.members,
            "latest": max((one["latest"] for one in seen), default=""),
        }

    def _messages(self, channel: str, user: str) -> list[Json]:
        """Messages, and whispers to this person, in the order of time."""
        own = [w for w in self._slack.whispers(user, channel) if not w.thread_ts]
        told = [self._summed_up(message) for message in self._slack.messages(channel)]
        return sorted([*told, *map(_whisper, own)], key=lambda one: str(one["ts"]))

    def _summed_up(self, message: Message) -> Json:
        replies = self._slack.thread(message.channel, message.ts)
        latest = replies[-1].ts if replies else message.ts
        users = list(dict.fromkeys(reply.user for reply in replies))
        return _message(message) | {"replies": len(replies), "repliers": users, "latest": latest}

    def _thread(self, channel: str, ts: str, user: str) -> Json | None:
        root = next((m for m in self._slack.messages(channel) if m.ts == ts), None)
        if root is None:
            return None
        own = [_whisper(w) for w in self._slack.whispers(user, channel) if w.thread_ts == ts]
        replies = [*map(_message, self._slack.thread(channel, ts)), *own]
        return {"root": _message(root), "replies": sorted(replies, key=lambda one: str(one["ts"]))}


def _person(user: User, team_id: str) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "locale": user.locale,
        "bot": user.is_bot,
        "deleted": user.deleted,
        "guest": user.is_restricted or user.is_ultra_restricted or user.team_id not in {"", team_id},
    }


def _message(message: Message) -> Json:
    return _said(message) | {"edited": message.edited, "files": message.files}


def _whisper(whisper: Whisper) -> Json:
    """Seen by nobody else; Slack shows who it is from, and that is always the bot."""
    return _said(whisper) | {"only_you": True, "latest": whisper.ts}


def _said(message: Message | Whisper) -> dict[str, Any]:
    return {"ts": message.ts, "user": message.user, "text": message.text, "blocks": message.blocks}
