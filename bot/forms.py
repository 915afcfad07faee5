"""Windows that are forms: opened, and what was entered handed on; nothing is decided here."""

import asyncio
from typing import Any

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import render
from bot.edge import Body
from bot.fields import Option, entered
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
from commands.copy.request import Asked, ask
from commands.mistakes import Mistake
from commands.parse import parse
from commands.permission_form import Editing, Proposal
from commands.ports import Caller, Ports
from commands.text import Language, Message, Text
from commands.typed import CopyCommand

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
        if not asked.confirm:
            return asked.message
        view = emergency_modal(command, asked.confirm, caller.channel, caller.language)
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
        caller = await self._windows.caller(body, str(view.get("private_metadata", "")), REQUEST)
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
        channel, line = emergency_of(view)
        command, typed = parse(line, self._ports.regions), str(entered(view).get("region") or "")
        caller = await self._windows.caller(body, channel, EMERGENCY)

        async def start() -> Asked:
            if isinstance(command, CopyCommand):
                return await ask(self._ports, caller, command, typed=typed)
            return Asked(command.message(caller.language) if isinstance(command, Mistake) else Message(()))

        asked = await self._windows.tried(caller, start)
        if isinstance(asked, Failed):
            await send_errors(ack, view, {"region": asked.message})
        else:
            await self._asked(ack, body, caller, asked.result)

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
        caller = await self._windows.caller(body, place.channel, PERMISSIONS)
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
        caller = await self._windows.caller(body, place.channel, CONFIRM)
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
