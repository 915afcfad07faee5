"""The windows that the bot opens, and what was typed into them; pure."""

from typing import Any

from commands.decide import Pressed
from commands.text import Language, Text

REJECT = "reject"

_LONGEST_REASON = 500

_TITLE = Text("驳回申请", "Reject request")
_SUBMIT = Text("驳回", "Reject")
_CLOSE = Text("返回", "Back")
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


def reason_of(view: dict[str, Any]) -> str:
    """What was typed."""
    values = view.get("state", {}).get("values", {})
    return str((values.get("reason", {}).get("value", {}) or {}).get("value") or "").strip()[:_LONGEST_REASON]


def _plain(text: Text, language: Language) -> dict[str, Any]:
    return {"type": "plain_text", "text": getattr(text, language)}
