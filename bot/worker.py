"""The kinds of due work: steps of requests, their timers, threads to show, looks at copies, notices."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bot.loop import Job, Kind, Loop
from bot.notices import announce
from bot.presenter import Presenter
from bot.slack_posts import SlackPosts
from bot.turns import Held
from commands import outsiders
from commands.copy import watch
from commands.copy.step import step
from commands.ports import Ports
from store import due, looks
from store.tables import Notice, Request

_TIMERS_AT_ONCE = 2
"""Nobody waits for them: they leave the database's threads to others."""


def everything(ports: Ports, slack: SlackPosts, clock: Callable[[], float]) -> Loop:
    """One loop for all that becomes due.

    Args:
        clock: seconds, counting sleep too: how much of a lease has passed.
    """
    presenter = Presenter(ports, slack)
    steps, threads = partial(_claim_steps, ports, clock), partial(_claim_threads, ports, presenter, clock)
    return Loop(
        ports,
        [
            Kind(due.WORK.name, steps),
            Kind(due.TIMERS.name, partial(steps, queue=due.TIMERS), _TIMERS_AT_ONCE),
            Kind(due.SHOW.name, threads),
            Kind(due.REMINDERS.name, partial(threads, queue=due.REMINDERS)),
            Kind(due.NOTICES.name, partial(_claim_notices, ports, slack, clock)),
            Kind(due.LOOKS, lambda _limit: _claim_looks(ports)),
        ],
    )


async def _claim_steps(
    ports: Ports, clock: Callable[[], float], limit: int, queue: due.Queue[Request] = due.WORK
) -> list[Job]:
    lease, taken = ports.new_token(), clock()
    lease_s = ports.timing.lease_s
    claimed = await ports.db.run(
        lambda tx: due.claim(tx, queue, now=ports.now(), lease=lease, lease_s=lease_s, limit=limit)
    )
    return [
        _job(partial(step, ports, request, lease, lambda: clock() - taken), queue, request, lease)
        for request in claimed
    ]


def _job(
    do: Callable[[], Awaitable[object]], queue: due.Queue[Any], row: Request | Notice, lease: str
) -> Job:
    identity, tries = row.id, getattr(row, queue.attempts.key)
    return Job(do, lambda tx: due.free(tx, queue, identity, lease=lease), tries)


def _held(ports: Ports, clock: Callable[[], float]) -> Held:
    """A lease that begins now; the second half of it is for what was begun in the first."""
    send_by = clock() + ports.timing.lease_s / 2
    return Held(ports.new_token(), lambda: send_by - clock())


async def _claim_threads(
    ports: Ports,
    presenter: Presenter,
    clock: Callable[[], float],
    limit: int,
    queue: due.Queue[Request] = due.SHOW,
) -> list[Job]:
    held, lease_s = _held(ports, clock), ports.timing.lease_s
    claimed = await ports.db.run(
        lambda tx: due.claim(tx, queue, now=ports.now(), lease=held.token, lease_s=lease_s, limit=limit)
    )
    return [_job(partial(presenter.show, request, held), queue, request, held.token) for request in claimed]


async def _claim_looks(ports: Ports) -> list[Job]:
    copies = await watch.claim(ports)
    if not copies:
        return []
    give_back = partial(looks.give_back, copies=copies, at=ports.now())
    return [Job(partial(watch.look, ports, copies), give_back, tries=0)]


async def _claim_notices(
    ports: Ports, slack: SlackPosts, clock: Callable[[], float], limit: int
) -> list[Job]:
    held, lease_s = _held(ports, clock), ports.timing.lease_s
    claimed = await ports.db.run(
        lambda tx: due.claim(tx, due.NOTICES, now=ports.now(), lease=held.token, lease_s=lease_s, limit=limit)
    )
    return [
        _job(
            partial(outsiders.look, ports, notice, held.token)
            if notice.kind == outsiders.NOTICE_KIND
            else partial(announce, ports, slack, notice, held),
            due.NOTICES,
            notice,
            held.token,
        )
        for notice in claimed
    ]
