"""Keeps other machines and other web sites away from the demo's page."""

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo.page.answers import problem
from commands.text import Text

_NOT_HERE = Text("此页面只能从本机打开", "This page opens on this machine only.")
_NOT_OURS = Text("只接受来自本页面的操作", "Only this page may do that.")
_NOT_JSON = Text("操作须以 JSON 发送", "Send that as JSON.")
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets a request through when it comes from this machine, for this server, and (a POST) from its own page.

    A name that resolves to 127.0.0.1 for an attacker's site (DNS rebinding) shows in `Host`, another site's
    page in `Origin`; a plain form can't send JSON.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refused = _refusal(Request(scope))
        await (refused or self._app)(scope, receive, send_guarded)


def _refusal(request: Request) -> JSONResponse | None:
    if not (_is_local(request) and _is_for_us(request.headers.get("host", ""), request)):
        return problem(_NOT_HERE, 403)
    if request.method != "POST":
        return None
    if not _is_own_page(request.headers):
        return problem(_NOT_OURS, 403)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return problem(_NOT_JSON, 415)
    return None


def _is_local(request: Request) -> bool:
    return request.client is not None and ip_address(request.client.host).is_loopback


def _is_for_us(host: str, request: Request) -> bool:
    port = request.scope["server"][1]
    return host.lower() in {f"{name}:{port}" for name in _NAMES} or (port == 80 and host.lower() in _NAMES)  # noqa: PLR2004 - HTTP's own port, left out of Host


def _is_own_page(headers: Headers) -> bool:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and (origin is None or origin.lower() == f"http://{headers['host'].lower()}")
