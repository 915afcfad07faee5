"""The messages of the workspace: what stands in channels, threads and direct conversations, and whispers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.demo.slack.wire import Json


@dataclass
class Message:
    """A message as it is now; `history` holds its earlier texts, oldest first."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: bool = False
    history: list[str] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, below another message."""
        return self.thread_ts not in {None, self.ts}


@dataclass
class Whisper:
    """An ephemeral message: only `user` sees it, and the Web API never gives it back."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None


class Conversations:
    """All messages, and the clock that numbers them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.all: list[Message] = []
        self.whispers: list[Whisper] = []
        self._now = now
        self._last = datetime.min.replace(tzinfo=now().tzinfo)
        self._block_ids = 0

    def next_ts(self) -> str:
        """A timestamp that no message has: the time now, or a microsecond after the last one."""
        self._last = max(self._now(), self._last + timedelta(microseconds=1))
        return f"{int(self._last.timestamp())}.{self._last.microsecond:06d}"

    def post(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: list[Json] | None = None,
        *,
        thread_ts: str | None = None,
        metadata: Json | None = None,
        files: list[Json] | None = None,
    ) -> Message:
        """Add a message."""
        message = Message(channel, self.next_ts(), user, text, self.named(blocks or []), thread_ts, metadata)
        message.files = files or []
        self.all.append(message)
        return message

    def whisper(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: list[Json] | None = None,
        *,
        thread_ts: str | None = None,
    ) -> Whisper:
        """Show something to one person only."""
        whisper = Whisper(channel, self.next_ts(), user, text, self.named(blocks or []), thread_ts)
        self.whispers.append(whisper)
        return whisper

    def edit(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Replace what a message says."""
        message.history.append(message.text)
        message.text, message.blocks, message.edited = text, self.named(blocks), True

    def find(self, channel: str, ts: str) -> Message | None:
        """The message with this timestamp in this channel."""
        return next((m for m in self.all if (m.channel, m.ts) == (channel, ts)), None)

    def find_whisper(self, channel: str, ts: str, user: str) -> Whisper | None:
        """What this person was whispered in this channel at this timestamp."""
        return next((w for w in self.whispers if (w.channel, w.ts, w.user) == (channel, ts, user)), None)

    def top_level(self, channel: str) -> list[Message]:
        """The messages of a channel that are not replies, oldest first."""
        return [m for m in self.all if m.channel == channel and not m.is_reply]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return [m for m in self.all if m.channel == channel and m.thread_ts == ts and m.is_reply]

    def named(self, blocks: list[Json]) -> list[Json]:
        """The blocks, each with a block id, as Slack gives one to those that came without."""
        return [
            block if block.get("block_id") else block | {"block_id": self._block_id()} for block in blocks
        ]

    def _block_id(self) -> str:
        self._block_ids += 1
        return f"blk{self._block_ids}"

    def transcript(self) -> str:
        """Everything said so far, a line each, for the error of a wait that failed."""
        said = [f"{m.channel} {m.ts} {'  ↳ ' if m.is_reply else ''}{m.text}" for m in self.all]
        whispered = [f"{w.channel} {w.ts} (only {w.user}) {w.text}" for w in self.whispers]
        return "\n".join(said + whispered) or "(none)"
