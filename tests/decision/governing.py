"""Changing what is allowed, who people are and what the cloud does, on both stages."""

from dataclasses import replace

from commands import administer, grants, pause, permission_form
from commands.typed import GrantCommand, PauseCommand
from store import permissions
from tests.decision import acts, oracle
from tests.decision.both import Both
from tests.decision.facts import Rule
from tests.decision.ground import KEY, as_file, as_product
from tests.decision.listen import heard
from tests.decision.model import HERE


class Governing(Both):
    """The acts that decide nothing about a request by themselves."""

    async def _grant(self, act: acts.Grant) -> None:
        caller, model = self._caller(act.who, HERE), self._model
        work = grants.grant(self._ports, caller, GrantCommand(act.give, act.right, act.principal))  # type: ignore[arg-type]  # drawn
        if self._unknowable(act.who):
            await self._is_silent(work)
            return
        expected = oracle.lacks_admin(model.rule, self._town.person(act.who), model.bot_admins)
        message = await work
        said = heard(message, caller.language)
        if expected:
            assert said & expected, (act, message, expected)
        elif model.rule is not None:
            about = self._town.person(act.principal)
            rule = oracle.granted(model.rule, act.right, about, give=act.give)
            if rule.admin or not model.rule.admin or act.who in model.bot_admins:
                model.change(rule, act.who, self._clock.now)

    async def _edit(self, act: acts.Edit) -> None:
        model, now = self._model, self._clock.now
        changes = dict(act.changes or ())
        base = model.rule or (Rule() if act.who == "file" else Rule(admin=(act.who,)))
        wanted = replace(base, **changes)
        if wanted.confirm_regions and not wanted.approvals:
            return
        if act.who == "file":
            rule = None if act.changes is None else wanted
            model.change(rule, "file", now)
            stored = as_product(rule).dump() if rule else None
            await self._ports.db.run(lambda tx: permissions.put(tx, KEY, stored, by="file", at=now))
            return
        caller = self._caller(act.who, HERE)
        version = (await self._ports.db.read(lambda tx: administer.held(tx, KEY))).version
        work = permission_form.save(self._ports, caller, version, as_file(changes))
        if self._unknowable(act.who):
            await self._is_silent(work)
            return
        expected = oracle.lacks_admin(model.rule, self._town.person(act.who), model.bot_admins)
        saved = await work
        said = heard(saved.message, caller.language)
        orphaned = (
            bool(model.rule and model.rule.admin and not wanted.admin) and act.who not in model.bot_admins
        )
        assert saved.done is not (bool(expected) or orphaned or wanted == model.rule), (act, saved, expected)
        if expected:
            assert said & expected, (act, saved, expected)
        elif saved.done:
            model.change(wanted, act.who, now)

    async def _turn(self, act: acts.Turn) -> None:
        if act.what == "silent":
            self._town.silent = act.on
        elif act.what == "refusing":
            self._sky.refusing = act.on
        elif self._unknowable(act.who):
            await self._is_silent(pause.pause(self._ports, self._caller(act.who, HERE), PauseCommand(act.on)))
        else:
            caller = self._caller(act.who, HERE)
            expected = oracle.lacks_pause(self._town.person(act.who), self._model.bot_admins)
            said = heard(await pause.pause(self._ports, caller, PauseCommand(act.on)), caller.language)
            assert not expected or said & expected
            self._model.paused = act.on if not expected else self._model.paused

    def _change_image(self, image_id: str, *, renamed: bool) -> None:
        for here in self._sky.images.values():
            if (image := here.get(image_id)) is None:
                continue
            name = image.name.removesuffix("-x") if image.name.endswith("-x") else f"{image.name}-x"
            source = "private" if image.source == "shared" else "shared"
            here[image_id] = replace(image, name=name) if renamed else replace(image, source=source)
