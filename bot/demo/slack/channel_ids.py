"""A channel that gets another id, as a private one may when it is shared with another workspace."""

from bot.demo.slack.messages import Message, Whisper
from bot.demo.slack.state import State
from bot.demo.slack.wire import Json


def change(state: State, old: str, new: str) -> Json:
    """Everything that stands in the channel stands in it by its new id; the event that tells the bot so."""
    channel = state.workspace.channel(old)
    if channel is None:
        raise KeyError(f"no channel {old}")
    channel.id = new
    said: list[Message | Whisper] = [*state.conversations.all, *state.conversations.whispers]
    for one in said:
        one.channel = new if one.channel == old else one.channel
    state.changes.ring()
    return {
        "type": "channel_id_changed",
        "old_channel_id": old,
        "new_channel_id": new,
        "event_ts": state.conversations.next_ts(),
    }
