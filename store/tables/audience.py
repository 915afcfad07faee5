"""Who could approve a request when people were last looked at, and whom the bot has asked or told."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from store.tables.columns import json, moment


class Audience(SQLModel, table=True):
    """What a look at the people around a request found; the newest look only.

    Attributes:
        round: the round of approval that it was for.
        able: the people and groups of the rule through which somebody could approve then.
        asked: whom the thread has asked in this round, a list for each time: a changed rule may name others.
        short: even if everybody agreed who could, there would not be approvals enough.
        shortages: how often that has become so in this round.
        changers: who could change that: channel administrators, else `BOT_ADMINS`.
        outside: person → language, of those who could approve but aren't in the channel.
        private: whether the channel can be seen by its members only.
    """

    __tablename__ = "audiences"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    round: int = 1
    able: list[str] = json(list)
    asked: list[list[str]] = json(list)
    short: bool = False
    shortages: int = 0
    changers: list[str] = json(list)
    outside: dict[str, str] = json(dict)
    private: bool = False
    at: datetime = moment(nullable=False)
