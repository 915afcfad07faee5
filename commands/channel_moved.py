"""A channel's id has changed in Slack: permissions, requests and history go with it.

Nobody is told: nobody gains or loses anything. The audit trail has both ids.
"""

from datetime import datetime

from commands.ports import Ports
from store import channels
from store.permissions import Key


async def moved(ports: Ports, team: str, old: str, new: str, at: datetime) -> bool:
    """Move everything along; False when that has happened before.

    Raises:
        DatabaseError: nothing was moved, unless it is `uncertain`; it can be done again.
    """
    done = await ports.db.run(lambda tx: channels.move(tx, Key(team, old), new, at=at))
    ports.wake()
    return done
