"""Plays a drawn world on the real commands and on the model, comparing them after each act."""

from collections.abc import Awaitable, Callable
from typing import Any

from commands import decide
from commands.buttons import Pressed
from commands.copy import request as requesting
from commands.copy.follow import follow
from commands.typed import CopyCommand
from tests.decision import acts, oracle
from tests.decision.facts import Against
from tests.decision.governing import Governing
from tests.decision.ground import rows
from tests.decision.listen import heard
from tests.decision.model import HERE, Reasons, Story, buttons_of

_BETWEEN_ACTS_S = 6
"""Longer than anything is put off for, so that whatever was is due again."""
_DONE: Reasons = set()


class Play(Governing):
    """Every act of one world, on both stages."""

    async def run(self) -> None:
        """Every act, on both; they agree after each."""
        for act in self._acts:
            await self._play(act)
            self._clock.advance(_BETWEEN_ACTS_S)
            if self._eager or isinstance(act, acts.Wait):
                await self._work()
            await self._compare(act)

    async def _play(self, act: acts.Act) -> None:
        handlers: dict[type, Callable[[Any], Awaitable[None]]] = {
            acts.Ask: self._ask,
            acts.Decide: self._decide,
            acts.Follow: self._follow,
            acts.Grant: self._grant,
            acts.Edit: self._edit,
            acts.Turn: self._turn,
        }
        if type(act) in handlers:
            await handlers[type(act)](act)
            return
        match act:
            case acts.Person(who, kind, group):
                self._town.people[who] = kind or self._town.people[who]
                if group:
                    self._town.groups[group] ^= {who}
            case acts.Image(image, renamed):
                self._change_image(image, renamed=renamed)
            case acts.Wait(seconds):
                self._clock.advance(seconds)

    async def _ask(self, act: acts.Ask) -> None:
        caller, wish, model = self._caller(act.who, act.place), act.wish, self._model
        command = CopyCommand(
            wish.images, wish.destinations, wish.source, wish.reason or None, wish.emergency
        )
        rule = model.rule if act.place == HERE else None
        typed = oracle.guarded(rule, wish.destinations) if rule and act.typed else frozenset()
        if act.place != "D" and self._unknowable(act.who):
            await self._is_silent(requesting.ask(self._ports, caller, command))
            return
        elsewhere = {"D": {Against.ELSEWHERE}, "C2": {Against.CHANNEL}}
        who, now = self._town.person(act.who), self._clock.now
        expected = elsewhere.get(act.place) or model.ask(who, wish, now, typed=typed)
        asked = await requesting.ask(self._ports, caller, command, typed=" ".join(sorted(typed)))
        assert asked.made is (expected == _DONE), (asked, expected)
        said = heard(asked.message, caller.language)
        assert asked.made or said & expected, (asked, expected)
        assert bool(asked.confirm) is (expected == {Against.REGION_TYPED})
        if act.twice:
            again = await requesting.ask(self._ports, caller, command, typed=" ".join(sorted(typed)))
            assert again.made is asked.made

    def _story(self, which: int) -> tuple[int, Story] | None:
        number = len(self._model.stories) - 1 - which
        return (number, self._model.stories[number]) if number >= 0 else None

    async def _id(self, number: int) -> str:
        found = await self._ports.db.read(rows)
        return found[number].id

    async def _decide(self, act: acts.Decide) -> None:
        chosen = self._story(act.which)
        if chosen is None:
            return
        number, story = chosen
        caller, who, model = self._caller(act.who, act.place), self._town.person(act.who), self._model
        button, rule = Pressed(await self._id(number), max(0, story.round - act.back)), model.rule
        typed = (
            oracle.guarded(rule, story.wish.destinations) if rule and act.typed == "guarded" else {act.typed}
        )
        words = frozenset(word for word in typed if word not in {"", "guarded"})
        clicks = {
            "approve": lambda: decide.approve(self._ports, caller, button, " ".join(sorted(words))),
            "reject": lambda: decide.reject(self._ports, caller, button, "不需要"),
            "cancel": lambda: decide.cancel(self._ports, caller, button.request_id),
        }
        if self._unknowable(act.who):
            await self._is_silent(clicks[act.act]())
            return
        now, place = self._clock.now, caller.channel
        if act.act == "approve":
            expected = model.approve(who, number, place, now, shown=button.round, typed=words)
        elif act.act == "reject":
            expected = model.reject(who, number, place, now, shown=button.round)
        else:
            expected = model.cancel(who, number, place)
        answer = await clicks[act.act]()
        assert answer.done is (expected == _DONE), (act, answer, expected)
        said = heard(answer.message, caller.language)
        assert answer.done or said & expected, (act, answer, expected)
        assert not answer.confirm or Against.REGION_TYPED in expected

    async def _follow(self, act: acts.Follow) -> None:
        chosen = self._story(act.which)
        if chosen is None:
            return
        caller, (number, story) = self._caller(act.who, act.place), chosen
        button = act.button or next(iter(buttons_of(story)), "retry")
        known = len(self._model.stories)
        work = follow(self._ports, caller, await self._id(number), button)
        stories = list(self._model.stories)
        expected = self._model.follow(
            self._town.person(act.who), number, button, caller.channel, self._clock.now
        )
        if self._unknowable(act.who) and (expected is None or Against.ELSEWHERE not in expected):
            self._model.stories = stories
            await self._is_silent(work)
            return
        message = await work
        said = heard(message, caller.language)
        assert not expected or said & expected, (act, message, expected)
        assert len(self._model.stories) == known + (expected == _DONE)
