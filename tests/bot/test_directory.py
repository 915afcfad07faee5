"""The directory against the stand-in: how often Slack is asked, and what holds when it doesn't say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.scene import BEIJING, CHEN_YU, GUEST, LEADS, LI_NA, SARAH, TEAM, WANG_LEI, workspace
from bot.demo.slack import Fault, SlackStandIn, User
from bot.directory import Directory
from commands.permissions import Kind, Standing
from commands.ports import UnknowableError
from store.database import Database
from tests.conftest import Clock


@dataclass(frozen=True)
class Office:
    """A directory, and the Slack and the clock it lives by."""

    directory: Directory
    slack: SlackStandIn
    clock: Clock

    def asked(self, method: str) -> int:
        return len([call for call in self.slack.calls if call.method == method])


@asynccontextmanager
async def open_office(url: str) -> AsyncIterator[Office]:
    clock, db = Clock(), Database(url)
    try:
        async with SlackStandIn(workspace(), now=clock) as slack, aiohttp.ClientSession() as session:
            client = AsyncWebClient(
                token=slack.workspace.bot_token,
                base_url=slack.api_url,
                session=session,
                retry_handlers=[],
            )
            yield Office(Directory(client, db, clock), slack, clock)
    finally:
        db.close()


async def test_an_answer_is_good_for_a_minute(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        standing = Standing(CHEN_YU, Kind.MEMBER, frozenset({LEADS}))
        for _ in range(2):
            assert await office.directory.standing(TEAM, CHEN_YU, [LEADS]) == standing
        office.clock.advance(60)
        assert await office.directory.standing(TEAM, CHEN_YU, [LEADS]) == standing
        assert (office.asked("users.info"), office.asked("usergroups.users.list")) == (1, 1)
        office.clock.advance(1)
        office.slack.workspace.groups[0].members.remove(CHEN_YU)
        assert await office.directory.standing(TEAM, CHEN_YU, [LEADS]) == Standing(CHEN_YU, Kind.MEMBER)
        assert (office.asked("users.info"), office.asked("usergroups.users.list")) == (2, 2)


async def test_many_who_want_to_know_at_once_are_one_question(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        await asyncio.gather(*(office.directory.standing(TEAM, LI_NA, []) for _ in range(5)))
        assert office.asked("users.info") == 1


async def test_who_stops_waiting_does_not_stop_the_others(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.faults.append(Fault("users.info", latency_s=0.2))
        impatient = asyncio.create_task(office.directory.language(TEAM, SARAH))
        patient = asyncio.create_task(office.directory.standing(TEAM, SARAH, []))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient == Standing(SARAH, Kind.MEMBER)
        assert office.asked("users.info") == 1


@pytest.mark.parametrize(
    ("described", "kind"),
    [
        ({}, Kind.MEMBER),
        ({"is_restricted": True}, Kind.GUEST),
        ({"is_ultra_restricted": True}, Kind.GUEST),
        ({"is_bot": True}, Kind.BOT),
        ({"deleted": True}, Kind.DEACTIVATED),
        ({"deleted": True, "is_restricted": True}, Kind.DEACTIVATED),
        ({"team_id": "T0009"}, Kind.STRANGER),
        ({"team_id": "T0009", "deleted": True}, Kind.STRANGER),
    ],
)
async def test_what_somebody_is_in_the_workspace(
    sqlite_url: str, described: dict[str, Any], kind: Kind
) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.workspace.users.append(User("U0099", "x", "X", **described))
        assert (await office.directory.standing(TEAM, "U0099", [])).kind is kind


async def test_nobody_is_a_stranger_and_an_unknown_group_has_no_members(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        assert await office.directory.standing(TEAM, "U0099", ["S0099"]) == Standing("U0099", Kind.STRANGER)
        assert await office.directory.standing(TEAM, LI_NA, ["S0099"]) == Standing(LI_NA, Kind.MEMBER)


async def test_a_disabled_group_has_no_members(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.workspace.groups[0].enabled = False
        assert await office.directory.standing(TEAM, CHEN_YU, [LEADS]) == Standing(CHEN_YU, Kind.MEMBER)


@pytest.mark.parametrize("error", ["plan_upgrade_required", "missing_scope"])
async def test_a_group_that_slack_does_not_tell_of_is_left_open_and_asked_about_again(
    sqlite_url: str, error: str
) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.faults.append(Fault("usergroups.users.list", error=error))
        known = await office.directory.standing(TEAM, LI_NA, [LEADS])
        assert known == Standing(LI_NA, Kind.MEMBER, unread=frozenset({LEADS}))
        known = await office.directory.standing(TEAM, LI_NA, [LEADS])
        assert known == Standing(LI_NA, Kind.MEMBER, frozenset({LEADS}))
        office.clock.advance(61)
        office.slack.faults.append(Fault("usergroups.users.list", error=error))
        with pytest.raises(UnknowableError):
            await office.directory.crowd(TEAM, None, [LEADS])


async def test_whether_there_is_a_group_is_asked_each_time(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        assert await office.directory.knows_group(TEAM, LEADS) is True
        assert await office.directory.knows_group(TEAM, "S0999") is False
        office.slack.workspace.groups[0].enabled = False
        assert await office.directory.knows_group(TEAM, LEADS) is False
        office.slack.faults.append(Fault("usergroups.users.list", error="plan_upgrade_required"))
        assert await office.directory.knows_group(TEAM, LEADS) is None
        office.slack.faults.append(Fault("usergroups.users.list", status=500))
        with pytest.raises(UnknowableError):
            await office.directory.knows_group(TEAM, LEADS)


async def test_who_was_never_asked_about_is_met_once_and_nobody_is_waited_for(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        for _ in range(2):
            await office.directory.meet(TEAM, [LEADS, SARAH, "U9999"])
            office.clock.advance(3_600)
        assert office.asked("users.info") == 4
        assert office.asked("usergroups.users.list") == 1
        office.slack.faults.append(Fault("users.info", latency_s=30))
        await asyncio.wait_for(office.directory.meet(TEAM, [GUEST]), 1)
        office.slack.faults.append(Fault("usergroups.users.list", status=500))
        await office.directory.meet(TEAM, ["S0999"])


@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 500},
        {"status": 429},
        {"status": 503, "body": "<html>away</html>"},
        {"body": "garbage"},
        {"body": '{"ok": true}'},
        {"body": "[]"},
        {"drop": "before"},
        {"drop": "after"},
        {"error": "internal_error"},
        {"error": "ratelimited"},
        {"error": "invalid_auth"},
        {"error": "account_inactive"},
    ],
    ids=str,
)
async def test_what_slack_does_not_say_is_not_known_and_is_asked_again(
    sqlite_url: str, method: str, trouble: dict[str, Any]
) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.faults.append(
            Fault(method, times=2, **trouble)
        )  # a dropped GET is sent again by aiohttp
        with pytest.raises(UnknowableError):
            await office.directory.standing(TEAM, LI_NA, [LEADS])
        office.slack.faults.clear()
        known = await office.directory.standing(TEAM, LI_NA, [LEADS])
        assert known == Standing(LI_NA, Kind.MEMBER, frozenset({LEADS}))


async def test_an_old_answer_does_not_stand_in_for_a_failed_one(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        await office.directory.standing(TEAM, LI_NA, [LEADS])
        office.clock.advance(61)
        office.slack.faults.append(Fault("usergroups.users.list", status=500))
        with pytest.raises(UnknowableError):
            await office.directory.standing(TEAM, LI_NA, [LEADS])


async def test_a_slack_that_takes_more_than_a_second_and_a_half_is_not_waited_for(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.faults.append(Fault("users.info", latency_s=30))
        with pytest.raises(UnknowableError):
            await asyncio.wait_for(office.directory.standing(TEAM, LI_NA, []), 2.5)


async def test_a_slack_that_is_away_is_not_known(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        await office.slack.stop()
        with pytest.raises(UnknowableError):
            await office.directory.standing(TEAM, LI_NA, [])
        assert await office.directory.language(TEAM, LI_NA) is None
        assert await office.directory.is_bot_in(TEAM, BEIJING) is None


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-CN", "zh"),
        ("zh-TW", "zh"),
        ("en-US", "en"),
        ("en-GB", "en"),
        ("ja-JP", None),
        ("", None),
    ],
)
async def test_the_language_is_that_of_the_persons_slack(
    sqlite_url: str, locale: str, language: str | None
) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.workspace.users.append(User("U0099", "x", "X", locale=locale))
        assert await office.directory.language(TEAM, "U0099") == language


async def test_a_language_once_known_needs_no_slack(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        assert await office.directory.language(TEAM, SARAH) == "en"
        office.clock.advance(3_600)
        await office.slack.stop()
        assert await office.directory.language(TEAM, SARAH) == "en"


async def test_an_invitation_counts_at_once_and_is_remembered(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        channel = office.slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.members.remove("U0BOT")
        assert await office.directory.is_bot_in(TEAM, BEIJING) is False
        channel.members.append("U0BOT")
        assert [await office.directory.is_bot_in(TEAM, BEIJING) for _ in range(2)] == [True, True]
        assert office.asked("conversations.info") == 2
        assert await office.directory.is_bot_in(TEAM, "C0099") is False


async def test_guests_are_in_no_group_that_does_not_list_them(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        assert await office.directory.standing(TEAM, GUEST, [LEADS]) == Standing(GUEST, Kind.GUEST)
        assert await office.directory.standing(TEAM, WANG_LEI, [LEADS]) == Standing(WANG_LEI, Kind.MEMBER)


async def test_a_crowd_is_everybody_meant_who_they_are_and_who_is_elsewhere(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        channel = office.slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.members = [LI_NA]
        crowd = await office.directory.crowd(TEAM, BEIJING, [LEADS, SARAH, GUEST])
        assert crowd.meant == {LEADS: (LI_NA, CHEN_YU), SARAH: (SARAH,), GUEST: (GUEST,)}
        assert crowd.known == {
            SARAH: Standing(SARAH, Kind.MEMBER),
            GUEST: Standing(GUEST, Kind.GUEST),
            LI_NA: Standing(LI_NA, Kind.MEMBER, frozenset({LEADS})),
            CHEN_YU: Standing(CHEN_YU, Kind.MEMBER, frozenset({LEADS})),
        }
        assert (crowd.outside, crowd.private) == ((SARAH, GUEST, CHEN_YU), False)


async def test_the_members_of_a_channel_are_read_page_by_page_and_good_for_a_minute(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        channel = office.slack.workspace.channel(BEIJING)
        assert channel is not None
        channel.members = [*(f"U9{number:04}" for number in range(2_000)), SARAH]
        for _ in range(2):
            assert (await office.directory.crowd(TEAM, BEIJING, [SARAH])).outside == ()
        assert office.asked("conversations.members") == 3
        office.clock.advance(61)
        channel.members.remove(SARAH)
        channel.is_private = True
        channel.members.append(office.slack.workspace.bot_user_id)
        crowd = await office.directory.crowd(TEAM, BEIJING, [SARAH])
        assert (crowd.outside, crowd.private) == ((SARAH,), True)


async def test_of_a_crowd_thirty_are_asked_about(sqlite_url: str) -> None:
    async with open_office(sqlite_url) as office:
        people = [f"U9{number:04}" for number in range(40)]
        office.slack.workspace.groups[0].members[:] = people
        crowd = await office.directory.crowd(TEAM, BEIJING, [LEADS])
        assert list(crowd.known) == people[:30]
        assert (crowd.meant[LEADS], crowd.outside) == (tuple(people), tuple(people))
        assert office.asked("users.info") == 30


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
async def test_of_a_channel_that_slack_does_not_describe_it_is_not_known_who_is_outside(
    sqlite_url: str, method: str
) -> None:
    async with open_office(sqlite_url) as office:
        office.slack.workspace.channels[0].members.remove(SARAH)
        office.slack.faults.append(Fault(method, error="missing_scope"))
        assert (await office.directory.crowd(TEAM, BEIJING, [SARAH])).outside is None
        office.slack.faults.append(Fault(method, status=500))
        with pytest.raises(UnknowableError):
            await office.directory.crowd(TEAM, BEIJING, [SARAH])
