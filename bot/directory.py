"""People, user groups and channels: Slack → store, at most a minute old, or it can't be known."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_questions import RefusedError, ask, part
from commands.permissions import Standing
from commands.ports import Crowd, UnknowableError
from commands.text import Language
from commands.who import kind_of
from store import people
from store.database import Database, DatabaseError, Transaction
from store.tables import ChannelInfo, ChannelMembers, Person, UserGroup

T = TypeVar("T", Person, UserGroup, ChannelInfo, ChannelMembers)

FRESH = timedelta(seconds=60)
_REMEMBER_S = 0.25
_MEET_S = 0.3
"""What is left of Slack's three seconds to somebody who is refused."""
_MOST_LOOKED_AT = 30
"""Of a crowd: Slack lets us ask about a hundred people a minute."""
_PAGE = 999
_MOST_PAGES = 20

_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_NO_GROUP = frozenset({"no_such_subteam", "subteam_not_found"})
_UNTOLD = frozenset(
    {"plan_upgrade_required", "missing_scope", "no_permission", "not_allowed_token_type", "access_denied"}
)
"""Of user groups: waiting won't change it, and whoever is named by id is not concerned."""
_NOT_IN = frozenset({"channel_not_found", "not_in_channel", "is_archived"})

log = structlog.get_logger(__name__)


class UntoldError(UnknowableError):
    """Slack does not tell us who is in a user group, such as without the scope or the plan for it."""


class Directory:
    """Answers from the database while that is fresh, else after one bounded question to Slack."""

    def __init__(self, client: AsyncWebClient, db: Database, now: Callable[[], datetime]) -> None:
        self._client = client
        self._db = db
        self._now = now
        self._asked: dict[tuple[str, str], asyncio.Task[Person]] = {}

    async def standing(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        """See `commands.ports.People`."""
        named = sorted(groups)
        asked = asyncio.gather(*(self._group_if_told(team, group) for group in named))
        person, found = await asyncio.gather(self._person(team, user), asked)
        inside = frozenset(group.group for group in found if group is not None and user in group.members)
        unread = frozenset(name for name, group in zip(named, found, strict=True) if group is None)
        return Standing(user, kind_of(person, team), inside, unread)

    async def last_known(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        """See `commands.ports.People`."""
        return await self._db.read(lambda tx: _last_known(tx, team, user, groups))

    async def language(self, team: str, user: str) -> Language | None:
        """See `commands.ports.People`; an old answer is good enough here."""
        try:
            try:
                person = await self._db.read(lambda tx: people.person(tx, team, user))
                person = person or await self._person(team, user)
            except DatabaseError:
                # In this language, too, the database's absence is told.
                person = await self._slack_says(team, user)
        except UnknowableError:
            return None
        return "zh" if person.locale.startswith("zh") else "en" if person.locale.startswith("en") else None

    async def crowd(self, team: str, channel: str | None, principals: Sequence[str]) -> Crowd:
        """See `commands.ports.People`."""
        names = [p for p in principals if p.startswith("S")]
        found = await asyncio.gather(*(self._group(team, name) for name in names))
        groups = dict(zip(names, found, strict=True))
        meant = {p: tuple(groups[p].members) if p in groups else (p,) for p in principals}
        everybody = _in_order(meant, groups)
        looked_at = everybody[:_MOST_LOOKED_AT]
        people_, there = await asyncio.gather(self._several(team, looked_at), self._there(team, channel))
        known = {
            user: Standing(user, kind_of(person, team), frozenset(p for p in groups if user in meant[p]))
            for user, person in zip(looked_at, people_, strict=True)
        }
        if there is None:
            return Crowd(meant, known, None if channel else ())
        outside = tuple(user for user in everybody if user not in there.members)
        return Crowd(meant, known, outside, there.private)

    async def meet(self, team: str, principals: Sequence[str]) -> None:
        """See `commands.ports.People`; who was asked about however long ago is known well enough here."""
        try:
            async with asyncio.timeout(_MEET_S):
                names = [p for p in principals if p.startswith("S")]
                rows = await self._db.read(lambda tx: people.user_groups(tx, team, names))
                new = [name for name in names if name not in {row.group for row in rows}]
                rows += await asyncio.gather(*(self._group(team, name) for name in new))
                members = [user for row in rows for user in row.members]
                users = list(dict.fromkeys([*(p for p in principals if p not in names), *members]))
                known = await self._db.read(lambda tx: people.persons(tx, team, users))
                strangers = [user for user in users if user not in {row.user for row in known}]
                await asyncio.gather(*(self._person(team, user) for user in strangers[:_MOST_LOOKED_AT]))
        except (TimeoutError, UnknowableError):
            pass  # what has been said by now is remembered

    async def knows_group(self, team: str, group: str) -> bool | None:
        """See `commands.ports.People`."""
        try:
            answer = await ask(lambda: self._client.usergroups_users_list(usergroup=group))
        except RefusedError as refused:
            if refused.error not in _NO_GROUP | _UNTOLD:
                raise UnknowableError(refused.error) from refused
            return False if refused.error in _NO_GROUP else None
        members = part(answer, "users", list)
        await self._remember(UserGroup(team=team, group=group, members=members, fetched_at=self._now()))
        return True

    async def _several(self, team: str, users: Sequence[str]) -> list[Person]:
        """As `_person` of each, with one read for those who are known."""
        rows = await self._db.read(lambda tx: people.persons(tx, team, users))
        fresh = {row.user: row for row in rows if self._fresh(row.fetched_at)}

        async def now(user: str) -> Person:
            return fresh.get(user) or await self._person(team, user)

        return await asyncio.gather(*map(now, users))

    async def _there(self, team: str, channel: str | None) -> ChannelMembers | None:
        return await self._members(team, channel) if channel else None

    async def _members(self, team: str, channel: str) -> ChannelMembers | None:
        """Who is in a channel; None: Slack doesn't tell us, or there are too many."""
        known = await self._db.read(lambda tx: people.members(tx, team, channel))
        if known is not None and self._fresh(known.fetched_at):
            return known
        try:
            answer = await ask(lambda: self._client.conversations_info(channel=channel))
            members = await self._listed(channel)
        except RefusedError as refused:
            log.warning("channel_members_unknown", channel=channel, error=refused.error)
            return None
        if members is None:
            return None
        private = bool(part(answer, "channel", dict).get("is_private"))
        row = ChannelMembers(
            team=team, channel=channel, private=private, members=members, fetched_at=self._now()
        )
        return await self._remember(row)

    async def _listed(self, channel: str) -> list[str] | None:
        """All members, page by page; None: of more pages than that we would rather know nobody."""
        members: list[str] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = await ask(partial(self._page, channel, cursor))
            members += part(answer, "members", list)
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return members
        return None

    async def _page(self, channel: str, cursor: str) -> Any:
        more = {"cursor": cursor} if cursor else {}
        return await self._client.conversations_members(channel=channel, limit=_PAGE, **more)

    async def is_bot_in(self, team: str, channel: str) -> bool | None:
        """See `commands.ports.People`; only a yes is remembered, since an invitation should count at once."""
        known = await self._db.read(lambda tx: people.channel(tx, team, channel))
        if known is not None and self._fresh(known.fetched_at):
            return True
        try:
            answer = await ask(lambda: self._client.conversations_info(channel=channel))
        except RefusedError as refused:
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
        return await self._remember(await self._slack_says(team, user))

    async def _slack_says(self, team: str, user: str) -> Person:
        try:
            answer = await ask(lambda: self._client.users_info(user=user, include_locale=True))
        except RefusedError as refused:
            if refused.error not in _NOBODY:
                raise UnknowableError(refused.error) from refused
            return Person(team=team, user=user, known=False, fetched_at=self._now())
        return _described(team, user, part(answer, "user", dict), self._now())

    async def _group_if_told(self, team: str, group: str) -> UserGroup | None:
        """None: Slack refuses to tell, which waiting won't change."""
        try:
            return await self._group(team, group)
        except UntoldError as refused:
            log.warning("user_group_unread", group=group, error=str(refused))
            return None

    async def _group(self, team: str, group: str) -> UserGroup:
        known = await self._db.read(lambda tx: people.group(tx, team, group))
        if known is not None and self._fresh(known.fetched_at):
            return known
        try:
            answer = await ask(lambda: self._client.usergroups_users_list(usergroup=group))
            members = part(answer, "users", list)
        except RefusedError as refused:
            if refused.error in _UNTOLD:
                raise UntoldError(refused.error) from refused
            if refused.error not in _NO_GROUP:
                raise UnknowableError(refused.error) from refused
            members = []
        return await self._remember(
            UserGroup(team=team, group=group, members=members, fetched_at=self._now())
        )

    def _fresh(self, fetched_at: datetime) -> bool:
        # What was dated by a clock that has been set back since lies ahead, and isn't fresh either.
        return abs(self._now() - fetched_at) <= FRESH

    async def _remember(self, row: T) -> T:
        """If the database takes it: not remembering costs another question to Slack, and no more."""
        if self._db.outage.under_way:
            return row
        try:
            async with asyncio.timeout(_REMEMBER_S):
                await self._db.run(lambda tx: people.remember(tx, row.model_copy()))
        except TimeoutError:
            self._db.outage.begin(f"no answer within {_REMEMBER_S:g} s", suspected=True)
        except DatabaseError:
            pass  # of an outage it knows itself
        return row


def _in_order(meant: Mapping[str, Sequence[str]], groups: Container[str]) -> list[str]:
    """Everybody once: those named by id, then the groups' members, a group after the other."""
    named = [user for principal, users in meant.items() if principal not in groups for user in users]
    members = [user for principal, users in meant.items() if principal in groups for user in users]
    return list(dict.fromkeys([*named, *members]))


def _last_known(tx: Transaction, team: str, user: str, groups: Iterable[str]) -> Standing:
    person = people.person(tx, team, user)
    if person is None:
        raise UnknowableError("never asked about")
    members = [people.group(tx, team, group) for group in sorted(groups)]
    inside = frozenset(group.group for group in members if group is not None and user in group.members)
    return Standing(user, kind_of(person, team), inside)


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
