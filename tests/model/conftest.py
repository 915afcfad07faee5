"""Stories that are told step by step."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from structlog.testing import capture_logs

from store.database import Database
from tests.model.replicas import Replicas
from tests.model.world import DESTINATIONS, hurry


class Begin(Protocol):
    """Begins a story, with which the one before ends."""

    def __call__(
        self,
        *,
        fates: list[str],
        images: tuple[str, ...] = ("img-a",),
        destinations: tuple[str, ...] = DESTINATIONS[:1],
    ) -> Replicas: ...


@pytest.fixture
def begin(sqlite_url: str) -> Iterator[Begin]:
    """At a story's end all must calm down and be true."""
    database = Database(sqlite_url)
    hurry(database)
    begun: list[Replicas] = []

    def begin(
        *,
        fates: list[str],
        images: tuple[str, ...] = ("img-a",),
        destinations: tuple[str, ...] = DESTINATIONS[:1],
    ) -> Replicas:
        while begun:
            begun.pop().teardown()
        story = Replicas(database)
        begun.append(story)
        story.begin(images=list(images), destinations=list(destinations), fates=fates, refuses_busy=True)
        return story

    with capture_logs():
        yield begin
        for story in begun:
            story.teardown()
    database.close()
