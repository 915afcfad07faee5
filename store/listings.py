"""Histories that somebody is turning the pages of."""

from sqlmodel import Session

from store.tables import Listing


def keep(tx: Session, listing: Listing) -> None:
    tx.add(listing)
    tx.flush()


def get(tx: Session, identity: str) -> Listing | None:
    return tx.get(Listing, identity)
