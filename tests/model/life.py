"""The same with people: they ask, approve, reject, cancel, pause, and change what is allowed, at any moment."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from store.lifecycle import State
from store.tables import Request
from tests.model import drawn
from tests.model.replicas import Replicas, pick


class Life(Replicas):
    """Requests from asking to their end. A slow click is left lying before it is judged."""

    @precondition(lambda self: self.room())
    @rule(
        user=drawn.requesters,
        images=drawn.images,
        destinations=drawn.destinations,
        slow=st.booleans(),
        card=st.booleans(),
    )
    def ask(self, *, user: str, images: list[str], destinations: list[str], slow: bool, card: bool) -> None:
        self.leave_or_finish(self.people.ask(user, images, destinations), slow=slow)
        if card:
            self.world.post_cards()

    @precondition(lambda self: self._waiting())
    @rule(
        which=drawn.which,
        users=st.lists(drawn.approvers, min_size=1, max_size=2),
        late=st.booleans(),
        slow=st.booleans(),
    )
    def approve(self, *, which: int, users: list[str], late: bool, slow: bool) -> None:
        """One person, or two (or one twice) at once, each arriving before the other has had an effect."""
        request = pick(self._waiting(), which)
        clicks = [self.people.approve(user, request, request.round - late) for user in users]
        for click in clicks:
            self.leave_or_finish(click, slow=slow)

    @rule(which=drawn.which, cancels=st.booleans(), user=drawn.somebody, slow=st.booleans())
    def stop(self, *, which: int, cancels: bool, user: str, slow: bool) -> None:
        request = pick(self.requests(), which)
        click = self.people.cancel(user, request) if cancels else self.people.reject(user, request)
        self.leave_or_finish(click, slow=slow)

    @rule(on=st.booleans(), slow=st.booleans())
    def pause(self, *, on: bool, slow: bool) -> None:
        self.leave_or_finish(self.people.pause(on=on), slow=slow)

    @rule(name=st.sampled_from(sorted(drawn.RULES)))
    def allow(self, name: str) -> None:
        self.world.allow(drawn.STANDING.model_copy(update=drawn.RULES[name]))

    def _waiting(self) -> list[Request]:
        return [request for request in self.requests() if request.state is State.WAITING]
