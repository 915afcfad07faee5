"""Why a request does not go on just now, in words."""

from commands.copy.held import Held
from commands.text import Language, Line, Text
from store.tables import Request

_PAUSED = Text(
    "已暂停向京东云提交：恢复后自动继续，无需操作",
    "Sending to JD Cloud is paused: this goes on by itself once it is resumed",
)
WOULD_WAIT = Text(
    "目前已暂停向京东云提交：获批后会等到恢复", "Sending to JD Cloud is paused: once approved, it would wait"
)
_TEXTS = {
    Held.PAUSED: _PAUSED,
    Held.UNLISTED: Text(
        "之前复制过其中的镜像，目前查不到目标地域的镜像列表：查到后自动继续，以免重复复制",
        "Some of this was copied before, and the destination can't be listed right now: "
        "it goes on once that is possible, so that nothing is copied twice",
    ),
}


_IN_VAIN = {
    Held.PAUSED: Text(
        "提交一直处于暂停，直到失效，因此没有复制任何镜像",
        "Sending was paused until it expired, so nothing was copied",
    ),
    Held.UNLISTED: Text(
        "之前复制过其中的镜像，而直到失效都查不到目标地域的镜像列表，因此没有复制任何镜像",
        "Some of this was copied before, and the destination couldn't be listed until it expired, "
        "so nothing was copied",
    ),
}


def in_vain(request: Request, language: Language) -> Line:
    """What an approved request that has expired was waiting for."""
    return _IN_VAIN[Held(request.held or "")].line(language)


def held(request: Request, language: Language) -> list[Line]:
    """One line, or none where nothing holds it."""
    return [_TEXTS[Held(request.held)].line(language)] if request.held else []
