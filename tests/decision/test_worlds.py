"""Drawn worlds: every answer and every effect of the real commands is what the contract's own reading expects."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings

from store.database import Database
from tests.decision.acts import World
from tests.decision.drawing import worlds
from tests.decision.play import Play


@given(worlds)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_every_answer_and_every_effect_is_what_the_contract_says(migrated_sqlite: Path, world: World) -> None:
    with TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{shutil.copy(migrated_sqlite, Path(folder) / 'world.db')}")
        try:
            asyncio.run(Play(world, db).run())
        finally:
            db.close()
