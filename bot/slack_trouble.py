"""What a failed call to Slack lets us conclude; pure."""

from enum import StrEnum

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

NOT_OUR_TURN = "not_our_turn"
"""Why a post or an edit was put off by our own pace."""

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_DEFAULT_PAUSE_S = 30

_CHANNEL_GONE = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "cannot_dm_bot",
        "user_disabled",
        "user_not_found",
        "messages_tab_disabled",
    }
)
_MESSAGE_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
)


class Trouble(StrEnum):
    """What a failed call to Slack lets us conclude."""

    LATER = "later"  # certainly without effect; may work later
    UNSURE = "unsure"  # may have had its effect
    CHANNEL = "channel"  # we can't speak there
    MESSAGE = "message"  # the message to be edited, or its thread, is gone
    NEVER = "never"  # Slack refuses this content or call
    BLIND = "blind"  # we may not look whether something is there


class PostError(Exception):
    """Slack did not do it.

    Attributes:
        pause_s: after how long to try again, where that is known: Slack asked us to wait, or it isn't our turn.
    """

    def __init__(self, trouble: Trouble, error: str, pause_s: float | None = None) -> None:
        super().__init__(f"{trouble}: {error}")
        self.trouble = trouble
        self.error = error
        self.pause_s = pause_s


_TROUBLES: dict[Trouble, frozenset[str]] = {
    Trouble.CHANNEL: _CHANNEL_GONE,
    Trouble.MESSAGE: _MESSAGE_GONE,
    Trouble.UNSURE: frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"}),
    Trouble.NEVER: frozenset(
        {
            "invalid_blocks",
            "invalid_blocks_format",
            "msg_too_long",
            "msg_blocks_too_long",
            "invalid_arguments",
            "no_text",
        }
    ),
}


def judged(error: SlackApiError) -> PostError:
    """From Slack's status, header and code."""
    status, code = status_of(error), code_of(error)
    if status == _TOO_MANY_REQUESTS:
        pause = error.response.headers.get("Retry-After", "")
        return PostError(Trouble.LATER, "ratelimited", float(pause) if pause.isdigit() else _DEFAULT_PAUSE_S)
    if status >= _SERVER_ERROR or not code:
        return PostError(Trouble.UNSURE, f"HTTP {status}")
    trouble = next((trouble for trouble, codes in _TROUBLES.items() if code in codes), Trouble.LATER)
    return PostError(trouble, code, _DEFAULT_PAUSE_S if code == "ratelimited" else None)


def code_of(error: SlackApiError) -> str:
    """Slack's word, such as `channel_not_found`; empty when what came was no answer of Slack's."""
    data = error.response.data if isinstance(error.response, AsyncSlackResponse) else None
    word = data.get("error") if isinstance(data, dict) else None
    return word if isinstance(word, str) else ""


def status_of(error: SlackApiError) -> int:
    """Of HTTP; what claimed to be JSON and wasn't comes as the HTTP client gave it."""
    response = error.response
    return int(response.status_code if isinstance(response, AsyncSlackResponse) else response.status)
