"""The composition root: every object is made here, and only here it is known which parts stand behind which borders."""

import asyncio
import secrets
import signal
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog
import uvicorn
from prometheus_client import CollectorRegistry
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import Directory
from bot.http import web
from bot.listeners import Listeners
from bot.logs import configure
from bot.metrics import metrics
from bot.pace import Pace
from bot.presenter import Presenter
from bot.settings import Settings
from bot.slack_posts import SlackPosts
from bot.tidy import tidy
from bot.worker import Loop, loops
from commands.clouds.jdcloud.client import JDCloud
from commands.clouds.jdcloud.regions import known_regions
from commands.clouds.jdcloud.transport import boot_clock, make_http
from commands.permissions import Admins
from commands.ports import Ports, Timing
from store import flags
from store.database import Database, DatabaseError
from store.wakeup import listen

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is easily taken for a digit."""
_ID_LENGTH = 6
_LONGEST_PAUSE_S = 30

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A request's id, short enough to be typed: `cp-7f3k2m`."""
    return "cp-" + "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


@dataclass
class Link:
    """What we know of our connection to Slack; `workspace_url` is set once the token has been accepted."""

    workspace_url: str | None = None
    socket: AsyncSocketModeHandler | None = None

    def permalink(self, channel: str, ts: str) -> str | None:
        """A message's address, as Slack makes them."""
        if self.workspace_url is None:
            return None
        return f"{self.workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"


@dataclass(frozen=True)
class Bot:
    """A running bot.

    Attributes:
        port: where its HTTP side listens.
    """

    port: int
    ports: Ports


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT, then drain."""
    configure(settings.bot_log, settings.secrets)
    asyncio.run(_until_told(settings))
    return 0


async def _until_told(settings: Settings) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with running(settings) as bot:
        log.info("started", port=bot.port, mode="socket" if settings.socket_mode else "http")
        await told.wait()
        log.info("draining")
    log.info("stopped")


@asynccontextmanager
async def running(settings: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[Bot]:
    """The whole bot, from an up-to-date schema to listening; drained at the end.

    Raises:
        DatabaseError: the schema could not be brought up to date.
        OSError: the port is taken.
    """
    async with AsyncExitStack() as stack:
        db = Database(settings.database_url, lease_s=settings.bot_lease_s, database_clock=now is utc_now)
        stack.callback(db.close)
        await asyncio.to_thread(db.migrate)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = _slack_client(settings, session)
        link = Link()
        wakers: list[Callable[[], None]] = []
        ports = await _ports(stack, settings, db, client, link, wakers, now)
        posts = SlackPosts(client, Pace(time.monotonic), timeout_s=min(10, settings.bot_lease_s / 2))
        presenter = Presenter(ports, posts)
        work = loops(ports, presenter, boot_clock)
        wakers += [loop.wake for loop in work]
        listeners = Listeners(ports, client)
        bolt = _bolt(settings, client, listeners)
        port = await stack.enter_async_context(_served(settings, bolt, ports, link))
        stack.push_async_callback(_drain, work, listeners)
        await stack.enter_async_context(_background([loop.run() for loop in work]))
        await stack.enter_async_context(
            _background([tidy(ports, settings.retention), listen(db.engine, ports.wake)])
        )
        await stack.enter_async_context(_background([_connect(settings, bolt, client, link)]))
        stack.push_async_callback(_disconnect, link)
        yield Bot(port, ports)


def _slack_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Without the SDK's retry on a dropped connection: it could post a message twice."""
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        session=session,
        timeout=10,
        retry_handlers=[],
    )


async def _ports(
    stack: AsyncExitStack,
    settings: Settings,
    db: Database,
    client: AsyncWebClient,
    link: Link,
    wakers: Sequence[Callable[[], None]],
    now: Callable[[], datetime],
) -> Ports:
    http = await stack.enter_async_context(make_http(settings.jdcloud_timeout_s))
    cloud = JDCloud(
        http,
        access_key=settings.jdcloud_access_key,
        secret_key=settings.jdcloud_secret_key,
        vm_url=settings.jdcloud_vm_url,
        disk_url=settings.jdcloud_disk_url,
        algorithm=settings.jdcloud_signature,
        timeout_s=settings.jdcloud_timeout_s,
        now=now,
        nonce=lambda: str(uuid.uuid4()),
    )

    def wake() -> None:
        for waker in wakers:
            waker()

    return Ports(
        db=db,
        people=Directory(client, db, now),
        cloud=cloud,
        regions=known_regions(settings.bot_regions),
        now=now,
        new_id=new_id,
        new_token=lambda: secrets.token_urlsafe(12),
        wake=wake,
        permalink=link.permalink,
        admins=Admins(settings.bot_admins),
        language=settings.bot_language,
        timing=Timing(settings.bot_lease_s, settings.bot_settle_s, settings.bot_poll_s),
    )


def _bolt(settings: Settings, client: AsyncWebClient, listeners: Listeners) -> AsyncApp:
    """Bolt with our own `authorize`: one workspace's token, and no question to Slack before a listener runs."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=None, bot_token=settings.slack_bot_token.get_secret_value()
        )

    secret = settings.slack_signing_secret
    app = AsyncApp(
        client=client,
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else "unused in Socket Mode",
        request_verification_enabled=not settings.socket_mode,
        raise_error_for_unhandled_request=False,
    )
    listeners.register(app)
    return app


@asynccontextmanager
async def _served(settings: Settings, bolt: AsyncApp, ports: Ports, link: Link) -> AsyncIterator[int]:
    """The HTTP side; gives the port it got."""
    secret = settings.slack_signing_secret
    registry = CollectorRegistry()
    registry.register(metrics(ports))
    application = web(
        bolt=None if settings.socket_mode else bolt,
        signing_secret=secret.get_secret_value() if secret else "",
        ready=lambda: _missing(settings, ports, link),
        registry=registry,
    )
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.bot_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=5,
    )
    listener = config.bind_socket()
    listener.listen()  # whoever connects from now on is answered, if only a moment later
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _missing(settings: Settings, ports: Ports, link: Link) -> str | None:
    """What the bot still lacks to work, in words; None: nothing."""
    try:
        await ports.db.read(flags.paused)
    except DatabaseError:
        return "the database can't be reached"
    if link.workspace_url is None:
        return "Slack has not accepted the token yet"
    if settings.socket_mode and not (link.socket and await link.socket.client.is_connected()):
        return "no socket to Slack is up"
    return None


async def _connect(settings: Settings, bolt: AsyncApp, client: AsyncWebClient, link: Link) -> None:
    """Have the token accepted, then open the socket; again and again until both have worked once."""
    pause_s = 0.5
    while True:
        try:
            if link.workspace_url is None:
                answer = await client.auth_test()
                link.workspace_url = str(answer.get("url") or "https://slack.com/")
                log.info("slack_accepted_token", team=answer.get("team_id"))
            if settings.slack_app_token is not None:
                link.socket = AsyncSocketModeHandler(bolt, settings.slack_app_token.get_secret_value())
                await link.socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives no types
        except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            code = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
            log.warning("slack_not_connected", error=code)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
        else:
            return


async def _disconnect(link: Link) -> None:
    if link.socket is not None:
        with suppress(TimeoutError):
            await asyncio.wait_for(link.socket.close_async(), 3)  # type: ignore[no-untyped-call]  # Bolt gives no types


async def _drain(work: Sequence[Loop], listeners: Listeners) -> None:
    await asyncio.gather(*(loop.drain() for loop in work))
    await listeners.drain()


@asynccontextmanager
async def _background(coroutines: Sequence[Any]) -> AsyncIterator[None]:
    """Run them beside the block; cancelled at its end where they have not ended by then."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
