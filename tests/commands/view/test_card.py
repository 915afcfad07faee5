"""The card in every state: its mark, what it says, and what can be pressed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks import mrkdwn
from commands.clouds.jdcloud.regions import known_regions
from commands.rule import Rule
from commands.snapshot import Snapshot
from commands.states import MARKS
from commands.text import Language
from commands.view.card import card
from store.lifecycle import CopyState, State
from store.tables import Approval, Audience, Copy, Request

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
REGIONS = known_regions(())
LANGUAGES: list[Language] = ["zh", "en"]


def seen(
    state: State,
    *,
    images: int = 1,
    copies: dict[str, CopyState] | None = None,
    pressed: frozenset[str] = frozenset(),
    **columns: Any,
) -> Snapshot:
    ids = [f"img-{n}" for n in range(images)]
    request = Request(
        **{
            "id": "cp-1",
            "team": "T1",
            "channel": "C1",
            "requester": "U1",
            "delivery": "d",
            "state": state,
            "source_region": "cn-north-1",
            "destinations": ["cn-east-2"],
            "images": ids,
            "rule": Rule(approve=["U2"], admin=["U3"]).dump(),
            "created_at": NOW,
            "expires_at": NOW,
            **columns,
        }
    )
    made = [
        Copy(request_id="cp-1", image_id=i, destination="cn-east-2", state=s)
        for i, s in (copies or {}).items()
    ]
    return Snapshot(request, made, [], [], [], pressed)


def actions(snapshot: Snapshot) -> list[str]:
    return [button.action for button in card(snapshot, REGIONS, "zh").buttons]


def said(snapshot: Snapshot, language: Language = "zh") -> list[str]:
    return [mrkdwn(line) for line in card(snapshot, REGIONS, language).lines]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", State)
def test_the_title_begins_with_the_states_mark(state: State, language: Language) -> None:
    assert said(seen(state), language)[0].startswith(f"{MARKS[state]} ")


@pytest.mark.parametrize("state", [state for state in State if state.ended])
def test_a_card_that_has_ended_can_be_neither_decided_nor_cancelled(state: State) -> None:
    reasons = ["quota", "present", "not_set_up"] if state is State.INVALID else [None]
    for reason in reasons:
        outcome: dict[str, Any] = {
            "reason": reason,
            "mapping": {},
            "destination": "cn-east-2",
            "kind": "image",
        }
        numbers = {"needed": 1, "used": 1, "limit": 1}
        found = actions(seen(state, outcome={**outcome, **numbers} if reason else {}))
        assert not {"approve", "reject", "cancel"} & set(found)


@pytest.mark.parametrize(
    ("state", "outcome", "buttons"),
    [
        (State.CHECKING, {}, ["cancel"]),
        (State.WAITING, {}, ["approve", "reject", "cancel"]),
        (State.APPROVED, {}, ["cancel"]),
        (State.COPYING, {}, ["cancel"]),
        (State.UNKNOWN, {}, ["cancel"]),
        (State.WATCHING, {}, []),
        (State.READY, {}, []),
        (State.FAILED, {}, ["retry"]),
        (State.PARTLY_READY, {}, ["retry"]),
        (State.REJECTED, {}, ["ask_again"]),
        (State.CANCELLED, {}, ["ask_again"]),
        (State.EXPIRED, {}, ["ask_again"]),
        (State.INVALID, {"reason": "present", "mapping": {}}, ["copy_again"]),
        (State.INVALID, {"reason": "not_set_up"}, []),
    ],
)
def test_each_state_has_its_buttons(state: State, outcome: dict[str, Any], buttons: list[str]) -> None:
    assert actions(seen(state, outcome=outcome)) == buttons


def test_the_rest_can_be_asked_for_only_where_there_is_a_rest() -> None:
    wrong = {"reason": "images", "wrong": {"img-0": "encrypted"}, "status": {}}
    assert actions(seen(State.INVALID, images=2, outcome=wrong)) == ["copy_rest"]
    assert actions(seen(State.INVALID, images=1, outcome=wrong)) == ["ask_again"]


@pytest.mark.parametrize(
    ("language", "title", "counted"),
    [
        ("zh", "❌ 2 个镜像中有 1 个无法复制：", "2 of 2"),
        ("en", "❌ 1 of 2 images can't be copied: ", "2 of 2"),
    ],
)
def test_the_title_says_how_many_of_the_images_are_wrong(
    language: Language, title: str, counted: str
) -> None:
    outcome = {"reason": "images", "wrong": {"img-0": "encrypted"}, "status": {}}
    assert said(seen(State.INVALID, images=2, outcome=outcome), language)[0].startswith(title)
    every = {**outcome, "wrong": {"img-0": "encrypted", "img-1": "encrypted"}}
    assert counted not in said(seen(State.INVALID, images=2, outcome=every), language)[0]


def test_images_that_were_copied_before_are_not_said_to_be_impossible() -> None:
    present = seen(State.INVALID, outcome={"reason": "present", "mapping": {}})
    route = "cn-north-1 {} → cn-east-2 {}"
    assert said(present)[0] == f"ℹ️ 已有副本，无需复制：1 个镜像，{route.format('华北-北京', '华东-上海')}"
    assert said(present, "en")[0] == f"ℹ️ Copies exist already: 1 image, {route.format('Beijing', 'Shanghai')}"


def test_of_many_wrong_images_the_sentence_names_ten() -> None:
    wrong = {f"img-{n}": "not_found" for n in range(14)}
    outcome = {"reason": "images", "wrong": wrong, "status": {}}
    line = next(
        line for line in said(seen(State.INVALID, images=14, outcome=outcome)) if "找不到镜像" in line
    )
    assert line.count("`img-") == 10
    assert "`img-9` 等 14 个：在" in line


def test_a_single_copy_is_not_counted() -> None:
    assert said(seen(State.FAILED, copies={"img-0": CopyState.FAILED}))[3:] == []


def test_a_button_that_made_a_request_is_gone() -> None:
    assert actions(seen(State.FAILED, pressed=frozenset({"retry"}))) == []


def test_a_request_that_is_being_cancelled_cannot_be_cancelled_again() -> None:
    assert actions(seen(State.COPYING, cancel_wanted_by="U1")) == []
    assert "<@U1> 要求撤回：不再发出新的调用，已提交的部分会照常完成" in said(
        seen(State.COPYING, cancel_wanted_by="U1")
    )


@pytest.mark.parametrize(("images", "lines", "more"), [(10, 10, None), (11, 11, "…另有 1 个镜像")])
def test_the_card_lists_ten_images_at_most(images: int, lines: int, more: str | None) -> None:
    listed = said(seen(State.READY, images=images))[2:]
    assert len(listed) == lines
    if more:
        assert listed[-1] == more


def test_a_failed_request_says_how_many_copies_there_are() -> None:
    copies = {"img-0": CopyState.READY, "img-1": CopyState.FAILED, "img-2": CopyState.NOT_SENT}
    assert said(seen(State.PARTLY_READY, images=3, copies=copies))[-1] == "3 个副本中 1 个可用，2 个失败"


def test_a_reason_stays_on_one_line_and_is_no_markup() -> None:
    assert "原因：&lt;!here&gt; a b" in said(seen(State.WAITING, reason="<!here>\n a\tb"))[1]


def found(able: list[str], changers: list[str], **columns: Any) -> Audience:
    return Audience(request_id="cp-1", able=able, changers=changers, at=NOW, **columns)


def test_where_nobody_can_approve_who_can_change_that_is_named() -> None:
    waiting = seen(State.WAITING)
    for looked, to_do in [
        (found([], ["U3"], short=True), "<@U3> 可以用 `/copy-image permissions` 指定审批人"),
        (
            found([], [], short=True),
            "机器人尚未设置管理员：请安装机器人的人设置 BOT_ADMINS，或用 `copy-image-bot permissions apply` 指定审批人",
        ),
    ]:
        assert said(replace(waiting, looked=looked))[-3:-1] == [
            "目前没有人可以批准此申请（规则 approve）",
            to_do,
        ]


@pytest.mark.parametrize(
    ("language", "fact"),
    [
        ("zh", "还需 2 人批准，但目前只有 <@U2> 可以批准（规则 approve）"),
        ("en", "2 more approvals needed, but at present only <@U2> can approve (rule: approve)."),
    ],
)
def test_where_too_few_can_approve_that_is_said(language: Language, fact: str) -> None:
    waiting = replace(seen(State.WAITING, approvals_needed=2), looked=found(["U2"], ["U3"], short=True))
    assert said(waiting, language)[-3] == fact


def test_what_was_found_in_an_earlier_round_says_nothing_of_this_one() -> None:
    waiting = replace(seen(State.WAITING, round=2), looked=found([], ["U3"], short=True, round=1))
    assert "需要 1 人批准：<@U2>" in said(waiting)[-1]


def test_who_has_approved_is_not_among_those_who_still_can() -> None:
    given = Approval(request_id="cp-1", round=1, user="U2", digest="", at=NOW)
    waiting = replace(
        seen(State.WAITING, approvals_needed=2), looked=found(["U2", "S1"], []), approvals=[given]
    )
    assert said(waiting)[-1].startswith("<@U2> 已批准，还需 1 人：<!subteam^S1>；")
