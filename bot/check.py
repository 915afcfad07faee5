"""Looks at everything `run` depends on: one finding each, with what to do about a bad one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import check_texts as texts
from bot.plain import plain
from bot.settings import CloudSettings, SlackSettings
from bot.settings_parts import Parts
from bot.settings_values import missing_file, without_password
from bot.slack_trouble import code_of, status_of
from commands.clouds.cloud import Cloud, CloudError, Fault, Quota
from commands.clouds.jdcloud.client import JDCloud
from commands.clouds.jdcloud.regions import REGIONS
from commands.clouds.jdcloud.transport import make_http
from commands.text import Code, Language, Span, Text
from commands.view.clock import clock_off_words
from store.database import Database, DatabaseError
from store.review import Schema, schema

SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:write",
    "files:write",
)
"""What the bot token needs; the same as in `manifest.yml`."""

_SLACK_TIMEOUT_S = 10
_MARKS = {True: "✓", False: "✗", None: "–"}

_DATABASE = {Schema.CURRENT: texts.CURRENT, Schema.OLDER: texts.OLDER, Schema.FOREIGN: texts.FOREIGN}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `good` None: it was not. `said` includes what to do when it is not good."""

    good: bool | None
    said: str

    def __str__(self) -> str:
        return f"{_MARKS[self.good]} {self.said}"


async def check(parts: Parts) -> list[Finding]:
    """Ask the database, Slack and the cloud, as far as the settings allow; changes nothing anywhere."""
    say = _Say(parts.language)
    return [
        *([Finding(good=False, said=mistake) for mistake in parts.mistakes] or [say(texts.SETTINGS)]),
        _database(parts.store.database_url, say) if parts.store else _skipped(texts.DATABASE, say),
        *(await _slack(parts.slack, say) if parts.slack else [_skipped(texts.SLACK, say)]),
        *(await _cloud(parts.cloud, say) if parts.cloud else [_skipped(texts.JDCLOUD, say)]),
    ]


class _Say:
    """Makes findings in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, text: Text, *, good: bool | None = True, **values: Span | int | Text) -> Finding:
        said = {
            name: value.say(self._language) if isinstance(value, Text) else value
            for name, value in values.items()
        }
        return Finding(good, plain(text.say(self._language, **said)))

    def clock(self, error: CloudError, said: str, **place: str) -> Finding:
        """The cloud's words and, by its own clock, how far ours is off."""
        off = clock_off_words(error.clock_off_s, self._language)
        whole = f"{said} (requestId {error.request_id})" if error.request_id else said
        return self(texts.CLOCK_BAD, good=False, said=whole, off=off, **place)


def _skipped(what: Text, say: _Say) -> Finding:
    return say(texts.NOT_CHECKED, good=None, what=what)


def _database(url: str, say: _Say) -> Finding:
    file = missing_file(url)
    if file is not None:  # looking would make it
        return say(texts.NO_DATABASE, file=Code(str(file)))
    try:
        db = Database(url, threads=1)
        try:
            with db.reading() as tx:
                found = schema(tx)
        finally:
            db.close()
    except DatabaseError as error:
        return say(texts.DATABASE_BAD, good=False, said=str(error).splitlines()[0])
    return say(_DATABASE[found], good=found is not Schema.FOREIGN)


async def _slack(settings: SlackSettings, say: _Say) -> list[Finding]:
    url = settings.slack_api_url
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=url,
        timeout=_SLACK_TIMEOUT_S,
        retry_handlers=[],
    )
    try:
        return [
            *_token(await _answer(client.auth_test), say),
            *await _socket(client, settings.slack_app_token, say),
        ]
    except (SlackClientError, aiohttp.ClientError, OSError) as error:  # OSError: TimeoutError too
        shown = Code(without_password(url))
        if isinstance(error, SlackApiError):
            return [say(texts.NOT_SLACK, good=False, url=shown, status=status_of(error))]
        return [say(texts.SLACK_UNREACHABLE, good=False, url=shown)]


def _token(answer: AsyncSlackResponse | str, say: _Say) -> list[Finding]:
    if isinstance(answer, str):
        return [say(texts.TOKEN_BAD, good=False, said=answer)]
    valid = say(texts.TOKEN, team=Code(answer["team"]), user=Code(answer["user"]))
    return [valid, _scopes(answer, say)]


async def _socket(client: AsyncWebClient, app_token: SecretStr | None, say: _Say) -> list[Finding]:
    if app_token is None:
        return []
    answer = await _answer(lambda: client.apps_connections_open(app_token=app_token.get_secret_value()))
    refused = isinstance(answer, str)
    return [say(texts.SOCKET_BAD, good=False, said=str(answer)) if refused else say(texts.SOCKET)]


async def _answer(ask: Callable[[], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse | str:
    """Slack's answer, or its word for why not; whatever is no answer of Slack's is raised."""
    try:
        return await ask()
    except SlackApiError as error:
        if not (word := code_of(error)):
            raise
        return word


def _scopes(answer: AsyncSlackResponse, say: _Say) -> Finding:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    there = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    lacking = [scope for scope in SCOPES if scope not in there]
    return (
        say(texts.SCOPES_BAD, good=False, scopes=Code(", ".join(lacking))) if lacking else say(texts.SCOPES)
    )


async def _cloud(settings: CloudSettings, say: _Say) -> list[Finding]:
    async with make_http(settings.jdcloud_timeout_s) as http:
        cloud: Cloud = JDCloud(
            http,
            access_key=settings.jdcloud_access_key,
            secret_key=settings.jdcloud_secret_key,
            vm_url=settings.jdcloud_vm_url,
            disk_url=settings.jdcloud_disk_url,
            algorithm=settings.jdcloud_signature,
            timeout_s=settings.jdcloud_timeout_s,
            now=lambda: datetime.now(UTC),
            nonce=lambda: str(uuid4()),
        )
        asked = (
            _Asked("vm", "JDCLOUD_VM_URL", settings.jdcloud_vm_url, texts.IMAGES, cloud.image_quota),
            _Asked(
                "disk", "JDCLOUD_DISK_URL", settings.jdcloud_disk_url, texts.SNAPSHOTS, cloud.snapshot_quota
            ),
        )
        return [await _quota(say, REGIONS[0].id, one) for one in asked]


@dataclass(frozen=True)
class _Asked:
    service: str
    setting: str
    url: str
    what: Text
    ask: Callable[[str], Awaitable[Quota]]


async def _quota(say: _Say, region: str, one: _Asked) -> Finding:
    try:
        quota = await one.ask(region)
    except CloudError as error:
        setting = Code(one.setting)
        if error.http_status is None and error.fault in {Fault.NOT_SENT, Fault.LOST}:
            url = Code(without_password(one.url))
            return say(texts.UNREACHABLE, good=False, url=url, setting=setting)
        said = " ".join(str(part) for part in (error.http_status, error.status, error.message) if part)
        if error.fault is Fault.CLOCK:
            return say.clock(error, said, service=one.service, region=region)
        return say(
            texts.CLOUD_BAD, good=False, said=said, setting=setting, service=one.service, region=region
        )
    left, limit = quota.left, quota.limit
    return say(texts.CLOUD, what=one.what, left=left, limit=limit, service=one.service, region=region)
