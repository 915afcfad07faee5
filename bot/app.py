"""The composition root: every object is made here, and only here it is known which parts stand behind which borders."""

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog
from prometheus_client import CollectorRegistry
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import watch_clock
from bot.directory import Directory
from bot.edge import PATIENCE_S
from bot.ending import must_have_ended, told_to_end
from bot.http import web
from bot.ids import new_id
from bot.in_time import InTime
from bot.listeners import Listeners
from bot.logs import configure
from bot.loop import Loop
from bot.metrics import metrics
from bot.outage import is_ready, watch
from bot.pace import Pace
from bot.serve import serving
from bot.settings import Settings
from bot.settings_values import without_password
from bot.slack_link import Link
from bot.slack_posts import SlackPosts
from bot.tidy import tidy
from bot.worker import everything
from commands.clouds.jdcloud.client import JDCloud
from commands.clouds.jdcloud.regions import known_regions
from commands.clouds.jdcloud.transport import boot_clock, make_http
from commands.permissions import Admins
from commands.ports import Ports, Timing
from store.database import Database, DatabaseError
from store.wakeup import listen

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Bot:
    """A running bot.

    Attributes:
        port: where its HTTP side listens.
        idle: whether it does nothing just now, and sleeps until the next thing is due or happens.
    """

    port: int
    ports: Ports
    idle: Callable[[], bool]


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT, then drain: 0; 1 when the database can't be used, 2 when the port can't."""
    configure(settings.bot_log, settings.secrets)
    try:
        asyncio.run(_until_told(settings))
    except DatabaseError as error:
        where = without_password(settings.database_url)
        log.critical("database_unavailable", error=str(error), database=where, check="DATABASE_URL")
        return 1
    except OSError as error:
        log.critical("port_unavailable", setting="BOT_PORT", port=settings.bot_port, error=error.strerror)
        return 2
    return 0


async def _until_told(settings: Settings) -> None:
    told = told_to_end()
    async with running(settings) as bot:
        log.info("started", port=bot.port, mode="socket" if settings.socket_mode else "http")
        await told.wait()
        log.info("draining")
        must_have_ended()
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
        session = await stack.enter_async_context(aiohttp.ClientSession(request_class=InTime))
        client = _slack_client(settings, session)
        link = Link()
        wakers: list[Callable[[], None]] = []
        ports = await _ports(stack, settings, db, client, link, wakers, now)
        posts = SlackPosts(client, Pace(time.monotonic), timeout_s=min(10, settings.bot_lease_s / 2))
        work = everything(ports, posts, boot_clock)
        wakers.append(work.wake)
        hurried = db.in_a_hurry(PATIENCE_S)
        listeners = Listeners(replace(ports, db=hurried, people=Directory(client, hurried, now)), client)
        bolt = _bolt(settings, client, listeners)
        port = await stack.enter_async_context(_served(settings, bolt, replace(ports, db=hurried), link))
        await stack.enter_async_context(_background([watch(ports, hurried)]))
        await stack.enter_async_context(_background([work.run()]))
        stack.push_async_callback(_drain, work, listeners, link)
        await stack.enter_async_context(
            _background([tidy(ports, settings.retention), listen(db.engine, ports.wake)])
        )
        if now is utc_now:  # a clock that a test passes in is set all the time
            await stack.enter_async_context(_background([watch_clock(ports, boot_clock)]))
        await stack.enter_async_context(_background([link.connect(settings, bolt, client)]))
        yield Bot(port, ports, lambda: work.idle)


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
    # Without a token, which Bolt would warn of ignoring: it takes each one from `authorize`.
    without_token = AsyncWebClient(
        base_url=client.base_url, session=client.session, timeout=client.timeout, retry_handlers=[]
    )
    app = AsyncApp(
        client=without_token,
        authorize=authorize,
        signing_secret=secret.get_secret_value() if secret else "unused in Socket Mode",
        request_verification_enabled=not settings.socket_mode,
        raise_error_for_unhandled_request=False,
        # Our listeners end in time by themselves. Bolt would wait three seconds for each by the clock on the wall, and
        # after a freeze or a change of that clock answer 404 to what is being done.
        process_before_response=True,
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
    async with serving(application, settings.host, settings.bot_port) as port:
        yield port


async def _missing(settings: Settings, ports: Ports, link: Link) -> str | None:
    """What the bot still lacks to work, in words; None: nothing."""
    if not await is_ready(ports.db):
        return "the database can't be reached"
    if link.workspace_url is None:
        return "Slack has not accepted the token yet"
    if settings.socket_mode and not (link.socket and await link.socket.client.is_connected()):
        return "no socket to Slack is up"
    return None


async def _drain(work: Loop, listeners: Listeners, link: Link) -> None:
    """Nothing new is begun or heard; what is under way has some seconds."""
    await asyncio.gather(work.drain(), link.disconnect())
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
