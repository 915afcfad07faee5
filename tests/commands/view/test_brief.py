"""Why something did not succeed, in a few words: there are some for every reason there can be."""

import pytest

from commands.clouds.cloud import Fault
from commands.copy.examine import Wrong
from commands.view.brief import failed_because, invalid_because
from store.lifecycle import State
from tests.commands.view.test_card import seen


@pytest.mark.parametrize("fault", [*Fault, "gone", "copy_error"])
def test_every_fault_has_a_few_words_in_each_language(fault: str) -> None:
    assert 0 < len("".join(map(str, getattr(failed_because([fault], "zh"), "parts", ())))) <= 15
    assert 0 < len("".join(map(str, getattr(failed_because([fault], "en"), "parts", ())))) <= 40


def test_the_newest_fault_counts_and_a_question_is_none() -> None:
    newest = failed_because([Fault.BUSY, Fault.SNAPSHOT_QUOTA, ""], "zh")
    assert newest is not None
    assert newest.parts == ("快照配额不足",)
    assert failed_because([""], "zh") is None


@pytest.mark.parametrize("wrong", Wrong)
def test_every_wrong_image_has_a_few_words(wrong: Wrong) -> None:
    outcome = {"reason": "images", "wrong": {"img-0": wrong.value}, "status": {}}
    assert invalid_because(seen(State.INVALID, outcome=outcome).request, "zh") is not None


@pytest.mark.parametrize(
    "reason",
    [
        "several_regions",
        "source_unknown",
        "same_region",
        "present",
        "not_set_up",
        "right",
        "no_card",
        "quota",
    ],
)
def test_every_other_reason_has_a_few_words(reason: str) -> None:
    outcome = {"reason": reason, "kind": "image"}
    assert invalid_because(seen(State.INVALID, outcome=outcome).request, "zh") is not None
