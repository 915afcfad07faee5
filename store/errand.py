"""A transaction on its way in another thread, which whoever asked for it may give up until it commits."""

from threading import Lock


class GivenUpError(Exception):
    """Nobody waits for this transaction any more, so it is rolled back."""


class Errand:
    """One transaction: either it is given up first, and never committed, or it begins to commit first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._given_up = False
        self._committing = False

    def give_up(self) -> bool:
        """Wait no longer; True: it will not be committed, False: it may be, or has been."""
        with self._lock:
            self._given_up = True
            return not self._committing

    def commit(self) -> None:
        """It is about to be committed.

        Raises:
            GivenUpError: it must not be.
        """
        with self._lock:
            if self._given_up:
                raise GivenUpError
            self._committing = True
