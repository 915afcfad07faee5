"""Why Slack isn't connected, for the log: which host, what went wrong, and what to check; no secret."""

import os
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack_trouble import code_of, status_of

_OF_THE_TOKEN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "missing_scope",
    }
)
_NETWORK = "the network, the firewall, and the proxy (HTTPS_PROXY)"


def why_away(error: Exception, *, url: str, token: str) -> dict[str, str]:
    """The fields of a line in the log.

    An error's own words are left out: those about a socket have its address, which lets its holder in.

    Args:
        url: what was called, where the error doesn't say.
        token: the setting whose token was shown.
    """
    return {"host": _host(error) or urlsplit(url).netloc.rpartition("@")[2], **_error(error, token)}


def _host(error: Exception) -> str:
    """That of the proxy, where it's the proxy that can't be reached."""
    return f"{error.host}:{error.port}" if isinstance(error, aiohttp.ClientConnectorError) else ""


def _error(error: Exception, token: str) -> dict[str, str]:
    if not isinstance(error, SlackApiError):
        return {"error": _said(error), "check": _check(error)}
    code = code_of(error)
    if not code:
        return {
            "error": f"HTTP {status_of(error)}, not as Slack answers",
            "check": "SLACK_API_URL, the proxy",
        }
    return {"error": code, "check": token if code in _OF_THE_TOKEN else "nothing yet: it is tried again"}


def _said(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError) and error.strerror:
        return error.strerror
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__


def _check(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "DNS, and the proxy (HTTPS_PROXY)"
    if isinstance(error, aiohttp.ClientSSLError):
        return "the certificates that this machine trusts (SSL_CERT_FILE), and the proxy (HTTPS_PROXY)"
    return _NETWORK
