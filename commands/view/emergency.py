"""What the card says of an emergency: an auditor reads there whether anything was started without approval."""

from commands.snapshot import Snapshot
from commands.text import Language, Spans, Text
from commands.view.stand import Special, stands
from store.lifecycle import State

_STARTED = Text("紧急：未经批准启动", "emergency: started without approval")
_TO_START = Text("紧急：无需批准", "emergency: without approval")
_NOT_NEEDED = Text("以紧急方式申请，无需复制", "asked as an emergency, nothing needed to be copied")
_NOT_STARTED = Text("以紧急方式申请，没有开始复制", "asked as an emergency, nothing was started")


def emergency_words(seen: Snapshot, language: Language) -> Spans:
    """Started only where a call was made, or a copy that an earlier one began was taken over."""
    if any(call.attempt or call.answered_at for call in seen.calls):
        return _STARTED.say(language)
    if not seen.request.state.ended:
        return _TO_START.say(language)
    stand = stands(seen.request, seen.calls, seen.copies)
    return (_NOT_NEEDED if stand in {Special.PRESENT, State.READY} else _NOT_STARTED).say(language)
