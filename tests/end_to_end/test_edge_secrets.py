"""No secret in any log line or answer, whatever goes wrong."""

import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog

from bot.demo.jdcloud import Fault as CloudFault
from bot.demo.scene import BEIJING, LI_NA, WANG_LEI, workspace
from bot.demo.slack import Fault
from bot.demo.world import world
from bot.logs import configure
from tests.end_to_end.stage import SHANGHAI, WEB, image, permissions

SIGNING_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture
def own_logs() -> Iterator[None]:
    """Lets a test set up logging as the bot does, and puts things back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("own_logs")
async def test_no_log_line_and_no_answer_carries_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    space = workspace()
    space.bot_token, space.signing_secret = "xoxb-1234-secret-bot-token", SIGNING_SECRET
    async with world(space, permissions(), transport="http", copy_seconds=1) as made:
        secrets = [
            space.bot_token,
            SIGNING_SECRET,
            made.cloud.access_key,
            made.cloud.secret_key,
        ]
        configure("json", secrets)
        made.cloud.add(image(WEB))
        made.cloud.faults.append(CloudFault("*", times=3, status=500, body=f"{made.cloud.secret_key} oops"))
        made.slack.faults.append(
            Fault(
                "users.info",
                times=10,
                status=500,
                body=f"token={space.bot_token}",
                when=lambda args: bool(args["user"] == LI_NA),
            )
        )
        said = [(await made.slack.type(LI_NA, BEIJING, "/copy-image help")).text]
        said.append((await made.slack.type(WANG_LEI, BEIJING, f"/copy-image {WEB} to {SHANGHAI}")).text)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{made.bot.port}", trust_env=False) as http:
            body = f"token={space.bot_token}&command=%2Fx".encode()
            refused = await http.post("/slack/events", content=body, headers={"X-Slack-Signature": "v0=0"})
            said += [refused.text, (await http.get("/metrics")).text, (await http.get("/readyz")).text]
        await made.slack.wait_for(lambda: made.slack.messages(BEIJING))
        await made.cloud.wait_for(lambda: made.cloud.accepted or len(made.cloud.calls) > 3)
        said += [message.text for message in made.slack.messages(BEIJING)]
    logged = capsys.readouterr().err
    assert "who_is_unknowable" in logged
    assert [secret for secret in secrets if secret in logged + "\n".join(said)] == []
    assert "response/R" not in logged
