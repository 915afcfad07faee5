"""One world on both stages: the real commands with their store, and the model."""

import itertools
from collections.abc import Awaitable

from commands.ports import Caller, UnknowableError
from commands.text import Language
from store.database import Database
from tests.conftest import Clock
from tests.decision import acts
from tests.decision.doubles import Sky, Town
from tests.decision.facts import Kind
from tests.decision.ground import TEAM, everything, images, let_work, ports, read, should_be
from tests.decision.model import Model
from tests.decision.model_work import work


class Both:
    """What every act needs."""

    def __init__(self, world: acts.World, db: Database) -> None:
        self._eager = world.eager
        self._clock = Clock()
        self._numbers = itertools.count(1)
        self._town = Town(
            dict(zip(acts.PEOPLE, world.kinds, strict=True)),
            {group: set(members) for group, members in zip(acts.GROUPS, world.groups, strict=True)},
        )
        self._sky = Sky(images(world.homes))
        self._ports = ports(db, self._town, self._sky, self._clock, world.bot_admins)
        self._model = Model(self._town, self._sky, world.bot_admins, None)
        self._acts = (acts.Edit("file", everything(world.rule)), *world.acts)

    def _caller(self, who: str, place: str) -> Caller:
        language: Language = "zh" if int(who[1:]) % 2 else "en"
        foreign = self._town.people.get(who) is Kind.OTHER_WORKSPACE
        channel = f"D{who}" if place == "D" else place
        return Caller(TEAM, channel, who, "T9" if foreign else None, f"act-{next(self._numbers)}", language)

    def _unknowable(self, who: str) -> bool:
        """Somebody of another workspace is a stranger without asking."""
        return self._town.silent and self._town.people.get(who) is not Kind.OTHER_WORKSPACE

    async def _is_silent(self, work: Awaitable[object]) -> None:
        try:
            await work
        except UnknowableError:
            return
        raise AssertionError("somebody was judged although nobody knows who they are")

    async def _work(self) -> None:
        await let_work(self._ports)
        work(self._model, self._clock.now)

    async def _compare(self, act: acts.Act) -> None:
        found = await self._ports.db.read(read)
        wanted = should_be(self._model)
        assert found == wanted, f"after {act}\n  {found}\ninstead of\n  {wanted}"
        sent, due = sorted(self._sky.sent), sorted(self._model.sent)
        assert sent == due, f"after {act}\n  sent {sent}\ninstead of\n  {due}"
