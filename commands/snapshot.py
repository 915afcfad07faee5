"""Everything the store knows of one request, read at once: what views and decisions are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from store import audience, posts, requests
from store.database import Transaction
from store.lifecycle import CopyState
from store.tables import Approval, Audience, Call, Copy, Post, Problem, Request


@dataclass(frozen=True)
class Snapshot:
    """One request with its rows, each in its own order.

    Attributes:
        looked: the newest look at who could approve it, of whichever round; None: there was none.
        card: where its card stands; None: not posted yet.
    """

    request: Request
    copies: Sequence[Copy]
    calls: Sequence[Call]
    problems: Sequence[Problem]
    approvals: Sequence[Approval]
    pressed: frozenset[str]
    looked: Audience | None = None
    card: Post | None = None

    @property
    def audience(self) -> Audience | None:
        """Who could approve what the card shows now, as found last."""
        return self.looked if self.looked is not None and self.looked.round == self.request.round else None

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
        looked=audience.of(tx, request_id),
        card=posts.card_of(tx, request_id),
    )
