"""Notices that Slack's own requests look too old or too new, as they do when the clock of this host is wrong."""

import hmac
import time
from collections.abc import Callable

import structlog
from slack_sdk.signature import SignatureVerifier

_TOLERATED_S = 300

log = structlog.get_logger(__name__)


class Staleness:
    """Says once in the log how far off requests are that Slack did sign; again only after one was accepted.

    Args:
        clock: seconds since the epoch, by this host.
    """

    def __init__(self, verifier: SignatureVerifier, clock: Callable[[], float] = time.time) -> None:
        self._verifier = verifier
        self._clock = clock
        self._said = False

    def accepted(self) -> None:
        """A request came in time."""
        self._said = False

    def refused(self, timestamp: str, signature: str, body: str) -> None:
        """A request was refused: if only for its age, the clock is to be doubted."""
        if self._said or not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
            return
        off_s = round(self._clock()) - int(timestamp)
        right = self._verifier.generate_signature(timestamp=timestamp, body=body) or ""
        if abs(off_s) > _TOLERATED_S and hmac.compare_digest(right, signature):
            self._said = True
            log.error("slack_requests_look_stale", clock_off_s=off_s, to_do="set this host's clock right")
