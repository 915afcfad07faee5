"""Who somebody is, before anything is decided about them."""

from collections.abc import Iterable

from commands.permissions import Kind, Standing
from commands.ports import Caller, Ports
from store.tables import Person


async def standing(ports: Ports, caller: Caller, groups: Iterable[str]) -> Standing:
    """The caller in the workspace where they act; somebody of another workspace is a stranger without asking.

    Raises:
        UnknowableError: Slack did not say in time.
    """
    if caller.user_team is not None and caller.user_team != caller.team:
        return Standing(caller.user, Kind.STRANGER)
    return await ports.people.standing(caller.team, caller.user, groups)


def kind_of(person: Person, team: str) -> Kind:
    """What somebody is in the workspace, by what Slack said of them."""
    if not person.known or person.home_team not in {team, ""}:
        return Kind.STRANGER
    if person.deleted:
        return Kind.DEACTIVATED
    if person.bot:
        return Kind.BOT
    return Kind.GUEST if person.guest else Kind.MEMBER
