"""No order of crashes, freezes, faults and clicks makes the bot copy twice, forget, or say what is not so.

These are a few stories, the same in every run; `python -m tests.model` plays as many others as you like.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from structlog.testing import capture_logs

from store.database import Database
from tests.model.life import Life
from tests.model.playing import play
from tests.model.replicas import Replicas
from tests.model.world import hurry


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    hurry(database)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def quietly() -> Iterator[None]:
    """The bot logs each of the cloud's many errors."""
    with capture_logs():
        yield


def test_replicas_that_are_killed_and_frozen_anywhere_copy_once_and_know_it(on_sqlite: Database) -> None:
    play(partial(Replicas, on_sqlite), stories=20)


def test_whatever_people_do_meanwhile_what_they_are_told_is_true(on_sqlite: Database) -> None:
    play(partial(Life, on_sqlite), stories=15)


def test_a_cloud_that_forgets_descriptions_makes_the_bot_ask_and_not_guess(on_sqlite: Database) -> None:
    play(partial(Replicas, on_sqlite, keeps_description=False), stories=10)


def test_the_same_holds_on_postgresql(on_postgres: Database) -> None:
    play(partial(Life, on_postgres), stories=4)
