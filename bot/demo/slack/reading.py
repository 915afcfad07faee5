"""Web API methods that read messages back: conversations.history and conversations.replies."""

from decimal import Decimal, InvalidOperation

from bot.demo.slack.chat import message_json
from bot.demo.slack.messages import Message
from bot.demo.slack.people import page
from bot.demo.slack.state import State
from bot.demo.slack.wire import ApiError, Args, Json
from bot.demo.slack.workspace import Channel


def history(state: State, args: Args) -> Json:
    channel = _readable(state, args)
    newest_first = state.conversations.top_level(channel.id)[::-1]
    return _answer(state, _within(newest_first, args), args, 100)


def replies(state: State, args: Args) -> Json:
    channel, ts = _readable(state, args), args.text("ts")
    message = state.conversations.find(channel.id, ts)
    answers = state.conversations.replies(channel.id, ts)
    if message is None and not answers:
        raise ApiError("thread_not_found")
    # As in Slack: whatever the bounds, the parent comes first.
    return _answer(state, ([message] if message else []) + _within(answers, args), args, 1000)


def _readable(state: State, args: Args) -> Channel:
    channel = state.need_membership(args.text("channel"))
    state.channel_scope(channel, "history")
    return channel


def _within(messages: list[Message], args: Args) -> list[Message]:
    """Those between `oldest` and `latest`, which count themselves only when `inclusive`."""
    oldest, latest = _moment(args, "oldest", "0"), _moment(args, "latest", "Infinity")
    bounds = {oldest, latest} if args.flag("inclusive") else set()
    return [m for m in messages if oldest < Decimal(m.ts) < latest or Decimal(m.ts) in bounds]


def _moment(args: Args, name: str, default: str) -> Decimal:
    try:
        return Decimal(args.text(name) or default)
    except InvalidOperation:
        raise ApiError(f"invalid_ts_{name}") from None


def _answer(state: State, messages: list[Message], args: Args, default: int) -> Json:
    shown, metadata = page(messages, args, default)
    told = args.flag("include_all_metadata")
    return {
        "messages": [message_json(state, message, metadata=told) for message in shown],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }
