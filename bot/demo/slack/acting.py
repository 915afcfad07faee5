"""What people do in Slack: type, press, fill in; each act becomes a payload, its answer is shown."""

from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack import forms, payloads, typed, views
from bot.demo.slack.delivery import Ack, Courier, Kind, Unacknowledged, UnusableAnswer
from bot.demo.slack.messages import Message, Whisper
from bot.demo.slack.response_urls import show
from bot.demo.slack.state import State
from bot.demo.slack.wire import ApiError, Args, Json
from bot.demo.slack.workspace import Channel, User

Block = Json
OK = 200


@dataclass(frozen=True)
class Reply:
    """How the bot acknowledged; `ts` is that of the message or whisper made of it, if any."""

    status: int
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    raw: Json = field(default_factory=dict)
    ts: str | None = None


class Acting:
    """Turns acts into payloads, and answers into what is seen."""

    def __init__(self, state: State, courier: Courier) -> None:
        self._state = state
        self._courier = courier

    async def type(self, user_id: str, channel_id: str, text: str, trigger_id: str | None) -> Reply:
        user, channel = self._at_work(user_id), self.place(channel_id)
        if user_id not in channel.members:
            raise ValueError(f"{user_id} is no member of {channel.id}, so cannot type there")
        if not text.startswith("/"):
            message = self._state.conversations.post(
                channel.id, user_id, typed.escaped(self._state.workspace, text)
            )
            self._state.changes.ring()
            return Reply(OK, ts=message.ts)
        if self._state.workspace.team_of(user) != self._state.workspace.team_id:
            raise ValueError(f"{user_id} belongs to another workspace, where there is no such command")
        return await self._command(user, channel, text, trigger_id)

    def join(self, user_id: str, channel_id: str) -> None:
        user, channel = self._at_work(user_id), self.place(channel_id)
        if channel not in self._state.workspace.joinable(user.id):
            raise ValueError(f"{user_id} cannot join {channel.id}")
        channel.members.append(user.id)
        self._state.changes.ring()

    async def press(
        self,
        user_id: str,
        channel_id: str,
        ts: str,
        action_id: str,
        value: str | list[str] | None,
        team: str | None,
    ) -> Reply:
        user, channel = self._at_work(user_id), self.place(channel_id)
        message = self._seen(channel, ts, user_id)
        action = acted(message.blocks, action_id, value)
        who = payloads.person(self._state, user, team)
        return await self._interact(payloads.message_action(self._state, who, channel, message, action))

    async def press_in_view(
        self, user_id: str, view: Json, action_id: str, value: str | list[str] | None
    ) -> Reply:
        who = payloads.person(self._state, self._at_work(user_id))
        action = acted(view["blocks"], action_id, value)
        if value is not None and action["type"] in forms.KINDS:
            entered = {name: part for name, part in action.items() if name not in {"action_id", "block_id"}}
            view["state"]["values"][action["block_id"]][action_id] = entered
        return await self._interact(payloads.view_action(self._state, who, view, action))

    async def submit(self, user_id: str, values: dict[str, forms.Entered], view_id: str | None) -> Json:
        user, view = self._at_work(user_id), self._open_modal(user_id, view_id)
        entered = forms.entered_state(view, values)
        view["state"]["values"] = entered
        objections = forms.missing(view, entered, user.locale)
        if objections:
            return {"response_action": "errors", "errors": objections}
        who = payloads.person(self._state, user)
        ack = await self._acknowledged("interactive", payloads.view_submission(self._state, who, view))
        try:
            self._settle(user_id, view, ack.body)
        except ApiError as error:
            raise UnusableAnswer(f"{error.error}: {error.more}") from error
        finally:
            self._state.changes.ring()
        return ack.body

    async def close(self, user_id: str) -> None:
        stack = self._state.modals.get(user_id, [])
        view = stack.pop() if stack else None
        self._state.changes.ring()
        if view and view["notify_on_close"]:
            who = payloads.person(self._state, self._at_work(user_id))
            await self._acknowledged("interactive", payloads.view_closed(self._state, who, view))

    async def event(self, event: Json) -> None:
        await self._acknowledged("events_api", payloads.event_callback(self._state, event))

    async def open_home(self, user_id: str) -> None:
        channel = self._state.workspace.open_direct(self._at_work(user_id).id)
        home = self._state.homes.get(user_id)
        event = {"type": "app_home_opened", "user": user_id, "channel": channel.id, "tab": "home"}
        event |= {"event_ts": self._state.conversations.next_ts()}
        await self.event(event | ({"view": home} if home else {}))

    def place(self, channel_id: str) -> Channel:
        """The conversation with this id, or the direct one with the person of this id."""
        workspace = self._state.workspace
        if workspace.user(channel_id) is not None:
            return workspace.open_direct(channel_id)
        channel = workspace.channel(channel_id)
        if channel is None:
            raise KeyError(f"no channel {channel_id}")
        return channel

    async def _command(self, user: User, channel: Channel, text: str, trigger_id: str | None) -> Reply:
        command, rest = [*text.split(maxsplit=1), ""][:2]
        safe = typed.escaped(self._state.workspace, rest)
        payload = payloads.slash_command(self._state, user, channel, command, safe, trigger_id=trigger_id)
        try:
            return self._shown(await self._courier.send("slash_commands", payload), channel.id, user.id)
        except Unacknowledged as failure:
            self._state.conversations.whisper(channel.id, user.id, f"{command} failed: {failure.error}")
            raise
        finally:
            self._state.changes.ring()

    async def _interact(self, payload: Json) -> Reply:
        ack = await self._acknowledged("interactive", payload)
        return Reply(ack.status, raw=ack.body)

    async def _acknowledged(self, kind: Kind, payload: Json) -> Ack:
        ack = await self._courier.send(kind, payload)
        if ack.status != OK:
            raise Unacknowledged(f"http_{ack.status}")
        return ack

    def _shown(self, ack: Ack, channel: str, user: str) -> Reply:
        """Show the acknowledgement of a command to whom it is for."""
        if ack.status != OK:
            self._state.conversations.whisper(channel, user, "dispatch_failed")
            return Reply(ack.status, raw=ack.body)
        try:
            made = show(self._state, channel, user, Args(ack.body))
        except ApiError as error:
            raise UnusableAnswer(f"{error.error}: {error.more}") from error
        return (
            Reply(ack.status, made.text, made.blocks, ack.body, made.ts) if made else Reply(OK, raw=ack.body)
        )

    def _settle(self, user: str, view: Json, answer: Json) -> None:
        """What becomes of the modal, as the bot's answer says."""
        stack, action = self._state.modals.get(user, []), answer.get("response_action")
        if action is None and view in stack:
            stack.remove(view)
        elif action == "clear":
            stack.clear()
        elif action == "update":
            views.replace(self._state, user, view["id"], views.checked(answer.get("view"), "modal"))
        elif action == "push":
            views.push(self._state, user, views.checked(answer.get("view"), "modal"))
        elif action == "errors":
            _refuse_errors_elsewhere(view, answer.get("errors"))
        elif action is not None:
            raise ApiError("invalid_response_action")

    def _at_work(self, user_id: str) -> User:
        user = self._state.workspace.user(user_id)
        if user is None or user.deleted:
            raise KeyError(f"nobody with the id {user_id} can do anything in this workspace")
        return user

    def _seen(self, channel: Channel, ts: str, user_id: str) -> Message | Whisper:
        conversations = self._state.conversations
        message = conversations.find(channel.id, ts) or conversations.find_whisper(channel.id, ts, user_id)
        if message is None:
            raise KeyError(f"{user_id} sees no message {ts} in {channel.id}")
        return message

    def _open_modal(self, user_id: str, view_id: str | None) -> Json:
        for view in reversed(self._state.modals.get(user_id, [])):
            if view_id in {None, view["id"]}:
                return view
        raise KeyError(f"{user_id} has no such modal open")


def acted(blocks: list[Block], action_id: str, value: str | list[str] | None) -> Json:
    """The action of an interaction with the element `action_id`.

    With a value, the button that has it; one that is not (or no longer) there is pressed all the same.

    Raises:
        KeyError: no such element, and no value to make one up from.
    """
    found = [(b, e) for b in blocks for e in _elements(b) if e.get("action_id") == action_id]
    exact = [(b, e) for b, e in found if e["type"] != "button" or value in {None, e.get("value")}]
    if exact:
        block, element = exact[0]
        return {"action_id": action_id, "block_id": block["block_id"]} | _told(element, value)
    if not isinstance(value, str):
        raise KeyError(f"no {action_id!r} on this message")
    text = {"type": "plain_text", "text": action_id, "emoji": True}
    return {"action_id": action_id, "block_id": "gone", "type": "button", "value": value, "text": text}


def _elements(block: Block) -> list[Json]:
    if block["type"] == "actions":
        return list(block["elements"])
    return [block[name] for name in ("accessory", "element") if name in block]


def _told(element: Json, value: str | list[str] | None) -> dict[str, Any]:
    if element["type"] == "button":
        return {name: element[name] for name in ("type", "text", "value", "style") if name in element}
    if value is None:
        raise KeyError(f"choose a value for {element['action_id']!r}")
    if element["type"] == "overflow":
        return {"type": "overflow", "selected_option": forms.option_of(element, str(value))}
    return forms.entered_value(element, value)


def _refuse_errors_elsewhere(view: Json, errors: Any) -> None:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise ApiError("invalid_errors", errors=errors)
