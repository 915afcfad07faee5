"""Counts what must be zero: what was lost, what was done twice, what never ended, what was done without the right to."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.demo.jdcloud import CloudStandIn, Image
from bot.demo.slack import SlackStandIn
from commands.copy.plan import may_name
from store import audit
from store.database import Database
from store.lifecycle import CallState, CopyState, State
from store.tables import Approval, Call, Copy, Request
from tests.chaos.people import Told, request_of

_MARKER = re.compile(r"copy-image-bot (cp-\w+)/(\d+) ")

Findings = Mapping[str, list[str]]
"""What must not be → each case of it; all empty when all is well."""


class Watch:
    """Looks at every copyImages the moment it comes in: is there an intent for it, and does its lease still run?

    Args:
        lease_s: BOT_LEASE_S.
    """

    def __init__(self, cloud: CloudStandIn, database: Database, lease_s: float) -> None:
        self.late: list[str] = []
        self.unmeant: list[str] = []
        self.arrived: Counter[tuple[str, int]] = Counter()
        self.ticked_at = datetime.now(UTC)
        self.markers: dict[str, tuple[str, int]] = {}
        self._cloud = cloud
        self._database = database
        self._lease_s = lease_s
        self._looked_at = 0
        cloud.on_change(self._look)

    def _look(self) -> None:
        new = self._cloud.calls[self._looked_at :]
        self._looked_at += len(new)
        for call in new:
            found = _MARKER.match(str(call.body.get("description", "")))
            if call.operation == "copyImages" and found:
                self._arrived(found[1], int(found[2]), datetime.now(UTC))
        for _, _, copy in self._cloud.accepted[len(self.markers) :]:
            found = _MARKER.match(self._cloud._account._images[copy].description)
            self.markers[copy] = (found[1], int(found[2])) if found else ("?", 0)

    def _arrived(self, request_id: str, number: int, at: datetime) -> None:
        self.arrived[request_id, number] += 1
        with self._database.reading() as tx:
            call = tx.get(Call, (request_id, number))
        if call is None or call.intent_at is None or self.arrived[request_id, number] > call.attempt:
            self.unmeant.append(f"{request_id}/{number}: {self.arrived[request_id, number]} sent, {call!r}")
        # How long we ourselves did not come to look is no fault of the sender's.
        elif (min(at, self.ticked_at) - call.intent_at).total_seconds() > self._lease_s:
            self.late.append(f"{request_id}/{number}: at {at}, {call!r}")


def reckon(
    told: Told, slack: SlackStandIn, cloud: CloudStandIn, database: Database, watch: Watch
) -> Findings:
    """Everything at once, when all has calmed down."""
    with database.reading() as tx:
        rows = {request.id: request for request in tx.exec(select(Request)).all()}
        return {
            "accepted requests lost": _lost(told.accepted, rows, slack),
            "decisions lost": _decisions_lost(told, rows, tx),
            "copies made twice": _copied_twice(cloud, watch, tx),
            "copies nobody knows of": _orphans(cloud, watch, tx),
            "messages posted twice": _posted_twice(slack),
            "requests without an end": [_row(r) for r in rows.values() if not r.state.ended or r.show_at],
            "buttons on what has ended": _left_buttons(slack, rows),
            "sends after the lease": watch.late,
            "sends without an intent": watch.unmeant,
            "breaks in the audit chain": [repr(e) for e in [audit.first_broken(audit.entries(tx))] if e],
        }


def _row(request: Request) -> str:
    return f"{request.id} {request.state} run_at={request.run_at} show_at={request.show_at} lease={request.lease}"


def _lost(accepted: Mapping[str, str], rows: Mapping[str, Request], slack: SlackStandIn) -> list[str]:
    cards = {request for request, part, _ in _posted(slack) if part == "card"}
    return [f"{r}: {line}" for r, line in accepted.items() if r not in rows or r not in cards]


def _decisions_lost(told: Told, rows: Mapping[str, Request], tx: Session) -> list[str]:
    given = {(approval.request_id, approval.user) for approval in tx.exec(select(Approval)).all()}
    return [
        *(f"{request}: approved by {user}" for request, user in told.approvals - given),
        *(
            f"{r}: rejected, but {rows[r].state}"
            for r in told.rejected
            if rows[r].state is not State.REJECTED
        ),
        *(
            f"{r}: cancelled, but {rows[r].state}"
            for r in told.cancelled
            if rows[r].state is not State.CANCELLED
        ),
    ]


def _copied_twice(cloud: CloudStandIn, watch: Watch, tx: Session) -> list[str]:
    """By one request; or by one for which another one's copy stood ready to be taken."""
    made = [(watch.markers[copy][0], source, region) for source, region, copy in cloud.accepted]
    taken = [
        str(copy.new_image_id)
        for copy in tx.exec(select(Copy).where(col(Copy.new_image_id).is_not(None))).all()
        if copy.state is not CopyState.PRESENT
    ]
    return [*_repeated(made), *_repeated(taken)]


def _orphans(cloud: CloudStandIn, watch: Watch, tx: Session) -> list[str]:
    known = set(tx.exec(select(Copy.new_image_id)).all())
    calls = tx.exec(select(Call).where(col(Call.attempt) > 0)).all()
    unknown = [(s, r, c) for s, r, c in cloud.accepted if c not in known]
    return [
        f"{source} to {region}: {copy}, by {watch.markers[copy]}, {_sent(calls, source, region)}"
        for source, region, copy in unknown
        if not _begun_when_all_was_over(watch.markers[copy], _sent(calls, source, region), cloud.images[copy])
    ]


def _sent(calls: Iterable[Call], image: str, region: str) -> list[Call]:
    return [call for call in calls if call.destination == region and may_name(call.marker, image)]


def _begun_when_all_was_over(mark: tuple[str, int], sent: Iterable[Call], copy: Image) -> bool:
    """Its request had ended without knowing, as it said, and nobody has sent the image there again since."""
    mine = [call for call in sent if (call.request_id, call.number) == mark]
    gave_up = all(call.state is CallState.REFUSED and call.unresolved for call in mine)
    return gave_up and not any(call.intent_at and call.intent_at > copy.created_at for call in sent)


def _posted(slack: SlackStandIn) -> list[tuple[str, str, str]]:
    messages = [m for m in slack._state.conversations.all if m.metadata]
    return [
        (request_of(m), str((m.metadata or {})["event_payload"].get("part")), m.channel) for m in messages
    ]


def _posted_twice(slack: SlackStandIn) -> list[str]:
    return _repeated(_posted(slack))


def _left_buttons(slack: SlackStandIn, rows: Mapping[str, Request]) -> list[str]:
    cards = [m for m in slack._state.conversations.all if m.metadata and request_of(m) in rows]
    return [
        f"{request_of(m)}: {m.text}"
        for m in cards
        if rows[request_of(m)].state.ended
        and any(f"'action_id': '{action}'" in str(m.blocks) for action in ("approve", "reject", "cancel"))
    ]


def _repeated(things: Iterable[Any]) -> list[str]:
    return [f"{thing}: {count} times" for thing, count in Counter(things).items() if count > 1]
