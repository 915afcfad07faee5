"""What must hold at every moment: looked at when something is written, sent or begun."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from commands.rule import load
from store import due, permissions, requests
from store.database import Database, Transaction
from store.lifecycle import CallState, State
from store.tables import Approval, Call, Copy, Problem, Request
from tests.model.cloud import Image, ModelCloud
from tests.model.gates import Job

T = TypeVar("T")

_ROWS: tuple[type[SQLModel], ...] = (Request, Copy, Call, Problem, Approval)

_UNDER_WAY = (State.COPYING, State.WATCHING, State.UNKNOWN)


class Truths:
    """Remembers what was sent and said, and compares it with the rows.

    Attributes:
        resting: while paused: the attempts (request, call, number) that there had been before.
        stopped: request → the attempts (call, number) that there had been when somebody cancelled it.
    """

    def __init__(self, database: Database, cloud: ModelCloud) -> None:
        self._database = database
        self._cloud = cloud
        self._sent: set[tuple[str, int, int]] = set()
        self.resting: set[tuple[str, int, int]] | None = None
        self.stopped: dict[str, set[tuple[int, int]]] = {}
        cloud.on_effect = self._begun

    def requests(self, tx: Transaction) -> Sequence[Request]:
        return tx.exec(select(Request).order_by(col(Request.created_at), col(Request.id))).all()

    def watched(self, tx: Session, job: Job, work: Callable[[Transaction], T]) -> T:
        """Do a job's work in its transaction; a job that lost its lease must not change anything.

        Only the answer to what it sent may still be written down, by the first transaction after it.
        """
        answering, job.answering = job.answering, False
        fenced = job.lease is not None and not answering and not self._holds(tx, job)
        before = _rows(tx) if fenced else None
        job.started = job.started or self._started(tx, job)
        attempts = self._attempts(tx, job)
        done = work(tx)
        if before is not None:
            tx.flush()
            assert _rows(tx) == before, f"{job.request_id} was changed by a replica that lost its lease"
        if not job.started and self._started(tx, job):
            self._approved(tx, str(job.request_id))
        if self._attempts(tx, job) > attempts:
            self._intends(tx, job)
        return done

    @staticmethod
    def _holds(tx: Session, job: Job) -> bool:
        return due.holds(tx, due.WORK, str(job.request_id), str(job.lease))

    @staticmethod
    def _started(tx: Session, job: Job) -> bool:
        request = requests.get(tx, job.request_id) if job.request_id is not None else None
        return request is not None and request.started_at is not None

    @staticmethod
    def _approved(tx: Session, request_id: str) -> None:
        """Copying begins: enough people who may approve have approved just this, each counted once."""
        request = requests.get(tx, request_id)
        assert request is not None
        row = permissions.current(tx, permissions.Key(request.team, request.channel))
        assert row is not None, "copying begins where nothing is allowed"
        rule = load(row.rule)
        given = {
            a.user for a in requests.approvals(tx, request_id, request.round) if a.digest == request.digest
        }
        counted = {user for user in given if user in rule.approve and user != request.requester}
        needed = max(rule.approvals, load(request.rule).approvals)
        assert len(counted) >= needed, f"{request_id} begins with {sorted(counted)} of {needed} approvals"
        assert "everyone" in rule.request or request.requester in rule.request
        assert set(request.destinations) <= set(rule.destination_regions)

    @staticmethod
    def _attempts(tx: Session, job: Job) -> int:
        return sum(call.attempt for call in requests.calls(tx, str(job.request_id)))

    def _intends(self, tx: Session, job: Job) -> None:
        """An intent is written only under a lease that still runs, and not after somebody cancelled."""
        request = tx.get_one(Request, job.request_id, populate_existing=True)
        held = (request.lease, request.lease_until > self._cloud.clock.now)
        assert held == (job.lease, True), f"{request.id} is about to be sent without its lease"
        assert request.cancel_wanted_by is None, f"{request.id} is about to be sent after somebody cancelled"

    def written(self, job: Job, marker: str, now: Any) -> None:
        """A call goes out: its intent is committed, under a lease that still runs, and nobody had said stop."""
        assert job.lease is not None
        with self._database.reading() as tx:
            call = tx.exec(select(Call).where(Call.marker == marker)).one()
            request = tx.get_one(Request, call.request_id)
        sent = (call.request_id, call.number, call.attempt)
        assert call.state is CallState.SENDING, f"{sent} is sent while its call is {call.state}"
        assert (request.lease, request.lease_until > now) == (job.lease, True), f"{sent} without its lease"
        assert request.state in _UNDER_WAY, f"{sent} is sent while its request is {request.state}"
        assert sent not in self._sent, f"{sent} is sent twice"
        self._sent.add(sent)
        assert self.resting is None or sent in self.resting, f"{sent} is sent after a pause"
        stopped = self.stopped.get(call.request_id)
        assert stopped is None or sent[1:] in stopped, f"{sent} is sent after somebody cancelled"

    def cancelled(self, request_id: str) -> None:
        """Somebody cancelled with effect: no intent is written from now on."""
        with self._database.reading() as tx:
            calls = requests.calls(tx, request_id)
        self.stopped.setdefault(request_id, {(c.number, n) for c in calls for n in range(1, c.attempt + 1)})

    def paused(self, *, on: bool) -> None:
        """Somebody paused or resumed: meanwhile no intent is written."""
        with self._database.reading() as tx:
            calls = tx.exec(select(Call)).all()
        attempts = {(c.request_id, c.number, n) for c in calls for n in range(1, c.attempt + 1)}
        self.resting = attempts if on else None

    def _begun(self, copy: Image) -> None:
        """A copy begins: no other of this image is in the region that its request has, or that nobody knows of."""
        request_id = copy.marker.split()[1].split("/")[0]
        for other in self._cloud.copies:
            if not other.usable or (other.source, other.region) != (copy.source, copy.region):
                continue
            assert other.marker.split()[1].split("/")[0] != request_id, (
                f"{request_id} copies {copy.source} twice"
            )
            assert self.known(other.id), (
                f"{request_id} copies {copy.source} again: {other.id} is there unknown"
            )

    def intended(self, request_id: str) -> int:
        """How many attempts of a request there have been."""
        with self._database.reading() as tx:
            return sum(call.attempt for call in requests.calls(tx, request_id))

    def known(self, image_id: str) -> bool:
        """Whether a request knows the image as its copy."""
        with self._database.reading() as tx:
            return tx.exec(select(Copy).where(Copy.new_image_id == image_id)).first() is not None


def _rows(tx: Session) -> list[dict[str, Any]]:
    return [row.model_dump() for table in _ROWS for row in tx.exec(select(table)).all()]
