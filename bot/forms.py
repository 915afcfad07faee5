"""Windows that are forms: opened, and what was entered handed on; nothing is decided here."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import render
from bot.edge import Body, is_channel
from bot.fields import Option, entered
from bot.outdated import outdated
from bot.permission_modal import CONFIRM, PERMISSIONS, confirm_modal, permission_modal, place_of
from bot.request_modal import (
    EMERGENCY,
    REQUEST,
    emergency_modal,
    emergency_of,
    entered_request,
    request_modal,
)
from bot.windows import Done, Failed, Windows, send_errors, told
from commands import permission_form
from commands.copy import form
from commands.copy.follow import ask_again
from commands.copy.request import Asked, ask
from commands.parse import parse
from commands.permission_form import Editing, Proposal
from commands.ports import Caller, Ports
from commands.text import Language, Message, Text
from commands.typed import CopyCommand, type_out
from commands.view.card import BUTTONS

_GROUPS_BOUND_S = 0.7

_TOO_LONG = Text(
    "一次更改的内容过多。请分几次保存，或由机器人管理员导入权限文件。",
    "This is too much for one change. Save it in parts, or have a permission file loaded.",
)
_AFTERWARDS = Text("保存后（会在频道中公布）：", "Once saved, which is announced in the channel:")

log = structlog.get_logger(__name__)


class Forms:
    """The request form and the permission form."""

    def __init__(self, ports: Ports, client: AsyncWebClient, windows: Windows) -> None:
        self._ports = ports
        self._client = client
        self._windows = windows

    def register(self, app: AsyncApp) -> None:
        """Let Bolt call them."""
        app.view(REQUEST)(self.on_request)
        app.view(EMERGENCY)(self.on_emergency)
        app.view(PERMISSIONS)(self.on_permissions)
        app.view(CONFIRM)(self.on_confirm)

    async def open_request(self, caller: Caller, body: Body) -> Message:
        """The form behind `/copy-image` alone; says nothing when it is open."""
        offered = await form.offer(self._ports, caller)
        if isinstance(offered, Message):
            return offered
        return await self._windows.open(body, request_modal(offered, caller.channel, caller.language), caller)

    async def emergency(self, caller: Caller, body: Body, command: CopyCommand) -> Message:
        """Start it, where the rule says so only after its starter has typed the regions."""
        asked = await ask(self._ports, caller, command)
        return await self._unless_typed(caller, body, asked, type_out(command))

    async def follow(self, caller: Caller, body: Body, request_id: str, action: str) -> Message:
        """What the button of an ended request stands for; of an emergency as `emergency`."""
        asked = await ask_again(self._ports, caller, request_id, action)
        return await self._unless_typed(caller, body, asked, f"{request_id} {action}")

    async def _unless_typed(self, caller: Caller, body: Body, asked: Asked, act: str) -> Message:
        """What came of it, or a window for the regions that are to be typed first."""
        if not asked.confirm:
            return asked.message
        view = emergency_modal(act, asked.confirm, caller.channel, caller.language)
        return await self._windows.open(body, view, caller) if view else asked.message

    async def open_permissions(self, caller: Caller, body: Body) -> Message:
        """The form for the channel's permissions; says nothing when it is open."""
        editing, groups = await asyncio.gather(permission_form.begin(self._ports, caller), self._groups())
        if not isinstance(editing, Editing):
            return editing
        view = permission_modal(editing, caller.channel, groups, self._ports.regions, caller.language)
        return await self._windows.open(body, view, caller)

    async def on_request(self, ack: Any, body: Body) -> None:
        """A request sent in; what no field can mend is said in place of the form."""
        view = body["view"]
        channel = str(view.get("private_metadata") or "")
        caller = await self._windows.caller(body, channel, REQUEST)
        if not is_channel(channel):
            await ack(response_action="update", view=outdated(view, caller))
            return
        sent = await self._windows.tried(
            caller, lambda: form.send(self._ports, caller, entered_request(view))
        )
        if isinstance(sent, Failed):
            await send_errors(ack, view, {"images": sent.message})
        elif isinstance(sent.result, dict):
            await send_errors(ack, view, sent.result)
        else:
            await self._asked(ack, body, caller, sent.result)

    async def on_emergency(self, ack: Any, body: Body) -> None:
        """The regions that whoever starts an emergency copy typed."""
        view = body["view"]
        channel, act = emergency_of(view)
        caller = await self._windows.caller(body, channel, EMERGENCY)
        start = self._start_of(caller, act, str(entered(view).get("region") or ""))
        if start is None or not is_channel(channel):
            await ack(response_action="update", view=outdated(view, caller))
            return
        asked = await self._windows.tried(caller, start)
        if isinstance(asked, Failed):
            await send_errors(ack, view, {"region": asked.message})
        else:
            await self._asked(ack, body, caller, asked.result)

    def _start_of(self, caller: Caller, act: str, typed: str) -> Callable[[], Awaitable[Asked]] | None:
        """What an emergency's window stands for; None: nothing that this version knows."""
        request_id, _, action = act.partition(" ")
        if action in BUTTONS:
            return lambda: ask_again(self._ports, caller, request_id, action, typed)
        command = parse(act, self._ports.regions)
        if not isinstance(command, CopyCommand):
            return None
        return lambda: ask(self._ports, caller, command, typed=typed)

    async def _asked(self, ack: Any, body: Body, caller: Caller, asked: Asked) -> None:
        if asked.made:
            self._windows.whisper(body, caller, asked.message)
            await ack()
        elif asked.verdict is None:
            await send_errors(ack, body["view"], {"images": asked.message})  # or at the one field there is
        else:
            await ack(response_action="update", view=told(asked.message, caller.language))

    async def on_permissions(self, ack: Any, body: Body) -> None:
        """A change entered: shown in words before it is saved."""
        view = body["view"]
        place, values = place_of(view), entered(view)
        caller = await self._windows.caller(body, place.channel if place else "", PERMISSIONS)
        if place is None or not is_channel(place.channel):
            await ack(response_action="update", view=outdated(view, caller))
            return
        proposed = await self._windows.tried(
            caller, lambda: permission_form.propose(self._ports, caller, place.version, values)
        )
        if isinstance(proposed, Failed):
            await send_errors(ack, view, {"request": proposed.message})
        elif isinstance(proposed.result, Message):
            await ack(response_action="push", view=told(proposed.result, caller.language))
        elif isinstance(proposed.result, dict):
            await send_errors(ack, view, proposed.result)
        else:
            shown = render(_summary(proposed.result, caller.language)).blocks
            confirm = confirm_modal(place, proposed.result, shown, caller.language)
            if confirm is None:
                await send_errors(ack, view, {"request": _TOO_LONG.line(caller.language)})
            else:
                await ack(response_action="push", view=confirm)

    async def on_confirm(self, ack: Any, body: Body) -> None:
        """A change confirmed: saved, unless something moved since the form was opened."""
        place = place_of(body["view"])
        caller = await self._windows.caller(body, place.channel if place else "", CONFIRM)
        if place is None or not is_channel(place.channel):
            await ack(response_action="update", view=outdated(body["view"], caller))
            return
        saved = await self._windows.tried(
            caller,
            lambda: permission_form.save(self._ports, caller, place.version, place.changes or {}),
        )
        if isinstance(saved, Done) and saved.result.done:
            self._windows.whisper(body, caller, saved.result.message)
            await ack(response_action="clear")
        else:
            message = saved.message if isinstance(saved, Failed) else saved.result.message
            await ack(response_action="update", view=told(message, caller.language))

    async def _groups(self) -> list[Option]:
        """The workspace's user groups by handle; none when Slack doesn't say, since the rule's own are known."""
        try:
            async with asyncio.timeout(_GROUPS_BOUND_S):
                answer = await self._client.usergroups_list()
        except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("user_groups_not_listed", error=str(error))
            return []
        groups = answer.get("usergroups") or []
        return [(str(group["id"]), f"@{group.get('handle') or group['id']}") for group in groups]


def _summary(proposal: Proposal, language: Language) -> Message:
    return Message((_AFTERWARDS.line(language, "title"), *proposal.lines))
