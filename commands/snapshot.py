"""Everything the store knows of one request, read at once: what views and decisions are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from store import requests
from store.database import Transaction
from store.lifecycle import CopyState
from store.tables import Approval, Call, Copy, Problem, Request


@dataclass(frozen=True)
class Snapshot:
    """One request with its rows, each in its own order."""

    request: Request
    copies: Sequence[Copy]
    calls: Sequence[Call]
    problems: Sequence[Problem]
    approvals: Sequence[Approval]
    pressed: frozenset[str]

    @property
    def approvers(self) -> list[str]:
        """Who has approved what the card shows now, in order."""
        return [a.user for a in self.approvals if a.round == self.request.round]

    def in_state(self, *states: CopyState) -> list[Copy]:
        return [copy for copy in self.copies if copy.state in states]


def take(tx: Transaction, request_id: str) -> Snapshot | None:
    """The request and all that belongs to it; None: no such request."""
    request = requests.get(tx, request_id)
    if request is None:
        return None
    return Snapshot(
        request=request,
        copies=requests.copies(tx, request_id),
        calls=requests.calls(tx, request_id),
        problems=requests.problems(tx, request_id),
        approvals=requests.approvals(tx, request_id),
        pressed=requests.buttons_used(tx, request_id),
    )
