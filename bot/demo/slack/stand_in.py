"""The stand-in for Slack: its servers, its people, and what a test or the demo looks at."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, Self, TypeVar

from bot.demo.slack import channel_ids
from bot.demo.slack.acting import Acting, Reply
from bot.demo.slack.delivery import USUAL, Ack, Courier, Delivered, Kind, Oddities
from bot.demo.slack.forms import Entered
from bot.demo.slack.messages import Conversations, Message, Whisper
from bot.demo.slack.rates import Rates
from bot.demo.slack.routes import Routes
from bot.demo.slack.sockets import Reason, Sockets
from bot.demo.slack.state import State
from bot.demo.slack.web_api import ApiCall, Fault, WebApi
from bot.demo.slack.wire import Json
from bot.demo.slack.workspace import Workspace

T = TypeVar("T")


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class SlackStandIn:
    """A workspace with the bot installed, reachable over Slack's own protocols on 127.0.0.1.

    `workspace` may be changed at any time.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        transport: Literal["socket", "http"] = "socket",
        now: Callable[[], datetime] = utc_now,
        port: int = 0,
        enforce_rates: bool = False,
        ack_timeout_s: float = 3.0,
    ) -> None:
        self.workspace = workspace
        self._state = State(workspace, now, Conversations(now))
        self._api = WebApi(self._state, Rates(now) if enforce_rates else None)
        self._sockets = Sockets(self._state)
        self._courier = Courier(self._state, self._sockets, ack_timeout_s)
        self._courier.over_http = transport == "http"
        self._acting = Acting(self._state, self._courier)
        self._routes = Routes(self._state, self._api, self._sockets, port)

    async def start(self) -> None:
        """Begin to answer; after `stop` again, at the same address, as after an outage."""
        await self._routes.start()

    async def stop(self) -> None:
        """Close every connection."""
        await self._courier.close()
        await self._sockets.drop()
        await self._routes.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_url(self) -> str:
        """The Web API's base URL, for `SLACK_API_URL`; known once started."""
        return f"{self._state.base_url}/api/"

    @property
    def events_url(self) -> str | None:
        """Where payloads are posted in HTTP mode; set once the bot listens."""
        return self._courier.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self._courier.events_url = url

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are open."""
        return len(self._sockets)

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API call received, oldest first."""
        return self._api.calls

    @property
    def faults(self) -> list[Fault]:
        """What is to go wrong: append to it; `response_url` is a method name here too."""
        return self._api.faults

    @property
    def delivered(self) -> list[Delivered]:
        """Every payload sent to the bot, oldest first."""
        return self._courier.delivered

    async def type(self, user: str, channel: str, text: str, *, trigger_id: str | None = None) -> Reply:
        """Type a line and send it; only one that begins with `/` reaches the bot.

        Raises:
            Unacknowledged: what the person sees is whispered as well.
            ValueError: this person is not in that channel, or types a command as a member of another workspace.
        """
        return await self._acting.type(user, channel, text, trigger_id)

    def join(self, user: str, channel: str) -> None:
        """Join a public channel; the bot is not told, as it does not ask for that event.

        Raises:
            ValueError: this person is in it already, or may not join it.
        """
        self._acting.join(user, channel)

    async def press(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        *,
        value: str | list[str] | None = None,
        user_team: str | None = None,
    ) -> Reply:
        """Press a button (or choose `value` in a menu) of a message or whisper.

        Raises:
            KeyError: it is not on the message as it is now, and no `value` was given to press it regardless.
        """
        return await self._acting.press(user, channel, ts, action_id, value, user_team)

    async def press_in_modal(
        self, user: str, action_id: str, *, value: str | list[str] | None = None
    ) -> Reply:
        """Press a button, or change a menu, in the modal this person has open."""
        return await self._acting.press_in_view(user, self._state.modals[user][-1], action_id, value)

    async def press_in_home(
        self, user: str, action_id: str, *, value: str | list[str] | None = None
    ) -> Reply:
        """Press a button, or change a menu, in this person's Home tab."""
        return await self._acting.press_in_view(user, self._state.homes[user], action_id, value)

    async def submit(self, user: str, values: dict[str, Entered], *, view_id: str | None = None) -> Json:
        """Fill in, by block id, and send the modal this person has open; what is not named stays as it is.

        Returns:
            The bot's `response_action` body, `{}` when the modal closed. Where Slack's own window would object,
            the same shape of `errors` without the bot having been asked.
        """
        return await self._acting.submit(user, values, view_id)

    async def close(self, user: str) -> None:
        """Close the modal this person has open."""
        await self._acting.close(user)

    async def open_home(self, user: str) -> None:
        """Open the bot's Home tab."""
        await self._acting.open_home(user)

    async def send_event(self, event: Json) -> None:
        """Send an event of the Events API, once: Slack's own redelivery is `deliver` with `retry_num`."""
        await self._acting.event(event)

    async def change_channel_id(self, old: str, new: str) -> None:
        """Give a channel another id, and tell the bot."""
        await self._acting.event(channel_ids.change(self._state, old, new))

    async def deliver(self, kind: Kind, payload: Json, odd: Oddities = USUAL) -> Ack:
        """Send any payload exactly once, as it is; nothing is made of the answer."""
        return await self._courier.send(kind, payload, odd)

    async def disconnect_sockets(self, reason: Reason = "refresh_requested") -> None:
        """Ask the bot to connect anew, as Slack does every few hours."""
        await self._sockets.disconnect(reason)

    async def drop_sockets(self) -> None:
        """Close the connections without a word."""
        await self._sockets.drop()

    def modal(self, user: str) -> Json | None:
        """The topmost modal this person has open."""
        stack = self._state.modals.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> Json | None:
        """This person's Home tab, if the bot has published one."""
        return self._state.homes.get(user)

    def messages(self, channel: str) -> list[Message]:
        """The top-level messages of a channel, oldest first; a user id stands for the bot's conversation with them."""
        return self._state.conversations.top_level(self._acting.place(channel).id)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return self._state.conversations.replies(self._acting.place(channel).id, ts)

    def dms(self, user: str) -> list[Message]:
        """The top-level messages between the bot and this person, oldest first."""
        return self.messages(user)

    def whispers(self, user: str, channel: str | None = None) -> list[Whisper]:
        """What this person alone was shown, oldest first."""
        shown = [whisper for whisper in self._state.conversations.whispers if whisper.user == user]
        return [w for w in shown if channel is None or w.channel == self._acting.place(channel).id]

    def file(self, file_id: str) -> bytes | None:
        """The content of an uploaded file."""
        return self._state.files[file_id].content

    async def wait_for(self, predicate: Callable[[], T | None], timeout_s: float = 10) -> T:
        """The predicate's first truthy value.

        Raises:
            TimeoutError: it stayed falsy; the error says what the messages were.
        """
        return await self._state.changes.wait_for(predicate, timeout_s, self._state.conversations.transcript)

    async def wait_connected(self, timeout_s: float = 10) -> None:
        """Wait until the bot can be reached."""
        await self.wait_for(lambda: self.connections or self.events_url, timeout_s)

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back after every change."""
        self._state.changes.on_change(callback)

    def changes(self) -> AsyncGenerator[None, None]:
        """One item at once, then one after each burst of changes."""
        return self._state.changes.stream()
