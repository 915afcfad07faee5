"""The windows that the bot opens, and what was typed into them; pure."""

from collections.abc import Sequence
from typing import Any

from commands.buttons import Pressed
from commands.text import Language, Text

REJECT = "reject"
CONFIRM = "confirm_region"

_LONGEST_REASON = 500

_TITLE = Text("驳回申请", "Reject request")
_SUBMIT = Text("驳回", "Reject")
_CLOSE = Text("返回", "Back")
_CONFIRM_TITLE = Text("确认目标地域", "Confirm the region")
_CONFIRM_SUBMIT = Text("批准", "Approve")
_REGION = Text("请输入目标地域的 ID：{regions}", "Type the id of the destination: {regions}")
_REASON = Text("原因（申请人会看到）", "Reason (the requester sees it)")
_HINT = Text("请写明需要如何调整", "Say what would have to be different")


def reject_modal(button: Pressed, channel: str, language: Language) -> dict[str, Any]:
    """Asks for the reason; its `private_metadata` is the button's value and the channel it was pressed in."""
    return {
        "type": "modal",
        "callback_id": REJECT,
        "private_metadata": f"{button.value} {channel}",
        "title": _plain(_TITLE, language),
        "submit": _plain(_SUBMIT, language),
        "close": _plain(_CLOSE, language),
        "blocks": [
            {
                "type": "input",
                "block_id": "reason",
                "label": _plain(_REASON, language),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "multiline": True,
                    "max_length": _LONGEST_REASON,
                    "placeholder": _plain(_HINT, language),
                },
            }
        ],
    }


def confirm_modal(
    button: Pressed, channel: str, regions: Sequence[str], language: Language
) -> dict[str, Any]:
    """Asks the last approver for the ids of the destinations that the rule wants typed."""
    label = getattr(_REGION, language).format(regions=", ".join(regions))
    return {
        "type": "modal",
        "callback_id": CONFIRM,
        "private_metadata": f"{button.value} {channel}",
        "title": _plain(_CONFIRM_TITLE, language),
        "submit": _plain(_CONFIRM_SUBMIT, language),
        "close": _plain(_CLOSE, language),
        "blocks": [
            {
                "type": "input",
                "block_id": "region",
                "label": {"type": "plain_text", "text": label},
                "element": {"type": "plain_text_input", "action_id": "value"},
            }
        ],
    }


def told_modal(title: str, blocks: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    """Says why nothing was done, in place of the window with this `callback_id`."""
    return {
        "type": "modal",
        "title": _plain(_TITLE if title == REJECT else _CONFIRM_TITLE, language),
        "close": _plain(_CLOSE, language),
        "blocks": blocks,
    }


def typed_in(view: dict[str, Any], block: str) -> str:
    """What was typed into one of our windows' fields."""
    values = view.get("state", {}).get("values", {})
    return str((values.get(block, {}).get("value", {}) or {}).get("value") or "").strip()[:_LONGEST_REASON]


def _plain(text: Text, language: Language) -> dict[str, Any]:
    return {"type": "plain_text", "text": getattr(text, language)}
