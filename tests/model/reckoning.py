"""What must hold when all has calmed down: every request at its end, every copy known, every end true."""

from collections import Counter

from sqlmodel import Session, select

from store import audit, requests
from store.lifecycle import CallState, CopyState, State
from store.tables import Call, Copy, Problem, Request
from tests.model.cloud import Image, ModelCloud

_TAKEN = (CopyState.RUNNING, CopyState.READY, CopyState.FAILED)


def reckon(tx: Session, cloud: ModelCloud) -> None:
    """Raises AssertionError for the first untruth."""
    for request in tx.exec(select(Request)).all():
        _request(tx, cloud, request)
    for copy in tx.exec(select(Copy)).all():
        _copy(cloud, copy)
    for call in tx.exec(select(Call)).all():
        _call(cloud, call)
    _copies_known(tx, cloud)
    assert audit.first_broken(audit.entries(tx)) is None, "the audit trail is broken"


def open_questions(tx: Session, request_id: str) -> list[Problem]:
    """What a person is asked about the request and has not answered."""
    asked = [p for p in requests.problems(tx, request_id) if p.kind == "question" and p.answer is None]
    unknown = {c.number for c in requests.calls(tx, request_id) if c.state is CallState.UNKNOWN}
    return [problem for problem in asked if problem.call_number in unknown]


def _request(tx: Session, cloud: ModelCloud, request: Request) -> None:
    if request.state is State.UNKNOWN:
        assert open_questions(tx, request.id), f"{request.id} is unknown, and nobody is asked"
        return
    assert request.state.ended, f"{request.id} stays {request.state}"
    copies = [c for c in requests.copies(tx, request.id) if c.state is not CopyState.PRESENT]
    assert not any(copy.open or copy.look_at for copy in copies), f"{request.id} has ended with open copies"
    ready = sum(copy.state is CopyState.READY for copy in copies)
    expected = {State.READY: ready == len(copies), State.PARTLY_READY: 0 < ready < len(copies)}
    assert expected.get(request.state, ready == 0), f"{request.id} is {request.state} with {ready} ready"
    if request.state not in {State.READY, State.PARTLY_READY, State.FAILED}:
        assert not _left(cloud.made_by(request.id)), f"{request.id} is {request.state} and copied something"


def _copy(cloud: ModelCloud, copy: Copy) -> None:
    name = f"{copy.request_id}: {copy.image_id} to {copy.destination}"
    made = [i for i in cloud.made_by(copy.request_id, image=copy.image_id) if i.region == copy.destination]
    if copy.new_image_id is None:
        unknown = [
            image.id
            for image in made
            if image.usable and copy.state in {CopyState.FAILED, CopyState.NOT_SENT}
        ]
        assert not unknown, f"{name} is {copy.state}, but there is {unknown}"
        return
    image = cloud.images[copy.new_image_id]
    assert (image.source, image.region) == (copy.image_id, copy.destination), f"{name} is said to be {image}"
    if copy.state is CopyState.FAILED:
        assert not image.usable, f"{name} failed, but {image.id} is there"


def _call(cloud: ModelCloud, call: Call) -> None:
    name = f"{call.request_id}/{call.number}"
    if call.state is CallState.NOT_SENT or call.attempt == 0:
        assert not _left(cloud.made_by(call.request_id, call.number)), (
            f"{name} was not sent, and copied something"
        )


def _left(copies: list[Image]) -> list[str]:
    """Those that somebody could use: of what is gone or broken it may be said that it was not copied."""
    return [copy.id for copy in copies if copy.usable]


def _copies_known(tx: Session, cloud: ModelCloud) -> None:
    """Each usable copy is exactly one request's, unless a person is still asked about it."""
    rows = tx.exec(select(Copy)).all()
    owners = Counter(copy.new_image_id for copy in rows if copy.state in _TAKEN)
    asked = {r.id for r in tx.exec(select(Request)).all() if r.state is State.UNKNOWN}
    for image in cloud.copies:
        by = image.marker.split()[1].split("/")[0]
        if image.usable and by not in asked:
            assert owners[image.id] == 1, (
                f"{image.id} of {image.marker} belongs to {owners[image.id]} requests"
            )
    assert not [i for i, count in owners.items() if i is not None and count > 1], f"taken twice: {owners}"
