"""The product's side of a world: its ports, the worker's steps, and where everything stands in its store."""

import itertools
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from commands.clouds.cloud import CloudImage
from commands.copy import watch
from commands.copy.step import step
from commands.permissions import Admins
from commands.ports import Ports, Timing
from commands.rule import Rule as ProductRule
from store import flags, permissions, requests
from store.database import Database, Transaction
from store.tables import Request
from tests.decision import acts
from tests.decision.doubles import Sky, Town, cloud_image
from tests.decision.facts import Rule
from tests.decision.listen import REGIONS
from tests.decision.model import HERE, Model

TEAM = "T1"
KEY = permissions.Key(TEAM, HERE)
_NAMES = {"img-a": "web-a", "img-b": "db-b", "ami-c": "web-c", "img-s": "shared-s"}
_DAY_S = 86_400
_LEASE_S = 25


def as_product(rule: Rule) -> ProductRule:
    """The rule as the permission file has it."""
    return ProductRule.model_validate(as_file(asdict(rule)))


def as_file(keys: dict[str, Any]) -> dict[str, Any]:
    """Some keys of a rule, as the permission file has them."""
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in keys.items()}
    if "expires_s" in values:
        seconds = values.pop("expires_s")
        values["expires_after"] = "24h" if seconds == _DAY_S else f"{seconds}s"
    return values


def ports(
    db: Database, town: Town, sky: Sky, now: Callable[[], datetime], bot_admins: tuple[str, ...]
) -> Ports:
    """The commands' world, with both doubles behind it."""
    numbers = itertools.count(1)
    return Ports(
        db=db,
        people=town,
        cloud=sky,
        regions=REGIONS,
        now=now,
        new_id=lambda: f"cp-{next(numbers):06}",
        new_token=lambda: f"token-{next(numbers)}",
        wake=lambda: None,
        permalink=lambda _channel, _ts: None,
        admins=Admins(bot_admins),
        language="zh",
        timing=Timing(lease_s=_LEASE_S, settle_s=60, poll_s=1),
    )


async def let_work(made: Ports) -> None:
    """The worker's steps to a standstill, each under a lease of its own."""
    now = made.now()
    await made.db.run(lambda tx: _begin_checking(tx, now))
    for _ in range(200):
        copies = await watch.claim(made)
        held = [] if copies else await made.db.run(lambda tx: _held(tx, now))
        if copies:
            await watch.look(made, copies)
        for request in held:
            await step(made, request, request.lease or "", lambda: 0.0)
        if not copies and not held:
            return
    raise AssertionError("the worker never comes to rest")


def everything(rule: Rule | None) -> tuple[tuple[str, Any], ...] | None:
    return tuple(vars(rule).items()) if rule else None


def images(homes: tuple[str, ...]) -> dict[str, dict[str, CloudImage]]:
    """Each image where it lives; nowhere: it does not exist."""
    found: dict[str, dict[str, CloudImage]] = {}
    for image, home in zip(acts.IMAGES, homes, strict=True):
        if home:
            made = cloud_image(image, _NAMES[image], shared=image == "img-s")
            found.setdefault(home, {})[image] = made
    return found


def rows(tx: Transaction) -> list[Request]:
    return list(tx.exec(select(Request).order_by(col(Request.created_at))).all())


def _begin_checking(tx: Transaction, at: datetime) -> None:
    """As the presenter does when the card stands."""
    for request in rows(tx):
        requests.begin_checking(tx, request.id, at=at)


def _held(tx: Transaction, at: datetime) -> list[Request]:
    """What is due, under a lease."""
    found = [request for request in rows(tx) if request.run_at is not None and request.run_at <= at]
    for request in found:
        request.lease, request.lease_until = f"lease of {request.id}", at + timedelta(seconds=_LEASE_S)
        tx.add(request)
    return found


def read(tx: Transaction) -> Any:
    """Where everything stands in the store."""
    row = permissions.current(tx, KEY)
    standing = [
        (
            request.state.value,
            request.requester,
            tuple(request.images),
            tuple(request.destinations),
            request.emergency,
            request.round,
            sorted(approval.user for approval in requests.approvals(tx, request.id, request.round)),
            request.cancel_wanted_by is not None,
        )
        for request in rows(tx)
    ]
    return row.rule if row else None, flags.paused(tx), standing


def should_be(model: Model) -> Any:
    """Where everything should stand."""
    standing = [
        (
            story.state,
            story.requester,
            story.wish.images,
            story.wish.destinations,
            story.wish.emergency,
            story.round,
            sorted(story.approved_by),
            story.cancelling,
        )
        for story in model.stories
    ]
    return as_product(model.rule).dump() if model.rule else None, model.paused, standing
