"""People, user groups and channels: Slack → store, at most a minute old, or it can't be known."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from commands.permissions import Kind, Standing
from commands.ports import UnknowableError
from commands.text import Language
from store import people
from store.database import Database
from store.tables import ChannelInfo, Person, UserGroup

T = TypeVar("T", Person, UserGroup, ChannelInfo)
P = TypeVar("P", dict[str, Any], list[str])

FRESH = timedelta(seconds=60)
_BOUND_S = 1.5

_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_NO_GROUP = frozenset({"no_such_subteam", "subteam_not_found", "plan_upgrade_required", "missing_scope"})
_NOT_IN = frozenset({"channel_not_found", "not_in_channel", "is_archived"})

log = structlog.get_logger(__name__)


class Directory:
    """Answers from the database while that is fresh, else after one bounded question to Slack."""

    def __init__(self, client: AsyncWebClient, db: Database, now: Callable[[], datetime]) -> None:
        self._client = client
        self._db = db
        self._now = now
        self._asked: dict[tuple[str, str], asyncio.Task[Person]] = {}

    async def standing(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        """See `commands.ports.People`."""
        asked = asyncio.gather(*(self._group(team, group) for group in sorted(groups)))
        person, members = await asyncio.gather(self._person(team, user), asked)
        inside = frozenset(group.group for group in members if user in group.members)
        return Standing(user, _kind(person, team), inside)

    async def language(self, team: str, user: str) -> Language | None:
        """See `commands.ports.People`; an old answer is good enough here."""
        person = await self._db.read(lambda tx: people.person(tx, team, user))
        if person is None:
            try:
                person = await self._person(team, user)
            except UnknowableError:
                return None
        return "zh" if person.locale.startswith("zh") else "en" if person.locale.startswith("en") else None

    async def is_bot_in(self, team: str, channel: str) -> bool | None:
        """See `commands.ports.People`; only a yes is remembered, since an invitation should count at once."""
        known = await self._db.read(lambda tx: people.channel(tx, team, channel))
        if known is not None and self._fresh(known.fetched_at):
            return True
        try:
            answer = await self._ask(lambda: self._client.conversations_info(channel=channel))
        except _Refused as refused:
            return False if refused.error in _NOT_IN else None
        except UnknowableError:
            return None
        described = answer.get("channel") or {}
        member = bool(described.get("is_member", True)) and not described.get("is_archived", False)
        if member:
            await self._remember(ChannelInfo(team=team, channel=channel, member=True, fetched_at=self._now()))
        return member

    async def _person(self, team: str, user: str) -> Person:
        """Slack is asked once about somebody, however many want to know; who stops waiting doesn't stop the others."""
        known = await self._db.read(lambda tx: people.person(tx, team, user))
        if known is not None and self._fresh(known.fetched_at):
            return known
        asked = self._asked.get((team, user))
        if asked is None:
            asked = asyncio.create_task(self._asked_about(team, user))
            self._asked[team, user] = asked
            asked.add_done_callback(lambda task: self._answered(team, user, task))
        return await asyncio.shield(asked)

    def _answered(self, team: str, user: str, asked: asyncio.Task[Person]) -> None:
        del self._asked[team, user]
        if not asked.cancelled():
            asked.exception()  # nobody may be left to see it

    async def _asked_about(self, team: str, user: str) -> Person:
        try:
            answer = await self._ask(lambda: self._client.users_info(user=user, include_locale=True))
        except _Refused as refused:
            if refused.error not in _NOBODY:
                raise UnknowableError(refused.error) from refused
            return await self._remember(Person(team=team, user=user, known=False, fetched_at=self._now()))
        return await self._remember(_described(team, user, _part(answer, "user", dict), self._now()))

    async def _group(self, team: str, group: str) -> UserGroup:
        known = await self._db.read(lambda tx: people.group(tx, team, group))
        if known is not None and self._fresh(known.fetched_at):
            return known
        try:
            answer = await self._ask(lambda: self._client.usergroups_users_list(usergroup=group))
            members = _part(answer, "users", list)
        except _Refused as refused:
            if refused.error not in _NO_GROUP:
                raise UnknowableError(refused.error) from refused
            members = []
        return await self._remember(
            UserGroup(team=team, group=group, members=members, fetched_at=self._now())
        )

    def _fresh(self, fetched_at: datetime) -> bool:
        return self._now() - fetched_at <= FRESH

    async def _remember(self, row: T) -> T:
        await self._db.run(lambda tx: people.remember(tx, row.model_copy()))
        return row

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """One bounded call; a refusal is Slack's word, anything else leaves it unknown."""
        try:
            async with asyncio.timeout(_BOUND_S):
                return await question()
        except SlackApiError as error:
            code = str(error.response.get("error", "")) if isinstance(error.response.data, dict) else ""
            if code in {"", "ratelimited", "internal_error", "fatal_error", "service_unavailable"}:
                raise UnknowableError(code or "no answer") from error
            raise _Refused(code) from error
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("slack_did_not_say", error=type(error).__name__)
            raise UnknowableError(type(error).__name__) from error


class _Refused(Exception):  # noqa: N818 - Slack's word, not an error of ours
    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def _part(answer: Any, name: str, kind: type[P]) -> P:
    """What an answer must have to be one."""
    found = answer.get(name)
    if not isinstance(found, kind):
        raise UnknowableError(f"no {name} in the answer")
    return found


def _kind(person: Person, team: str) -> Kind:
    if not person.known or person.home_team not in {team, ""}:
        return Kind.STRANGER
    if person.deleted:
        return Kind.DEACTIVATED
    if person.bot:
        return Kind.BOT
    return Kind.GUEST if person.guest else Kind.MEMBER


def _described(team: str, user: str, said: dict[str, Any], now: datetime) -> Person:
    profile = said.get("profile") or {}
    return Person(
        team=team,
        user=user,
        home_team="another workspace" if said.get("is_stranger") else said.get("team_id") or "",
        name=profile.get("display_name") or said.get("real_name") or said.get("name") or "",
        locale=said.get("locale") or "",
        guest=bool(said.get("is_restricted") or said.get("is_ultra_restricted")),
        bot=bool(said.get("is_bot") or said.get("is_workflow_bot")) or user == "USLACKBOT",
        deleted=bool(said.get("deleted")),
        fetched_at=now,
    )
