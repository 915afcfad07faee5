"""The bot's HTTP side: Slack's requests (verified before anything reads them), health and metrics."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.stale import Staleness
from store.database import DatabaseError

LARGEST_BODY = 1 << 20
_SERVER_ERROR = 500


class _Unfit(Exception):  # noqa: N818 - an answer, not an error of ours
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.answer = JSONResponse({"error": why}, status)


def web(
    *,
    bolt: AsyncApp | None,
    signing_secret: str,
    ready: Callable[[], Awaitable[str | None]],
    registry: CollectorRegistry,
) -> Starlette:
    """The application.

    Args:
        bolt: hears Slack's requests; None in Socket Mode, where there are none.
        ready: None when the bot can work, else what is missing.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        missing = await ready()
        return PlainTextResponse(missing or "ok", 503 if missing else 200)

    async def metrics(_request: Request) -> Response:
        try:
            numbers = await asyncio.to_thread(generate_latest, registry)
        except DatabaseError:
            return PlainTextResponse("the database can't be reached", 503)
        return Response(numbers, media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    if bolt is not None:
        routes.append(Route("/slack/events", _events(bolt, signing_secret), methods=["POST"]))
    return Starlette(routes=routes)


def _events(bolt: AsyncApp, signing_secret: str) -> Callable[[Request], Awaitable[Response]]:
    handler = AsyncSlackRequestHandler(bolt)
    verifier = SignatureVerifier(signing_secret)
    staleness = Staleness(verifier)

    async def events(request: Request) -> Response:
        try:
            body = await _body(request)
            _verify(verifier, staleness, request, body)
            _must_be_well_formed(request.headers.get("content-type", ""), body.decode())
        except _Unfit as unfit:
            return unfit.answer
        answer = await handler.handle(request)
        if answer.status_code >= _SERVER_ERROR:
            # Our listeners put their own failures into words: what stopped Bolt is the payload's shape.
            return _Unfit(400, "not a payload of Slack's").answer
        return answer

    return events


async def _body(request: Request) -> bytes:
    """The whole body, kept for Bolt; refused as soon as it is too large."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise _Unfit(413, "the body is larger than 1 MiB")
    except ClientDisconnect:
        raise _Unfit(400, "the body is incomplete") from None
    request._body = body  # noqa: SLF001 - where Starlette keeps a body that was read
    return body


def _verify(verifier: SignatureVerifier, staleness: Staleness, request: Request, body: bytes) -> None:
    """Slack's signature over timestamp and body, at most five minutes old or ahead."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    try:
        text = body.decode()
        plain = timestamp.isascii() and timestamp.isdigit() and signature.isascii()
        valid = plain and verifier.is_valid(body, timestamp, signature)
        staleness.accepted() if valid else staleness.refused(timestamp, signature, text)
    except (UnicodeDecodeError, ValueError, OverflowError):
        valid = False
    if not valid:
        raise _Unfit(401, "invalid request")


def _must_be_well_formed(content_type: str, body: str) -> None:
    """A JSON object, or a form whose `payload`, where it has one, is a JSON object."""
    if content_type.startswith("application/json"):
        _object(body)
        return
    try:
        form = parse_qs(body, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise _Unfit(400, "not a form") from None
    if "payload" in form:
        payload = _object(form["payload"][0])
        if not isinstance(payload.get("type"), str):
            raise _Unfit(400, "payload without a type")
    elif "command" not in form and "ssl_check" not in form:
        raise _Unfit(400, "neither a command nor a payload")


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _Unfit(400, "not JSON") from None
    if not isinstance(found, dict):
        raise _Unfit(400, "not a JSON object")
    return found
