"""What the log says while Slack can't be reached: the host, what went wrong, what to check."""

import errno

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import SlackStandIn, Workspace
from bot.slack_away import why_away

URL = "https://user:hidden@slack.example:8443/api/"
KEY = ConnectionKey("proxy.example", 3128, False, True, None, None, None)  # noqa: FBT003 - positional there


def told(error: Exception, setting: str = "SLACK_BOT_TOKEN") -> tuple[str, str, str]:
    said = why_away(error, url=URL, token=setting)
    assert "hidden" not in str(said)
    return said["host"], said["error"], said["check"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "Connect call failed")),
            (
                "proxy.example:3128",
                "Connection refused",
                "the network, the firewall, and the proxy (HTTPS_PROXY)",
            ),
        ),
        (
            aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")),
            ("proxy.example:3128", "Name or service not known", "DNS, and the proxy (HTTPS_PROXY)"),
        ),
        (
            TimeoutError(),
            ("slack.example:8443", "TimeoutError", "the network, the firewall, and the proxy (HTTPS_PROXY)"),
        ),
        (
            aiohttp.ClientConnectorSSLError(KEY, OSError(1, "certificate verify failed")),
            (
                "proxy.example:3128",
                "Operation not permitted",
                "the certificates that this machine trusts (SSL_CERT_FILE), and the proxy (HTTPS_PROXY)",
            ),
        ),
    ],
)
def test_a_network_error_names_the_host_and_what_may_be_in_the_way(
    error: Exception, said: tuple[str, str, str]
) -> None:
    assert told(error) == said


@pytest.mark.parametrize("token", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_that_slack_refuses_is_named_by_its_setting(token: str) -> None:
    async with SlackStandIn(Workspace()) as slack:
        client = AsyncWebClient(token="xoxb-wrong", base_url=slack.api_url, retry_handlers=[])
        with pytest.raises(SlackApiError) as refused:
            await client.auth_test()
    assert told(refused.value, token)[1:] == ("invalid_auth", token)
