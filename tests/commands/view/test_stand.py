"""How a request is shown to stand while it copies, and what its card says of an emergency."""

from typing import Any

import pytest

from bot.blocks import mrkdwn
from commands.clouds.jdcloud.regions import known_regions
from commands.snapshot import Snapshot
from commands.text import Language
from commands.view.card import card
from commands.view.stand import Special, mark, name, stands
from store.lifecycle import CallState, CopyState, State
from store.tables import Call, Copy
from tests.commands.view.test_card import NOW, seen

REGIONS = known_regions(())


def calling(*states: CallState, unresolved: bool = True, **columns: Any) -> Snapshot:
    """Two images, one call each; what is not in doubt runs once it was sent."""
    base = seen(State.COPYING, images=2, **columns)
    calls = [
        Call(
            request_id="cp-1",
            number=n,
            destination="cn-east-2",
            marker="m",
            state=state,
            attempt=1,
            unresolved=unresolved and state is CallState.SETTLING,
        )
        for n, state in enumerate(states, 1)
    ]
    copies = [
        Copy(
            request_id="cp-1",
            image_id=f"img-{n}",
            destination="cn-east-2",
            call_number=n + 1,
            state=CopyState.RUNNING if state is CallState.SENT else CopyState.PLANNED,
            new_image_id=f"img-new-{n}" if state is CallState.SENT else None,
            sent_at=NOW if state is CallState.SENT else None,
        )
        for n, state in enumerate(states)
    ]
    return Snapshot(base.request, copies, calls, [], [], frozenset())


def said(snapshot: Snapshot, language: Language = "zh") -> list[str]:
    return [mrkdwn(line) for line in card(snapshot, REGIONS, language).lines]


@pytest.mark.parametrize(
    ("states", "stand"),
    [
        ((CallState.PLANNED, CallState.SENDING), State.COPYING),
        ((CallState.SETTLING, CallState.PLANNED), Special.IN_DOUBT),
        ((CallState.SETTLING, CallState.SENT), Special.IN_DOUBT),
        ((CallState.PLANNED, CallState.SENT), State.WATCHING),
    ],
)
def test_a_call_in_doubt_is_said_first(states: tuple[CallState, ...], stand: State | Special) -> None:
    found = calling(*states)
    assert stands(found.request, found.calls, found.copies) == stand


def test_what_is_only_tried_again_is_not_in_doubt() -> None:
    found = calling(CallState.SETTLING, CallState.PLANNED, unresolved=False)
    assert stands(found.request, found.calls, found.copies) is State.COPYING


def test_a_card_with_one_call_in_doubt_and_one_running_claims_neither_of_all() -> None:
    found = calling(CallState.SETTLING, CallState.SENT)
    assert said(found)[0] == "⚠️ 确认中：复制 2 个镜像，cn-north-1 华北-北京 → cn-east-2 华东-上海"
    assert said(found)[-2:] == [
        "尚不确定是否已开始复制 `img-0`：正在 `cn-east-2` 华东-上海 查找新镜像，确认之前不会重复提交",
        "░░░░░░░░░░ 0% · `img-new-1` 0%",
    ]
    assert said(found, "en")[0] == (
        "⚠️ Checking the outcome: copy 2 images, cn-north-1 Beijing → cn-east-2 Shanghai"
    )
    assert said(found, "en")[-2] == (
        "It isn't certain yet whether copying `img-0` has begun: it is being looked for in "
        "`cn-east-2` Shanghai, and nothing is sent again before that is known"
    )


def test_marks_and_names_are_told_in_both_languages() -> None:
    assert (mark(Special.IN_DOUBT), name(Special.IN_DOUBT, "zh"), name(Special.IN_DOUBT, "en")) == (
        "⚠️",
        "确认中",
        "Checking the outcome",
    )
    assert (mark(Special.PRESENT), name(Special.PRESENT, "zh")) == ("ℹ️", "已有副本")
    assert (mark(State.READY), name(State.READY, "en")) == ("✅", "Ready")


PRESENT = {"reason": "present", "mapping": {"cn-east-2": {"img-0": "img-old"}}}


@pytest.mark.parametrize(
    ("state", "outcome", "zh", "en"),
    [
        (State.CHECKING, {}, "紧急：无需批准", "emergency: without approval"),
        (State.APPROVED, {}, "紧急：无需批准", "emergency: without approval"),
        (
            State.INVALID,
            PRESENT,
            "以紧急方式申请，无需复制",
            "asked as an emergency, nothing needed to be copied",
        ),
        (
            State.INVALID,
            {"reason": "not_set_up"},
            "以紧急方式申请，没有开始复制",
            "asked as an emergency, nothing was started",
        ),
        (
            State.CANCELLED,
            {},
            "以紧急方式申请，没有开始复制",
            "asked as an emergency, nothing was started",
        ),
    ],
)
def test_an_emergency_is_said_to_have_started_only_once_it_has(
    state: State, outcome: dict[str, Any], zh: str, en: str
) -> None:
    emergency = seen(state, emergency=True, outcome=outcome)
    assert f" · {zh} · " in said(emergency)[1]
    assert f" · {en} · " in said(emergency, "en")[1]


def test_an_emergency_whose_call_went_out_was_started_without_approval() -> None:
    started = calling(CallState.SENDING, emergency=True)
    assert " · 紧急：未经批准启动 · " in said(started)[1]
