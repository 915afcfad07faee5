"""One request from signature to answer: verified, recorded, spoiled by a fault if one is waiting, answered."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.demo.jdcloud.account import Account
from bot.demo.jdcloud.faults import Fault, take
from bot.demo.jdcloud.images import random_text
from bot.demo.jdcloud.operations import carry_out
from bot.demo.jdcloud.requests import Asked, read
from bot.demo.jdcloud.rows import Refusal, refusal
from bot.demo.jdcloud.server import NoAnswer
from bot.demo.jdcloud.verify import Verifier, Wire


@dataclass
class Call:
    """A request that came in.

    Attributes:
        operation: such as `copyImages`; empty when unknown.
        path: decoded.
        body: the JSON object sent, `{}` when there was none.
        request_id: the answer's requestId, whether or not it was sent.
        status: HTTP status of the answer; None while there is none, and for ever when it is withheld.
        accepted: whether the operation was carried out, whatever the answer said.
    """

    at: datetime
    operation: str
    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    request_id: str
    status: int | None = None
    accepted: bool = False


class Answering:
    """Answers requests to one account, and remembers them in `calls`.

    Attributes:
        closing: once set, nothing is waited for any more, and effects still to come do not.
    """

    def __init__(
        self,
        *,
        account: Account,
        verifier: Verifier,
        faults: list[Fault],
        now: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self.calls: list[Call] = []
        self.closing = asyncio.Event()
        self._account = account
        self._verifier = verifier
        self._faults = faults
        self._now = now
        self._changed = changed

    async def answer(self, request: Request) -> Response:
        wire = await _wire(request)
        asked = read(wire)
        call = self._record(wire, request.url.path, asked)
        try:
            self._verifier.check(wire, service=asked.service, region=asked.region)
        except Refusal as refused:
            response = _refused(refused, call.request_id)
        else:
            response = await self._spoiled(asked, call)
        response.headers["Date"] = format_datetime(call.at, usegmt=True)
        call.status = response.status_code
        self._changed()
        return response

    def _record(self, wire: Wire, path: str, asked: Asked) -> Call:
        call = Call(self._now(), asked.operation, wire.method, path, asked.query, asked.body, random_text(32))
        self.calls.append(call)
        self._changed()
        return call

    async def _spoiled(self, asked: Asked, call: Call) -> Response:
        fault = take(self._faults, asked.operation, asked.image_ids)
        await self._pause(fault.effect_after_s)
        response = self._carried_out(asked, call) if fault.has_effect else _nothing(call.request_id)
        await self._pause(fault.latency_s)
        if fault.drop or fault.hang:
            raise NoAnswer(cut=not fault.hang)
        return _instead(fault, asked, call.request_id) or response

    def _carried_out(self, asked: Asked, call: Call) -> Response:
        try:
            result = carry_out(self._account, asked)
        except Refusal as refused:
            return _refused(refused, call.request_id)
        call.accepted = True
        self._changed()
        return _enveloped(200, call.request_id, {"result": result})

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), seconds)
        if self.closing.is_set():
            raise NoAnswer(cut=True)


async def _wire(request: Request) -> Wire:
    raw_path: bytes = request.scope["raw_path"]
    return Wire(
        method=request.method,
        path=raw_path.decode("ascii"),
        query=request.url.query,
        headers=dict(request.headers),
        body=await request.body(),
    )


def _instead(fault: Fault, asked: Asked, request_id: str) -> Response | None:
    """The answer that the fault puts in place of the right one."""
    if fault.error is not None:
        image_id = next(iter(asked.image_ids), "xx")
        region = str(asked.body.get("destinationRegion", asked.region))
        return _refused(refusal(fault.error, image=image_id, region=region), request_id)
    if fault.html:
        return _refused(refusal("bad_gateway"), request_id)
    if fault.garbage:
        # Neither UTF-8 nor whole.
        return Response(b'{"requestId": "\xff', media_type="application/json")
    if fault.status is not None or fault.body is not None:
        return Response(fault.body or "", fault.status or 200, media_type="application/json")
    return None


def _refused(refused: Refusal, request_id: str) -> Response:
    if not refused.status:
        return HTMLResponse(refused.message, refused.http_status)
    error = {"code": refused.http_status, "status": refused.status, "message": refused.message}
    return _enveloped(refused.http_status, request_id, {"error": error})


def _nothing(request_id: str) -> Response:
    return _enveloped(200, request_id, {"result": {}})


def _enveloped(http_status: int, request_id: str, content: dict[str, Any]) -> Response:
    headers = {"x-jdcloud-request-id": request_id}
    return JSONResponse({"requestId": request_id} | content, http_status, headers)
