"""Who a caller is, before anything is decided about them."""

from collections.abc import Iterable

from commands.permissions import Kind, Standing
from commands.ports import Caller, Ports


async def standing(ports: Ports, caller: Caller, groups: Iterable[str]) -> Standing:
    """The caller in the workspace where they act; somebody of another workspace is a stranger without asking.

    Raises:
        UnknowableError: Slack did not say in time.
    """
    if caller.user_team is not None and caller.user_team != caller.team:
        return Standing(caller.user, Kind.STRANGER)
    return await ports.people.standing(caller.team, caller.user, groups)
