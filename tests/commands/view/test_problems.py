"""What went wrong with a call: whose words are shown, and how what was uncertain or only for a while turned out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks import mrkdwn
from commands.clouds.cloud import CloudError, Fault
from commands.clouds.jdcloud.regions import known_regions
from commands.snapshot import Snapshot
from commands.view import Part, parts
from store.lifecycle import CallState, CopyState, State
from store.tables import Call, Copy, Problem
from tests.commands.view.test_card import seen

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def unknown(
    call_state: CallState, new_image: str | None = None, *, state: State = State.COPYING, **facts: Any
) -> Part:
    """The part about the only problem of a request with one call."""
    base = seen(state)
    copy = Copy(
        request_id="cp-1",
        image_id="img-0",
        destination="cn-east-2",
        call_number=1,
        state=CopyState.PLANNED,
        new_image_id=new_image,
    )
    call = Call(request_id="cp-1", number=1, destination="cn-east-2", marker="m", state=call_state)
    problem = Problem(
        **{
            "request_id": "cp-1",
            "number": 1,
            "kind": "unknown",
            "call_number": 1,
            "destination": "cn-east-2",
            "images": ["img-0"],
            "fault": Fault.LOST.value,
            "at": NOW,
            **facts,
        }
    )
    made = Snapshot(base.request, [copy], [call], [problem], [], frozenset())
    names = {"unknown-1", "error-1"}
    return next(part for part in parts(made, known_regions(())) if part.name in names)


def said(part: Part) -> list[str]:
    return [mrkdwn(line) for line in part.message.lines]


@pytest.mark.parametrize("state", [CallState.SETTLING, CallState.UNKNOWN])
def test_while_nothing_is_certain_nothing_is_said_to_be_settled(state: CallState) -> None:
    part = unknown(state)
    assert len(said(part)) == 2
    assert not part.fixed


@pytest.mark.parametrize("state", [CallState.PLANNED, CallState.SENDING])
def test_a_call_that_proved_not_to_have_begun_and_is_sent_again_is_settled_so(state: CallState) -> None:
    assert said(unknown(state))[1:] == ["已确认：没有开始复制 `img-0`，将自动重新提交，您无需操作"]


def test_a_call_that_proved_to_have_begun_is_settled_so() -> None:
    assert said(unknown(CallState.SENT, "img-new"))[1:] == ["已确认：`img-0` 的复制已开始，您无需操作"]


def test_retry_is_named_only_once_the_card_has_it() -> None:
    assert said(unknown(CallState.REFUSED))[1:] == ["已确认：没有开始复制 `img-0`"]
    assert said(unknown(CallState.REFUSED, state=State.FAILED))[1:] == [
        "已确认：没有开始复制 `img-0`",
        "可在卡片上点击“重试”；如果多次尝试失败，请提交工单",
    ]


PASSING = [fault for fault in Fault if CloudError(fault, "").passing]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("state", [CallState.PLANNED, CallState.SENDING, CallState.SETTLING])
def test_what_is_tried_again_is_no_failure_while_it_is(fault: Fault, state: CallState) -> None:
    part = unknown(state, kind="error", fault=fault.value)
    assert said(part)[0].startswith("⚠️ ")
    assert "稍后将自动重试" in said(part)[1]
    assert not part.fixed


@pytest.mark.parametrize("fault", PASSING)
def test_what_was_tried_again_says_how_it_turned_out(fault: Fault) -> None:
    facts: dict[str, Any] = {"kind": "error", "fault": fault.value}
    assert said(unknown(CallState.SENT, "img-new", **facts))[1:] == [
        "已确认：`img-0` 的复制已开始，您无需操作"
    ]
    assert said(unknown(CallState.REFUSED, **facts))[1:] == ["已确认：没有开始复制 `img-0`"]


def test_a_refusal_is_a_failure_that_is_never_edited() -> None:
    part = unknown(CallState.REFUSED, kind="error", fault=Fault.IMAGE_QUOTA.value)
    assert said(part)[0].startswith("❌ ")
    assert part.fixed


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.GARBLED, Fault.SERVER])
def test_our_own_words_are_not_shown_as_the_clouds(fault: Fault) -> None:
    part = unknown(CallState.SETTLING, fault=fault.value, message="Server disconnected")
    assert "Server disconnected" not in "".join(said(part))


def test_the_clouds_status_and_words_are_shown() -> None:
    facts: dict[str, Any] = {"status": "UNAVAILABLE", "message": "Try later", "cloud_request_id": "r-1"}
    part = unknown(CallState.SETTLING, fault=Fault.SERVER.value, http_status=503, **facts)
    assert said(part)[2] == "`503 UNAVAILABLE` Try later · requestId `r-1`"
    html = unknown(CallState.SETTLING, fault=Fault.SERVER.value, http_status=502, message="no envelope")
    assert said(html)[2] == "`502`"
