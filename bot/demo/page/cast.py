"""Who can be played on the page, and what one may try first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.demo.jdcloud import CloudStandIn, Image
from commands.text import Language, Text


@dataclass(frozen=True)
class Role:
    """Somebody of the workspace whom the page lets one play; `title` says in a word what for."""

    user: str
    title: Text


@dataclass(frozen=True)
class Step:
    """One suggestion: whom to play, where, what to type (empty: nothing), and which pane to look at."""

    text: str
    user: str
    channel: str
    types: str = ""
    shows: Literal["", "thread", "cloud"] = ""


_ASK = Text("申请复制，按回车发送", "Ask and press Enter")
_COMMAND = Text(
    "/copy-image {images} 到 上海 因为 扩容", "/copy-image {images} to Shanghai because scaling out"
)
_APPROVE = Text("以{name}的身份批准", "Approve as {name}")
_THREAD = Text("打开消息列", "Open thread")
_HISTORY = Text("查看历史", "History")


def usual_steps(
    language: Language, cloud: CloudStandIn, *, requester: str, approver: tuple[str, str], channel: str
) -> list[Step]:
    """The shortest story: ask, approve, watch, look back.

    Args:
        approver: user id and name.
    """
    images = " ".join(image.id for image in _copyable(cloud)[:2])
    return [
        Step(_said(_ASK, language), requester, channel, _said(_COMMAND, language, images=images)),
        Step(_said(_APPROVE, language, name=approver[1]), approver[0], channel),
        Step(_said(_THREAD, language), requester, channel, shows="thread"),
        Step(_said(_HISTORY, language), requester, channel, "/copy-image history"),
    ]


def _copyable(cloud: CloudStandIn) -> Sequence[Image]:
    """Images of the first region that has any which can be copied without an error."""
    fine = [image for image in cloud.images.values() if _is_copyable(image)]
    return [image for image in fine if image.region == fine[0].region]


def _is_copyable(image: Image) -> bool:
    usable = image.owned and image.status == "ready" and image.root_device_type == "cloudDisk"
    return usable and not image.encrypted and image.plays is None


def _said(text: Text, language: Language, **values: str) -> str:
    return str(getattr(text, language)).format(**values)
