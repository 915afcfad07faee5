"""Each state's mark and name."""

from commands.text import Language, Text
from store.lifecycle import State

MARKS = {
    State.CHECKING: "🔎",
    State.WAITING: "⏳",
    State.APPROVED: "⏳",
    State.COPYING: "⏳",
    State.WATCHING: "⏳",
    State.READY: "✅",
    State.PARTLY_READY: "⚠️",
    State.FAILED: "❌",
    State.INVALID: "❌",
    State.REJECTED: "🚫",
    State.CANCELLED: "🚫",
    State.EXPIRED: "🚫",
    State.UNKNOWN: "⚠️",
}

NAMES = {
    State.CHECKING: Text("检查中", "Checking"),
    State.WAITING: Text("待批准", "Waiting for approval"),
    State.APPROVED: Text("已批准", "Approved"),
    State.COPYING: Text("提交中", "Submitting"),
    State.WATCHING: Text("复制中", "Copying"),
    State.READY: Text("已完成", "Ready"),
    State.PARTLY_READY: Text("部分完成", "Partly ready"),
    State.FAILED: Text("失败", "Failed"),
    State.INVALID: Text("无法复制", "Can't be copied"),
    State.REJECTED: Text("已驳回", "Rejected"),
    State.CANCELLED: Text("已撤回", "Cancelled"),
    State.EXPIRED: Text("已过期", "Expired"),
    State.UNKNOWN: Text("待确认", "Needs a look"),
}


def state_name(state: State, language: Language) -> str:
    """The state's name in a sentence."""
    return NAMES[state].zh if language == "zh" else NAMES[state].en
