"""Answers posted to a response_url: five within half an hour, mostly for one person's eyes."""

from bot.demo.slack.chat import said
from bot.demo.slack.limits import TEXT_POSTED
from bot.demo.slack.messages import Message, Whisper
from bot.demo.slack.state import ResponseUrl, State
from bot.demo.slack.wire import ApiError, Args, Json

USES = 5
LIFE_S = 30 * 60


def respond(state: State, key: str, body: Json) -> tuple[int, Json]:
    """Do what was posted to the URL with this key; the HTTP status and answer."""
    url = state.response_urls.get(key)
    if url is None or (state.now() - url.made_at).total_seconds() > LIFE_S:
        return 404, {"ok": False, "error": "expired_url"}
    if url.uses >= USES:
        return 404, {"ok": False, "error": "used_url"}
    try:
        _carry_out(state, url, Args(body))
    except ApiError as error:
        return 400, {"ok": False, "error": error.error, **error.more}
    url.uses += 1
    return 200, {"ok": True}


def show(state: State, channel: str, user: str, args: Args) -> Message | Whisper | None:
    """Show an answer in the channel or to the person alone; None when it says nothing."""
    if not args.text("text") and not args.values.get("blocks"):
        return None
    text, blocks = said(args)
    if len(text) > TEXT_POSTED:
        raise ApiError("msg_too_long")
    bot = state.workspace.bot_user_id
    if args.text("response_type") == "in_channel":
        return state.conversations.post(channel, bot, text, blocks, thread_ts=args.text("thread_ts") or None)
    return state.conversations.whisper(channel, user, text, blocks)


def _carry_out(state: State, url: ResponseUrl, args: Args) -> None:
    source = _source(state, url)
    if args.flag("delete_original"):
        _forget(state, source)
    elif args.flag("replace_original") and source is not None:
        _replace(state, source, args)
    elif show(state, url.channel, url.user, args) is None:
        raise ApiError("no_text")


def _source(state: State, url: ResponseUrl) -> Message | Whisper | None:
    """The app's own message that was acted upon; a typed command cannot be touched."""
    if url.source_ts is None:
        return None
    whisper = state.conversations.find_whisper(url.channel, url.source_ts, url.user)
    return whisper or state.conversations.find(url.channel, url.source_ts)


def _forget(state: State, source: Message | Whisper | None) -> None:
    if isinstance(source, Whisper):
        state.conversations.whispers.remove(source)
    elif source is not None:
        state.conversations.all.remove(source)


def _replace(state: State, source: Message | Whisper, args: Args) -> None:
    text, blocks = said(args)
    if isinstance(source, Message):
        state.conversations.edit(source, text, blocks)
    else:
        source.text, source.blocks = text, state.conversations.named(blocks)
