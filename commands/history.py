"""`/copy-image history`: past requests, newest first, a page at a time, seen by the asker alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commands import names
from commands.permissions import may_administer, may_look
from commands.ports import Caller, Ports
from commands.rule import Rule, load
from commands.text import Button, Code, Language, Line, Link, Mention, Message, Span, Spans, Text, When, join
from commands.typed import HistoryCommand
from commands.view.brief import because
from commands.view.stand import mark, name, stands
from commands.view.words import duration_words, some_wrong
from commands.who import standing
from commands.whom import refused
from store import history, listings, permissions
from store import posts as post_store
from store import requests as request_store
from store.database import Transaction
from store.lifecycle import State
from store.tables import Approval, Call, Copy, Listing, Post, Problem, Request

PAGE = 10
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")

_TITLES = {
    "mine": Text("您的复制", "Your copies"),
    "mine_last": Text("您最近 {last}的复制", "Your copies in the last {last}"),
    "here": Text("此频道的复制", "Copies in this channel"),
    "here_last": Text("此频道最近 {last}的复制", "Copies in this channel in the last {last}"),
    "all": Text("您管理的频道的复制", "Copies in the channels you administer"),
    "all_last": Text(
        "您管理的频道最近 {last}的复制", "Copies in the last {last} in the channels you administer"
    ),
}
_COUNT = Text("{title} · {count} 条", "{title} · {count}")
_PAGE_OF = Text("{title} · {count} 条 · 第 {page}/{pages} 页", "{title} · {count} · page {page} of {pages}")
_NONE = Text("没有符合条件的记录。", "Nothing matches.")
_IMAGES = Text("{count} 个镜像", "{count:image}")
_APPROVED = Text("{people} 批准", "approved by {people}")
_REJECTED = Text("已驳回：“{reason}”", "rejected: “{reason}”")
_EMERGENCY = Text("紧急", "emergency")
_OPEN = Text("查看", "View")
_PREVIOUS = Text("上一页", "Previous")
_NEXT = Text("下一页", "Next")
_EXPORT = Text("导出", "Export")
_OLD = Text("此列表已不可用，请重新运行 {command}", "This list is gone; run {command} again")
_DIRECT = Text("私信中只能查看您自己的记录：{command}", "Here you can see your own only: {command}")
_NO_CHANNEL = Text(
    "您没有管理任何频道。查看此频道的复制：{command}",
    "You administer no channel. For the copies in this one: {command}",
)


@dataclass(frozen=True)
class Row:
    """One request with what its line says of it."""

    request: Request
    approvals: Sequence[Approval]
    problems: Sequence[Problem]
    calls: Sequence[Call]
    copies: Sequence[Copy]
    card: Post | None


async def show(ports: Ports, caller: Caller, command: HistoryCommand) -> Message:
    """The first page, or why the asker may not see it.

    Raises:
        UnknowableError, DatabaseError.
    """
    mine = command.mine or (caller.in_direct_message and not command.everywhere)
    if caller.in_direct_message and (command.everywhere or command.user):
        return Message((_DIRECT.line(caller.language, command=Code("/copy-image history mine")),))
    rules = await ports.db.read(lambda tx: _rules(tx, caller, everywhere=command.everywhere))
    groups = frozenset(group for rule in rules.values() for group in rule.groups())
    who = await standing(ports, caller, groups)
    if command.everywhere:
        channels: list[str] | None = [
            c for c, r in rules.items() if may_administer(r, who, ports.admins).allowed
        ]
    else:
        channels = None if mine else [caller.channel]
    own = mine or command.everywhere
    verdict = may_look(rules.get(caller.channel), who, ports.admins, own=own)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    if channels == []:
        return Message((_NO_CHANNEL.line(caller.language, command=Code("/copy-image history")),))
    query = _query(caller, command, channels, mine=mine, now=ports.now())
    listing = Listing(
        id=ports.new_token(), team=caller.team, user=caller.user, query=query, created_at=ports.now()
    )
    return await ports.db.run(lambda tx: _first_page(tx, ports, caller, listing))


def _rules(tx: Transaction, caller: Caller, *, everywhere: bool) -> dict[str, Rule]:
    """Channel → rule, of the caller's workspace; each rule's groups are a question to Slack."""
    rows = permissions.everything(tx, channel=None if everywhere else caller.channel)
    return {row.channel: load(row.rule) for row in rows if row.team == caller.team}


def _query(
    caller: Caller, command: HistoryCommand, channels: list[str] | None, *, mine: bool, now: datetime
) -> dict[str, Any]:
    """The query as JSON values, so that later pages can be read from the store."""
    scope = "all" if command.everywhere else "mine" if mine else "here"
    return {
        "scope": scope,
        "last_s": int(command.last.total_seconds()) if command.last else None,
        "channels": channels,
        "user": caller.user if mine else command.user,
        "image": command.image,
        "region": command.region,
        "states": list(command.states),
        "since": (now - command.last).isoformat() if command.last else None,
    }


def _first_page(tx: Transaction, ports: Ports, caller: Caller, listing: Listing) -> Message:
    listings.keep(tx, listing)
    return _page(tx, ports, caller, listing, 1)


async def turn(ports: Ports, caller: Caller, value: str) -> Message:
    """The page that a button stands for; only for whom the list was made."""
    identity, _, number = value.rpartition(".")

    def work(tx: Transaction) -> Message:
        listing = kept(tx, caller, identity)
        if listing is None or not _PAGE_NUMBER.fullmatch(number):
            return gone(caller)
        return _page(tx, ports, caller, listing, int(number))

    return await ports.db.read(work)


def gone(caller: Caller) -> Message:
    """What to say of a list that is no longer kept, or was made for somebody else."""
    return Message((_OLD.line(caller.language, command=Code("/copy-image history")),))


def kept(tx: Transaction, caller: Caller, identity: str) -> Listing | None:
    """The list with this id, for whom it was made."""
    listing = listings.get(tx, identity)
    mine = listing is not None and (listing.team, listing.user) == (caller.team, caller.user)
    return listing if mine else None


def query_of(listing: Listing) -> history.Query:
    """What the list is a list of."""
    stored: Mapping[str, Any] = listing.query
    return history.Query(
        team=listing.team,
        channels=stored["channels"],
        user=stored["user"],
        image=stored["image"],
        region=stored["region"],
        states=[State(state) for state in stored["states"]],
        since=datetime.fromisoformat(stored["since"]) if stored["since"] else None,
    )


def _page(tx: Transaction, ports: Ports, caller: Caller, listing: Listing, number: int) -> Message:
    query = query_of(listing)
    count = history.count(tx, query)
    found = history.find(tx, query, limit=PAGE, offset=(number - 1) * PAGE)
    mapping = history.mapping(tx, [request.id for request in found])
    rows = [_row(tx, request, mapping[request.id]) for request in found]
    pages = max(1, -(-count // PAGE))
    title = _title(listing.query, caller.language)
    first = (
        _COUNT.line(caller.language, "title", title=title, count=count)
        if pages == 1
        else _PAGE_OF.line(caller.language, "title", title=title, count=count, page=number, pages=pages)
    )
    lines = [_line(ports, row, caller) for row in rows] or [_NONE.line(caller.language)]
    buttons = _turns(listing.id, number, pages, caller.language)
    if count:
        buttons.append(Button("export", getattr(_EXPORT, caller.language), listing.id))
    return Message((first, *lines), tuple(buttons))


def _row(tx: Transaction, request: Request, copies: Sequence[Copy]) -> Row:
    return Row(
        request=request,
        approvals=request_store.approvals(tx, request.id, request.round),
        problems=request_store.problems(tx, request.id),
        calls=request_store.calls(tx, request.id) if request.state is State.COPYING else [],
        copies=copies,
        card=post_store.card_of(tx, request.id),
    )


def _title(query: Mapping[str, Any], language: Language) -> Spans:
    if not query["last_s"]:
        return _TITLES[query["scope"]].say(language)
    last = duration_words(timedelta(seconds=query["last_s"]), language)
    return _TITLES[f"{query['scope']}_last"].say(language, last=last)


def _line(ports: Ports, row: Row, caller: Caller) -> Line:
    request, language = row.request, caller.language
    stand = stands(request, row.calls, row.copies)
    route = " ".join(filter(None, (request.source_region, "→", ", ".join(request.destinations))))
    spans: list[Span] = [
        join([f"{mark(stand)} ", When(request.created_at), " ", Code(request.id), f" {route}"], ""),
        *([_EMERGENCY.say(language)] if request.emergency else []),
        some_wrong(request, language) or _IMAGES.say(language, count=len(request.images)),
        _how_it_went(row, language) or name(stand, language),
    ]
    if request.channel != caller.channel and not caller.in_direct_message:
        spans.append(Mention(request.channel))
    url = ports.permalink(row.card.posted_channel or "", row.card.ts) if row.card and row.card.ts else None
    if url is not None:
        spans.append(Link(url, getattr(_OPEN, language)))
    return Line((join(spans, " · "),))


def _how_it_went(row: Row, language: Language) -> Span | None:
    """The mapping of a single copy, who decided, or what went wrong, in a few words; None: nothing to add."""
    request = row.request
    if request.state is State.REJECTED and request.decision_reason:
        return _REJECTED.say(language, reason=" ".join(request.decision_reason.split()))
    if request.state in {State.READY, State.PARTLY_READY} and len(row.copies) == 1:
        return names.mapping(row.copies[0].image_id, row.copies[0].new_image_id)
    if request.state is State.READY and row.approvals:
        people = names.people([approval.user for approval in row.approvals], language)
        return _APPROVED.say(language, people=people)
    return because(request, row.problems, row.copies, language)


def _turns(identity: str, number: int, pages: int, language: Language) -> list[Button]:
    turns = []
    if number > 1:
        turns.append(Button("history_page", getattr(_PREVIOUS, language), f"{identity}.{number - 1}"))
    if number < pages:
        turns.append(Button("history_page", getattr(_NEXT, language), f"{identity}.{number + 1}"))
    return turns
