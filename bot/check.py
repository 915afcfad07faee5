"""Looks at everything `run` depends on: one finding each, with what to do about a bad one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.plain import plain
from bot.settings import Settings, SettingsError
from commands.clouds.cloud import Cloud, CloudError, Quota
from commands.clouds.jdcloud.client import JDCloud
from commands.clouds.jdcloud.regions import REGIONS
from commands.clouds.jdcloud.transport import make_http
from commands.text import Code, Language, Span, Text
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

_SETTINGS = Text("设置", "Settings")
_DATABASE = {
    Schema.CURRENT: Text("数据库可用，结构为最新", "Database reachable, schema up to date"),
    Schema.OLDER: Text(
        "数据库可用；结构将由 copy-image-bot run 或 migrate 更新",
        "Database reachable; copy-image-bot run or migrate will bring its schema up to date",
    ),
    Schema.FOREIGN: Text(
        "数据库的结构来自更新的版本。请升级此程序，或检查 DATABASE_URL。",
        "The database's schema is of a newer version. Upgrade this program, or check DATABASE_URL.",
    ),
}
_DATABASE_BAD = Text(
    "数据库：{said}。请检查 DATABASE_URL 以及数据库是否可用。",
    "Database: {said}. Check DATABASE_URL and whether the database is up.",
)
_TOKEN = Text(
    "Slack 令牌有效：工作区 {team}，机器人 {user}", "Slack token valid: workspace {team}, bot {user}"
)
_TOKEN_BAD = Text(
    "Slack 令牌（SLACK_BOT_TOKEN）：{said}。请从 Slack 应用的 OAuth & Permissions 页重新复制。",
    "Slack token (SLACK_BOT_TOKEN): {said}. Copy it again from the Slack app's OAuth & Permissions page.",
)
_SCOPES = Text("Slack 权限范围齐全", "Slack scopes complete")
_SCOPES_BAD = Text(
    "Slack 令牌缺少权限范围 {scopes}。请按 manifest.yml 更新应用，再重新安装到工作区。",
    "The Slack token lacks the scopes {scopes}. Update the app from manifest.yml and install it to the workspace again.",
)
_SOCKET = Text("Socket Mode 可用", "Socket Mode available")
_SOCKET_BAD = Text(
    "Socket Mode（SLACK_APP_TOKEN）：{said}。请确认应用已启用 Socket Mode，且令牌有 connections:write。",
    "Socket Mode (SLACK_APP_TOKEN): {said}. See that the app has Socket Mode on and the token connections:write.",
)
_CLOUD = Text(
    "京东云 {service}（{region}）：{what}剩余 {left}，共 {limit}",
    "JD Cloud {service} ({region}): {left} of {limit} {what} left",
)
_CLOUD_BAD = Text(
    "京东云 {service}（{region}）：{said}。请检查密钥、其权限和 {setting}。",
    "JD Cloud {service} ({region}): {said}. Check the key pair, its rights and {setting}.",
)
_IMAGES = Text("镜像配额", "images")
_SNAPSHOTS = Text("快照配额", "snapshots")


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `said` includes what to do when it is not good."""

    good: bool
    said: str

    def __str__(self) -> str:
        return f"{'✓' if self.good else '✗'} {self.said}"


def bad_settings(error: SettingsError) -> list[Finding]:
    """A finding for each mistake."""
    return [Finding(good=False, said=mistake) for mistake in error.mistakes]


async def check(settings: Settings) -> list[Finding]:
    """Ask the database, Slack and the cloud; changes nothing anywhere."""
    say = _Say(settings.bot_language)
    return [
        say(_SETTINGS),
        _database(settings.database_url, say),
        *await _slack(settings, say),
        *await _cloud(settings, say),
    ]


class _Say:
    """Makes findings in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, text: Text, *, good: bool = True, **values: Span | int | Text) -> Finding:
        said = {
            name: value.say(self._language) if isinstance(value, Text) else value
            for name, value in values.items()
        }
        return Finding(good, plain(text.say(self._language, **said)))


def _database(url: str, say: _Say) -> Finding:
    try:
        db = Database(url, threads=1)
        try:
            with db.reading() as tx:
                found = schema(tx)
        finally:
            db.close()
    except DatabaseError as error:
        return say(_DATABASE_BAD, good=False, said=str(error).splitlines()[0])
    return say(_DATABASE[found], good=found is not Schema.FOREIGN)


async def _slack(settings: Settings, say: _Say) -> list[Finding]:
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=_SLACK_TIMEOUT_S,
        retry_handlers=[],
    )
    findings = []
    answer = await _answer(client.auth_test)
    if isinstance(answer, str):
        findings.append(say(_TOKEN_BAD, good=False, said=answer))
    else:
        findings.append(say(_TOKEN, team=Code(answer["team"]), user=Code(answer["user"])))
        findings.append(_scopes(answer, say))
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        opened = await _answer(lambda: client.apps_connections_open(app_token=token))
        refused = isinstance(opened, str)
        findings.append(say(_SOCKET_BAD, good=False, said=str(opened)) if refused else say(_SOCKET))
    return findings


async def _answer(ask: Callable[[], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse | str:
    """Slack's answer, or in a few words why there is none."""
    try:
        return await ask()
    except SlackApiError as error:
        return str(error.response.get("error") or error.response.status_code)
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__


def _scopes(answer: AsyncSlackResponse, say: _Say) -> Finding:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    there = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    lacking = [scope for scope in SCOPES if scope not in there]
    return say(_SCOPES_BAD, good=False, scopes=Code(", ".join(lacking))) if lacking else say(_SCOPES)


async def _cloud(settings: Settings, say: _Say) -> list[Finding]:
    region = REGIONS[0].id
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
            ("vm", "JDCLOUD_VM_URL", _IMAGES, cloud.image_quota),
            ("disk", "JDCLOUD_DISK_URL", _SNAPSHOTS, cloud.snapshot_quota),
        )
        return [await _quota(say, region, *one) for one in asked]


async def _quota(
    say: _Say, region: str, service: str, setting: str, what: Text, ask: Callable[[str], Awaitable[Quota]]
) -> Finding:
    try:
        quota = await ask(region)
    except CloudError as error:
        said = " ".join(str(part) for part in (error.http_status, error.status, error.message) if part)
        return say(_CLOUD_BAD, good=False, said=said, setting=Code(setting), service=service, region=region)
    return say(_CLOUD, what=what, left=quota.left, limit=quota.limit, service=service, region=region)
