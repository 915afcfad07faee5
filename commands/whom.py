"""Whom a refused person can ask: not those who can never act, as far as the directory knows."""

from dataclasses import replace

from commands.permissions import Kind, Verdict
from commands.who import kind_of
from store import people
from store.database import Transaction


def to_ask(tx: Transaction, team: str, verdict: Verdict) -> Verdict:
    """The verdict without guests, bots and people who left among those whom it names."""
    known = people.persons(tx, team, verdict.ask_whom)
    unable = {person.user for person in known if kind_of(person, team) is not Kind.MEMBER}
    return replace(verdict, ask_whom=tuple(one for one in verdict.ask_whom if one not in unable))
