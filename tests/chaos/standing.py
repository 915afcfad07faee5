"""What the database says while a run goes on."""

from sqlmodel import Session, col, select

from store.lifecycle import CallState, CopyState
from store.tables import Call, Copy, Request


def given_up(tx: Session) -> list[tuple[str, Call, list[str]]]:
    """Calls whose copies failed although they may have begun, and that nobody has asked for again."""
    found = []
    for call in tx.exec(select(Call).where(Call.state == CallState.REFUSED, col(Call.unresolved))).all():
        mine = (Copy.request_id == call.request_id, Copy.call_number == call.number)
        images = tx.exec(select(Copy.image_id).where(*mine, ~col(Copy.open))).all()
        wanted = tx.exec(
            select(Copy.request_id).where(
                col(Copy.image_id).in_(images), Copy.destination == call.destination
            )
        ).all()
        if images and set(wanted) == {call.request_id}:
            found.append((call.request_id, call, list(images)))
    return found


def ready(tx: Session) -> list[str]:
    return [str(c) for c in tx.exec(select(Copy.new_image_id).where(Copy.state == CopyState.READY)).all()]


def unfinished(tx: Session) -> bool:
    rows = tx.exec(select(Request)).all()
    return any(not request.state.ended or request.show_at is not None for request in rows)
