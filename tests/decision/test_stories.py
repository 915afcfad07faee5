"""Worlds that are told, not drawn: for each guard a story in which nothing else would notice that it is gone."""

import asyncio

import pytest

from store import requests
from store.database import Database
from tests.decision.acts import GROUPS, IMAGES, PEOPLE, World
from tests.decision.facts import Kind
from tests.decision.ground import rows
from tests.decision.play import Play
from tests.decision.told import STORIES


@pytest.mark.parametrize("name", STORIES)
def test_every_answer_and_every_effect_is_what_the_contract_says_when(sqlite_url: str, name: str) -> None:
    rule, acts, state, approved_by = STORIES[name]
    world = World(
        rule=rule,
        kinds=(Kind.FULL,) * len(PEOPLE),
        groups=(frozenset(),) * len(GROUPS),
        bot_admins=("U6",),
        homes=("cn-north-1",) * len(IMAGES),
        acts=tuple(acts),
        eager=False,
    )
    db = Database(sqlite_url)
    asyncio.run(Play(world, db).run())
    with db.reading() as tx:
        (request,) = rows(tx)
        given = [approval.user for approval in requests.approvals(tx, request.id, request.round)]
    assert (request.state, sorted(given)) == (state, sorted(approved_by))
    db.close()
