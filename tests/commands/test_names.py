"""People and regions within a sentence."""

import pytest

from bot.blocks import mrkdwn
from commands import names
from commands.text import Line


@pytest.mark.parametrize(
    ("principals", "count", "zh", "en"),
    [
        (["U1"], 1, "<@U1>", "<@U1>"),
        (["U1", "U2"], 1, "<@U1> 或 <@U2>", "<@U1> or <@U2>"),
        (["U1", "U2"], 2, "<@U1> 和 <@U2>", "<@U1> and <@U2>"),
        (["U1", "W2", "U3"], 3, "<@U1>、<@W2> 和 <@U3>", "<@U1>, <@W2> and <@U3>"),
        (["U1", "U2", "U3"], 2, "<@U1>、<@U2>、<@U3> 中任意 2 人", "any 2 of <@U1>, <@U2>, <@U3>"),
        (["U1", "S1"], 2, "<@U1>、<!subteam^S1> 中任意 2 人", "any 2 of <@U1>, <!subteam^S1>"),
        (["S1"], 2, "<!subteam^S1>", "<!subteam^S1>"),
        ([], 1, "（无人）", "(nobody)"),
    ],
)
def test_how_many_of_them_are_needed_can_be_read_off(
    principals: list[str], count: int, zh: str, en: str
) -> None:
    assert mrkdwn(Line((names.some_of(principals, count, "zh"),))) == zh
    assert mrkdwn(Line((names.some_of(principals, count, "en"),))) == en
