"""The ids that channels had before, and those they have now."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from store.tables import FormerChannel


def now_called(tx: Session, team: str, channel: str) -> str:
    """The id that the channel has now."""
    former = tx.get(FormerChannel, (team, channel), populate_existing=True)
    return former.new if former is not None else channel


def all_now_called(tx: Session, channels: Iterable[str]) -> list[str]:
    """The same for several, of whichever workspace: no two channels of Slack share an id."""
    asked = list(channels)
    rows = tx.exec(select(FormerChannel).where(col(FormerChannel.old).in_(asked))).all()
    new = {row.old: row.new for row in rows}
    return [new.get(channel, channel) for channel in asked]
