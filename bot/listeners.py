"""Slack payload → one call → the answer; nothing is decided here."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import exports
from bot.blocks import render
from bot.edge import Body, Edge, failures, is_channel
from bot.events import Events
from bot.forms import Forms
from bot.modals import CONFIRM, REJECT, confirm_modal, reject_modal, told_modal, typed_in
from bot.outdated import outdated
from bot.windows import Windows
from commands import decide, history_export
from commands.buttons import Pressed, pressed
from commands.copy.answer import answer
from commands.copy.mapping import FORMATS, mapping
from commands.current import likely_regions
from commands.grants import EDIT
from commands.history import turn
from commands.mistakes import Mistake
from commands.parse import parse
from commands.ports import Caller, Ports
from commands.registry import carry_out
from commands.text import Message, Text
from commands.typed import CopyCommand, FormCommand, RetryCommand
from commands.view.card import BUTTONS

_SLACK_WAITS_S = 3.0
"""After that a reply is read by nobody: only a process that was stopped meanwhile is so late."""

_NO_REASON = Text("请写明原因。", "Give a reason.")
_UNKNOWN_BUTTON = Text("此按钮已不可用。", "This button can't be used any more.")

_Said = tuple[Message, bool]
"""What there is to say to somebody who sent a window in, if anything, and whether they can mend it there."""


class Listeners:
    """What the bot does when Slack says something.

    Args:
        client: for `views.open`, ephemeral answers to clicks, and files.
    """

    def __init__(self, ports: Ports, client: AsyncWebClient) -> None:
        self._ports = ports
        self._client = client
        self._edge = Edge(ports, client)
        self._windows = Windows(client, self._edge)
        self._forms = Forms(ports, client, self._windows)

    def register(self, app: AsyncApp) -> None:
        """Let Bolt call them."""
        app.command("/copy-image")(self.on_command)
        app.action({"type": "block_actions", "action_id": re.compile(r".*")})(self.on_action)
        app.view(REJECT)(self.on_reject)
        app.view(CONFIRM)(self.on_confirm)
        self._forms.register(app)
        Events(self._ports).register(app)

    async def on_command(self, ack: Any, body: Body) -> None:
        """The slash command; the answer is the reply to Slack's own request."""
        began = asyncio.get_running_loop().time()
        caller = await self._edge.caller(body, "command", str(body.get("text", "")))
        message = await self._edge.guarded(caller, lambda: self._command(caller, body))
        if not message.lines:  # a window has opened
            await ack()
            return
        if asyncio.get_running_loop().time() - began > _SLACK_WAITS_S:
            self._edge.whisper(body, caller, message)
        shown = render(message)
        await ack(text=shown.text, blocks=shown.blocks, response_type="ephemeral")

    async def _command(self, caller: Caller, body: Body) -> Message:
        command = parse(str(body.get("text") or ""), await likely_regions(self._ports, caller))
        if isinstance(command, Mistake):
            return command.message(caller.language)
        if isinstance(command, FormCommand):
            return await self._forms.open_request(caller, body)
        if isinstance(command, CopyCommand) and command.emergency:
            return await self._forms.emergency(caller, body, command)
        if isinstance(command, RetryCommand):
            return await self._forms.follow(caller, body, command.request_id, "retry")
        return await carry_out(self._ports, caller, command)

    async def on_action(self, ack: Any, body: Body) -> None:
        """A button; a click has no reply of its own, so what there is to say is whispered."""
        action = (body.get("actions") or [{}])[0]
        name, value = str(action.get("action_id", "")), str(action.get("value", ""))
        caller = await self._edge.caller(body, f"{name} {value}", str(action.get("action_ts", "")))
        message = await self._edge.guarded(caller, lambda: self._action(caller, body, name, value))
        if message.lines:
            own = bool((body.get("container") or {}).get("is_ephemeral"))  # never a message that others see
            self._edge.whisper(body, caller, message, replace=own and name == "history_page")
        await ack()

    async def _action(self, caller: Caller, body: Body, name: str, value: str) -> Message:
        acts: dict[str, Callable[[], Awaitable[Message]]] = {
            **dict.fromkeys(BUTTONS, lambda: self._card_action(caller, body, name, value)),
            **dict.fromkeys(FORMATS, lambda: mapping(self._ports, caller, value, name)),
            **dict.fromkeys(("adopt", "resend"), lambda: answer(self._ports, caller, value, name)),
            EDIT: lambda: self._forms.open_permissions(caller, body),
            "history_page": lambda: turn(self._ports, caller, value),
            "export": lambda: self._export(caller, body, value),
        }
        act = acts.get(name)
        return await act() if act is not None else Message((_UNKNOWN_BUTTON.line(caller.language),))

    async def _export(self, caller: Caller, body: Body, value: str) -> Message:
        """A file takes longer than Slack waits: what became of it is whispered afterwards."""
        export = await history_export.export(self._ports, caller, value)
        if not export.content:
            return export.said
        self._edge.whisper_later(body, caller, exports.send(self._client, caller, export))
        return Message(())

    async def _card_action(self, caller: Caller, body: Body, name: str, value: str) -> Message:
        button = pressed(value)
        if button is None:
            return Message((_UNKNOWN_BUTTON.line(caller.language),))
        match name:
            case "approve":
                return await self._approve(caller, body, button)
            case "reject":
                return await self._open_reject(caller, body, button)
            case "cancel":
                return (await decide.cancel(self._ports, caller, button.request_id)).message
            case _:
                return await self._forms.follow(caller, body, button.request_id, name)

    async def _approve(self, caller: Caller, body: Body, button: Pressed) -> Message:
        decided = await decide.approve(self._ports, caller, button)
        if not decided.confirm:
            return decided.message
        view = confirm_modal(button, caller.channel, decided.confirm, caller.language)
        return await self._windows.open(body, view, caller)

    async def _open_reject(self, caller: Caller, body: Body, button: Pressed) -> Message:
        refused = await decide.may_open_reject(self._ports, caller, button)
        if refused is not None:
            return refused.message
        view = reject_modal(button, caller.channel, caller.language)
        return await self._windows.open(body, view, caller)

    async def on_reject(self, ack: Any, body: Body) -> None:
        """The reason for a rejection."""
        await self._on_window(ack, body, "reason", self._reject)

    async def on_confirm(self, ack: Any, body: Body) -> None:
        """The regions that the last approver typed."""
        await self._on_window(ack, body, "region", self._confirm)

    async def _on_window(
        self,
        ack: Any,
        body: Body,
        block: str,
        decided: Callable[[Caller, Pressed, str], Awaitable[_Said]],
    ) -> None:
        """A refusal takes the window's place, where people's names can be read; what can be mended stays in it."""
        view = body["view"]
        value, _, channel = str(view.get("private_metadata") or "").partition(" ")
        button = pressed(value)
        caller = await self._edge.caller({**body, "channel": {"id": channel}}, block, value)
        if button is None or not is_channel(channel):
            await ack(response_action="update", view=outdated(view, caller))
            return
        again = False

        async def work() -> Message:
            nonlocal again
            message, again = await decided(caller, button, typed_in(view, block))
            return message

        message = await self._edge.guarded(caller, work)
        if not message.lines:
            await ack()
        elif again or message in failures(caller.language):
            await ack(response_action="errors", errors={block: render(message).text.replace("`", "")})
        else:
            view = told_modal(view["callback_id"], render(message).blocks, caller.language)
            await ack(response_action="update", view=view)

    async def _reject(self, caller: Caller, button: Pressed, reason: str) -> _Said:
        if not reason:
            return Message((_NO_REASON.line(caller.language),)), True
        decided = await decide.reject(self._ports, caller, button, reason)
        return Message(()) if decided.done else decided.message, False

    async def _confirm(self, caller: Caller, button: Pressed, typed: str) -> _Said:
        decided = await decide.approve(self._ports, caller, button, typed)
        return Message(()) if decided.done else decided.message, bool(decided.confirm)

    async def drain(self) -> None:
        """Let answers on their way arrive."""
        await self._edge.drain()
