"""What the stand-in knows while it runs, shared by everything that answers for Slack."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.demo.slack.changes import Changes
from bot.demo.slack.messages import Conversations
from bot.demo.slack.wire import ApiError, Json
from bot.demo.slack.workspace import Channel, User, Workspace

TRIGGER_LIFE_S = 3.0


@dataclass
class Trigger:
    """The right to open one modal for the person who acted, for 3 s."""

    user: str
    made_at: datetime
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an answer to one action may be posted; `source_ts` is the message acted upon, if any."""

    channel: str
    user: str
    made_at: datetime
    source_ts: str | None = None
    uses: int = 0


@dataclass
class File:
    """An uploaded file; `content` is None until it was sent."""

    id: str
    name: str
    length: int
    content: bytes | None = None


@dataclass
class State:
    """Everything that changes."""

    workspace: Workspace
    now: Callable[[], datetime]
    conversations: Conversations
    changes: Changes = field(default_factory=Changes)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    modals: dict[str, list[Json]] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    base_url: str = ""
    ids_given: int = 0

    def new_id(self, prefix: str) -> str:
        """An id that nothing else has."""
        self.ids_given += 1
        return f"{prefix}{self.ids_given:04d}"

    def new_trigger(self, user: str) -> str:
        """A fresh trigger id for something this person did."""
        trigger_id = f"{self.new_id('')}.1000.{secrets.token_hex(8)}"
        self.triggers[trigger_id] = Trigger(user, self.now())
        return trigger_id

    def spend_trigger(self, trigger_id: str) -> str:
        """Whose trigger it is, once and within 3 s."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if (self.now() - trigger.made_at).total_seconds() > TRIGGER_LIFE_S:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def new_response_url(self, channel: str, user: str, source_ts: str | None = None) -> str:
        """A fresh URL for answers to something this person did."""
        key = self.new_id("R") + secrets.token_hex(8)
        self.response_urls[key] = ResponseUrl(channel, user, self.now(), source_ts)
        return f"{self.base_url}/response/{key}"

    def need_scope(self, scope: str) -> None:
        """Refuse unless the token has this scope."""
        provided = self.workspace.scopes
        if scope not in provided:
            raise ApiError("missing_scope", needed=scope, provided=",".join(provided))

    def need_channel(self, channel_id: str) -> Channel:
        """The conversation, as far as the bot may know of it: not a private one it is no member of."""
        channel = self.workspace.channel(channel_id)
        if channel is None or (channel.is_private and not self.is_member(channel)):
            raise ApiError("channel_not_found")
        return channel

    def need_membership(self, channel_id: str) -> Channel:
        """The conversation, of which the bot must be a member."""
        channel = self.need_channel(channel_id)
        if not self.is_member(channel):
            raise ApiError("not_in_channel")
        return channel

    def need_user(self, user_id: str) -> User:
        """The person with this id."""
        user = self.workspace.user(user_id)
        if user is None:
            raise ApiError("user_not_found")
        return user

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in this conversation."""
        return self.workspace.bot_user_id in channel.members

    def channel_scope(self, channel: Channel, kind: str) -> None:
        """Refuse unless the token has `channels:kind`, or what it is for other conversations."""
        family = "im" if channel.is_im else "groups" if channel.is_private else "channels"
        self.need_scope(f"{family}:{kind}")
