"""Why a request that may go to the cloud does not go there now: remembered, so that its card says so."""

from datetime import datetime
from enum import StrEnum

from store import due, requests
from store.database import Transaction
from store.tables import Request


class Held(StrEnum):
    """What it waits for."""

    PAUSED = "paused"  # an administrator has paused all sending
    UNLISTED = "unlisted"  # it can't be seen whether earlier copies of its images are still there


def hold(
    tx: Transaction, request: Request, lease: str, why: Held | None, *, at: datetime, until: datetime | None
) -> None:
    """Look at the request again at `until`; a new reason is shown. `why` None: for nothing worth showing."""
    if why != request.held:
        requests.change(tx, request.id, at=at, lease=lease, held=why)
    due.release(tx, due.WORK, request.id, lease=lease, at=until)
