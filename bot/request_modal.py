"""The windows of a request as Slack shows them, and what was entered: the form, and the emergency's confirmation; pure."""

from collections.abc import Sequence
from typing import Any

from bot.fields import Field, Option, choice_input, choices_input, entered, plain_text, text_input
from commands.clouds.cloud import Region
from commands.copy.form import Entered, Offer
from commands.text import Language, Text

REQUEST = "request"
EMERGENCY = "confirm_emergency"

_MOST_METADATA = 3_000

_TITLE = Text("申请复制镜像", "Copy images")
_SUBMIT = Text("提交申请", "Request")
_CLOSE = Text("取消", "Cancel")
_IMAGES = Text("镜像 ID", "Image IDs")
_IMAGES_HINT = Text(
    "可以粘贴多个，用空格、逗号或换行分隔，例如 img-8u2z9kyzdk",
    "Paste as many as you like, with spaces, commas or line breaks between, such as img-8u2z9kyzdk",
)
_SOURCE = Text("源地域", "From")
_SOURCE_HINT = Text("不选则自动查找镜像所在的地域", "Leave it empty and the bot finds the images' region")
_DESTINATIONS = Text("目标地域", "To")
_REASON = Text("原因", "Reason")
_EMERGENCY_TITLE = Text("确认紧急复制", "Confirm the emergency")
_EMERGENCY_MEANS = Text(
    "提交后立即复制，无需批准；所有审批人都会收到通知。",
    "This copies at once, without approval; all approvers are told.",
)
_EMERGENCY_SUBMIT = Text("立即复制", "Copy now")
_REGION = Text("请输入目标地域的 ID", "Type the id of the destination")


def request_modal(offer: Offer, channel: str, language: Language) -> dict[str, Any]:
    """The form; its `private_metadata` is the channel it was opened in."""
    sources, destinations = options(offer.sources, language), options(offer.destinations, language)
    only = [destinations[0][0]] if len(destinations) == 1 else []
    return {
        "type": "modal",
        "callback_id": REQUEST,
        "private_metadata": channel,
        "title": plain_text(_TITLE, language),
        "submit": plain_text(_SUBMIT, language),
        "close": plain_text(_CLOSE, language),
        "blocks": [
            text_input(Field("images", _IMAGES, _IMAGES_HINT), language, multiline=True),
            choice_input(Field("source", _SOURCE, _SOURCE_HINT, optional=True), language, sources),
            choices_input(Field("destinations", _DESTINATIONS), language, destinations, initial=only),
            text_input(
                Field("reason", _REASON, optional=not offer.reason_required), language, multiline=True
            ),
        ],
    }


def emergency_modal(
    act: str, regions: Sequence[str], channel: str, language: Language
) -> dict[str, Any] | None:
    """Asks for the regions' ids; None: the act is too long for Slack to keep.

    Args:
        act: what is to be confirmed: a command line, or a request's id and the button that follows it.
    """
    kept = f"{channel} {act}"
    if len(kept) > _MOST_METADATA:
        return None
    hint = Text(*[", ".join(regions)] * 2)
    return {
        "type": "modal",
        "callback_id": EMERGENCY,
        "private_metadata": kept,
        "title": plain_text(_EMERGENCY_TITLE, language),
        "submit": plain_text(_EMERGENCY_SUBMIT, language),
        "close": plain_text(_CLOSE, language),
        "blocks": [
            {"type": "section", "text": plain_text(_EMERGENCY_MEANS, language)},
            text_input(Field("region", _REGION, hint), language),
        ],
    }


def emergency_of(view: dict[str, Any]) -> tuple[str, str]:
    """The channel, and the act that is to be confirmed."""
    channel, _, act = str(view.get("private_metadata") or "").partition(" ")
    return channel, act


def entered_request(view: dict[str, Any]) -> Entered:
    """What was entered in the form."""
    values = entered(view)
    destinations = values.get("destinations") or ()
    return Entered(
        images=str(values.get("images") or ""),
        source=str(values["source"]) if values.get("source") else None,
        destinations=(destinations,) if isinstance(destinations, str) else tuple(destinations),
        reason=str(values.get("reason") or ""),
    )


def options(regions: Sequence[Region], language: Language) -> list[Option]:
    """Regions to choose from, by id and name."""
    return [(region.id, _named(region, language)) for region in regions]


def _named(region: Region, language: Language) -> str:
    name = getattr(region, language)
    return region.id if name == region.id else f"{region.id} {name}"
