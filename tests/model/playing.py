"""Lets Hypothesis make up stories and play them."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.replicas import Replicas


def play(
    machine: Callable[[], Replicas],
    *,
    stories: int,
    steps: int = 40,
    anew: bool = False,
    shorten: bool = True,
) -> None:
    """Play so many stories of at most so many steps.

    Args:
        anew: others each time; else the same in every run.
        shorten: search for a shorter story with the same finding, which takes minutes.

    Raises:
        Exception: the finding; its notes are the story.
    """
    chosen = settings(
        max_examples=stories,
        stateful_step_count=steps,
        derandomize=not anew,
        phases=[Phase.generate, Phase.shrink] if shorten else [Phase.generate],
        database=None,
        deadline=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[arg-type]  # any function that makes one will do
