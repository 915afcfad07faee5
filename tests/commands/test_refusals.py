"""What a refused person is told, whatever the reason, in both languages."""

import pytest

from bot.blocks import render
from commands.clouds.cloud import Region
from commands.permissions import Reason, Verdict
from commands.refusals import refusal
from commands.text import Language

REGIONS = (Region("cn-east-2", "华东-上海", "East China-Shanghai"),)
REFUSALS = [reason for reason in Reason if reason is not Reason.ALLOWED]


def told(language: Language, verdict: Verdict) -> str:
    return render(refusal(verdict, language, REGIONS)).text


def no(reason: Reason, rule: str = "", ask: tuple[str, ...] = ("U1", "S2")) -> Verdict:
    return Verdict(allowed=False, reason=reason, rule=rule, ask_whom=ask, about=("cn-east-2",), limit=7)


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_reason_has_a_sentence_in_each_language(reason: Reason) -> None:
    chinese, english = told("zh", no(reason)), told("en", no(reason))
    assert chinese != english
    assert english.isascii() or "`" in english
    assert "{" not in chinese + english
    assert "！" not in chinese
    assert "!" not in english.replace("<!subteam", "")


@pytest.mark.parametrize("reason", [Reason.BOT, Reason.DEACTIVATED, Reason.STRANGER])
def test_nobody_is_named_where_nobody_can_help(reason: Reason) -> None:
    assert "\n" not in told("zh", no(reason))
    assert "\n" not in told("en", no(reason, ask=()))


def test_where_the_bot_has_no_administrators_it_says_who_can_name_them() -> None:
    first = "机器人尚未设置管理员：请安装机器人的人设置 BOT_ADMINS"
    assert told("zh", no(Reason.NOT_SET_UP, ask=())).splitlines()[-1] == (
        f"{first}，或用 copy-image-bot permissions apply 导入权限。"
    )
    assert told("zh", no(Reason.MAY_NOT_PAUSE, "BOT_ADMINS", ask=())).splitlines()[-1] == f"{first}。"


@pytest.mark.parametrize("reason", [Reason.REASON_REQUIRED, Reason.SAME_REGION, Reason.OPEN])
def test_what_one_can_mend_oneself_says_who_can_change_it_as_well(reason: Reason) -> None:
    assert told("zh", no(reason)).splitlines()[1:] == ["如需调整，请联系频道管理员 <@U1>、<!subteam^S2>。"]
    assert "\n" not in told("zh", no(reason, ask=()))


def test_a_group_that_cannot_be_read_is_named_with_what_to_do_and_who_else_can_help() -> None:
    verdict = Verdict(
        allowed=False, reason=Reason.GROUP_UNREAD, rule="request", ask_whom=("U1",), about=("S2",)
    )
    assert told("en", verdict).splitlines() == [
        (
            "Slack doesn't say who is in <!subteam^S2>, so it isn't clear whether you have this right (rule: request). "
            "Try again later; if it stays so, have the bot's administrators run copy-image-bot check."
        ),
        "<@U1> can change that.",
    ]


@pytest.mark.parametrize(
    ("verdict", "last"),
    [
        (no(Reason.OWN_REQUEST, "self_approval"), "People who can: <@U1>, <!subteam^S2>"),
        (no(Reason.MAY_NOT_APPROVE, "approve"), "People who can: <@U1>, <!subteam^S2>"),
        (no(Reason.GUEST, "approve"), "People who can: <@U1>, <!subteam^S2>"),
        (no(Reason.GUEST, "admin"), "People who can: <@U1>, <!subteam^S2>"),
        (no(Reason.GUEST, "request"), "<@U1>, <!subteam^S2> can change that."),
        (no(Reason.MAY_NOT_CANCEL, "admin"), "People who can: <@U1>, <!subteam^S2>"),
        (no(Reason.EMERGENCY, "emergency"), "People who can: <@U1>, <!subteam^S2>"),
        (no(Reason.DESTINATION, "destination_regions"), "<@U1>, <!subteam^S2> can change that."),
        (no(Reason.NOT_SET_UP), "Ask <@U1>, <!subteam^S2> to set it up."),
    ],
)
def test_the_last_line_says_who_can_help_and_how(verdict: Verdict, last: str) -> None:
    assert told("en", verdict).splitlines()[-1] == last


def test_without_anybody_to_ask_it_says_how_somebody_is_named() -> None:
    assert "BOT_ADMINS" in told("en", no(Reason.NOT_SET_UP, ask=()))


def test_regions_are_named_as_people_know_them() -> None:
    assert told("zh", no(Reason.DESTINATION)).startswith("此频道不允许复制到 `cn-east-2` 华东-上海（")
    assert told("en", no(Reason.DESTINATION)).startswith(
        "This channel doesn't allow copies to `cn-east-2` Shanghai ("
    )
