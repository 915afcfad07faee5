"""One right given or taken back: what becomes of the rule, and what stands against it."""

from typing import Any, Literal

import pytest

from bot.plain import plain
from commands.grants import edited, objections, still_through, suits
from commands.permissions import Admins, Kind, Standing
from commands.ports import Caller
from commands.rule import Rule
from commands.typed import GrantCommand

USUAL = Rule(request=["everyone"], approve=["U0002", "S0001"], admin=["U0003"])
ADMINS = Admins(("U0009",))
Right = Literal["request", "approve", "admin"]


def give(principal: str, right: Right) -> GrantCommand:
    return GrantCommand(give=True, right=right, principal=principal)


def take(principal: str, right: Right) -> GrantCommand:
    return GrantCommand(give=False, right=right, principal=principal)


def against(
    command: GrantCommand, about: Standing | None, rule: Rule | None = USUAL, by: str = "U0003"
) -> str:
    caller = Caller("T1", "C1", by, None, "d", "en")
    return "\n".join(plain(line) for line in objections(rule, command, about, caller, ADMINS))


def member(user: str, *groups: str) -> Standing:
    return Standing(user, Kind.MEMBER, frozenset(groups))


def test_a_right_given_comes_last_and_is_there_once() -> None:
    assert edited(USUAL, give("U0005", "approve")).approve == ["U0002", "S0001", "U0005"]
    assert edited(USUAL, give("S0001", "approve")).approve == ["U0002", "S0001"]


def test_a_right_taken_back_leaves_the_others() -> None:
    after = edited(USUAL, take("U0002", "approve"))
    assert after == USUAL.model_copy(update={"approve": ["S0001"]})


@pytest.mark.parametrize("right", ["request", "approve", "admin"])
@pytest.mark.parametrize("kind", list(Kind))
def test_members_can_have_every_right_and_guests_only_request(kind: Kind, right: Right) -> None:
    able = kind is Kind.MEMBER or (kind is Kind.GUEST and right == "request")
    assert suits(kind, right) is able
    said = against(give("U0005", right), Standing("U0005", kind))
    assert (said == "") is able


@pytest.mark.parametrize(
    ("command", "about", "changes", "said"),
    [
        (give("everyone", "request"), None, {"request": []}, ""),
        (give("everyone", "approve"), None, {}, "Everyone can only be given the right to request"),
        (give("S0001", "approve"), None, {}, "S0001 has this right (approve) already."),
        (give("S0002", "admin"), None, {}, ""),
        (take("S0002", "approve"), None, {}, "Rule approve doesn't name S0002, so nothing was changed."),
        (take("U0003", "admin"), member("U0003"), {}, "without an administrator"),
        (take("U0003", "admin"), member("U0003"), {"admin": ["U0003", "S0001"]}, ""),
        (take("U0002", "approve"), Standing("U0002", Kind.DEACTIVATED), {}, ""),
    ],
)
def test_what_stands_against_it_is_said(
    command: GrantCommand, about: Standing | None, changes: dict[str, Any], said: str
) -> None:
    words = against(command, about, USUAL.model_copy(update=changes))
    assert said in words
    assert bool(said) == bool(words)


def test_the_bot_s_administrators_may_take_back_the_last_administrator() -> None:
    assert against(take("U0003", "admin"), member("U0003"), by="U0009") == ""


def test_a_channel_that_is_not_set_up_is_set_up_first() -> None:
    assert "/copy-image permissions" in against(give("U0005", "admin"), member("U0005"), None)


def test_a_person_keeps_what_a_group_or_everyone_gives() -> None:
    assert still_through(USUAL, take("U0002", "approve"), member("U0002", "S0001")) == ["S0001"]
    assert still_through(USUAL, take("U0002", "request"), member("U0002")) == ["everyone"]
    assert still_through(USUAL, take("U0006", "request"), Standing("U0006", Kind.GUEST)) == []
    assert still_through(USUAL, take("S0001", "approve"), None) == []
