"""What people type is read as they meant it, in either language and whatever their keyboard makes of it."""

from datetime import timedelta

import pytest

from commands.clouds.cloud import Region
from commands.parse import parse, type_out
from commands.typed import (
    AuditVerifyCommand,
    CancelCommand,
    Command,
    CopyCommand,
    FormCommand,
    GrantCommand,
    HelpCommand,
    HistoryCommand,
    PauseCommand,
    PermissionsCommand,
    RetryCommand,
    StatusCommand,
    WhyCommand,
)

REGIONS = (
    Region("cn-north-1", "华北-北京", "North China-Beijing"),
    Region("cn-east-1", "华东-宿迁", "East China-Suqian"),
    Region("cn-east-2", "华东-上海", "East China-Shanghai"),
    Region("cn-south-1", "华南-广州", "South China-Guangzhou"),
    Region("cn-west-9", "cn-west-9", "cn-west-9"),
)
ONE = CopyCommand(("img-a",), ("cn-east-2",), None, None)
FROM_BEIJING = CopyCommand(("img-a",), ("cn-east-2",), "cn-north-1", None)
TWO = CopyCommand(("img-a", "img-b"), ("cn-east-2",), None, None)
TWO_PLACES = CopyCommand(("img-a",), ("cn-east-2", "cn-south-1"), None, None)
GROWING = CopyCommand(("img-a",), ("cn-east-2",), None, "扩容")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("img-a to cn-east-2", ONE),
        ("img-a to cn-east-2.", ONE),
        ("/copy-image img-a to cn-east-2", ONE),
        ("img-a to: cn-east-2", ONE),
        ("img-8u2z9kyzdk to cn-west-9", CopyCommand(("img-8u2z9kyzdk",), ("cn-west-9",), None, None)),
        ("img-m5s0test01 to cn-east-2", CopyCommand(("img-m5s0test01",), ("cn-east-2",), None, None)),
        ("img-a from cn-north-1 to cn-east-2", FROM_BEIJING),
        ("img-a to cn-east-2 from cn-north-1", FROM_BEIJING),
        ("img-a从北京到上海", FROM_BEIJING),
        ("img-a 自 华北-北京 至 华东上海", FROM_BEIJING),
        ("img-a，从 Beijing ， 到 Shanghai", FROM_BEIJING),
        ("img-a from beijing to East China - Shanghai", FROM_BEIJING),
        ("img-a img-b to cn-east-2", TWO),
        ("img-a,img-b;img-a to cn-east-2,cn-east-2", TWO),
        ("img-a，img-b 、 img-a到上海和cn-east-2", TWO),
        ("img-a； img-b->cn-east-2", TWO),
        ("img-a and img-b to cn-east-2", TWO),
        ("img-a和img-b到上海", TWO),
        ("img-a\nimg-b\r\nto\ncn-east-2", TWO),
        ("- img-a\n- img-b\n到 上海", TWO),
        ("img-a to cn-east-2 cn-south-1", TWO_PLACES),
        ("img-a to cn-east-2 and 广州", TWO_PLACES),
        ("img-a到上海、广州", TWO_PLACES),
    ],
)
def test_a_copy_is_read_in_every_order_and_with_every_separator(text: str, command: Command) -> None:
    assert parse(text, REGIONS) == command


@pytest.mark.parametrize(
    "text",
    [
        *("img-a -&gt; cn-east-2", "img-a-&gt;cn-east-2", "img-a =&gt; cn-east-2", "img-a=&gt;cn-east-2"),
        *(
            "img-a—&gt;上海",
            "img-a——&gt; 上海",
            "img-a -> 上海",
            "img-a→上海",
            "img-a ⇒ 上海",
            "img-a &gt; 上海",
        ),
    ],
)
def test_an_arrow_means_to_and_is_not_taken_for_a_hyphen(text: str) -> None:
    assert parse(text, REGIONS) == ONE


@pytest.mark.parametrize(
    "text",
    [
        *(
            "IMG-A TO CN-EAST-2",
            "Img-a To ShangHai",
            "ｉｍｇ－ａ　ｔｏ　ｃｎ－ｅａｓｔ－２",
            "“img-a” to ‘cn-east-2’",
        ),
        *("img—a to cn–east‑2", "img−a to cn﹣east‐2", "`img-a` to `cn-east-2`", "「img-a」到「上海」"),
        *(
            "im\u200bg-a t\u00ado cn-ea\u200dst-2\ufeff",
            "\ufeffimg-a\u00a0to\u3000cn-east-2\u2003",
            "img-a\tto\x07cn-east-2",
        ),
    ],
)
def test_width_case_quotes_dashes_and_invisible_characters_do_not_matter(text: str) -> None:
    assert parse(text, REGIONS) == ONE


@pytest.mark.parametrize(
    "text",
    [
        *(
            "img-a到上海因为扩容",
            "img-a 到 上海 因为 扩容",
            "img-a to 上海 because 扩容",
            "img-a到上海原因扩容",
        ),
        *(
            "img-a到上海，原因：扩容",
            "img-a to 上海 reason:扩容",
            "img-a to 上海 Reason: 扩容",
            "img-a到上海因为：扩容",
        ),
    ],
)
def test_a_reason_needs_no_spaces(text: str) -> None:
    assert parse(text, REGIONS) == GROWING


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("because Ａ“b”—C  to cn-south-1\nbecause\u200b 换行 ", "Ａ“b”—C  to cn-south-1\nbecause\u200b 换行"),
        ("because a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("because typed &amp;amp; and &amp;lt;", "typed &amp; and &lt;"),
        (
            "because <@U0002|lina> and <!subteam^S0001|@ops> in <#C0001|ops> agreed",
            "@lina and @ops in #ops agreed",
        ),
        ("because <@U0002> agreed", "<@U0002> agreed"),
        ("because see <https://example.com/?a=1&amp;b=2>", "see https://example.com/?a=1&b=2"),
        ("because <http://example.com|example.com> is full", "example.com is full"),
        ("because :fire: and more", ":fire: and more"),
        ("because" + " x" * 250, ("x " * 250).strip()),
        ("because nul \x00 and half \ud800", "nul \ufffd and half \ufffd"),
    ],
)
def test_a_reason_is_kept_as_typed(sent: str, reason: str) -> None:
    assert parse(f"img-a to cn-east-2 {sent}", REGIONS) == CopyCommand(
        ("img-a",), ("cn-east-2",), None, reason
    )


def test_because_within_an_id_does_not_start_the_reason() -> None:
    expected = CopyCommand(("img-because", "img-to"), ("cn-east-2",), None, "growth because of x")
    assert parse("img-because img-to to cn-east-2 because growth because of x", REGIONS) == expected


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", FormCommand()),
        (" \n\u3000\u200b", FormCommand()),
        *((text, HelpCommand()) for text in ("help", "帮助", "-h", "--help", "—help", "?", "？", "HELP me")),
        *((text, PermissionsCommand()) for text in ("permissions", "权限", "Permissions")),
        *((text, PauseCommand(pause=True)) for text in ("pause", "暂停")),
        *((text, PauseCommand(pause=False)) for text in ("resume", "恢复。")),
        *((text, AuditVerifyCommand()) for text in ("audit verify", "审计 校验", "Audit  Verify")),
        *((text, StatusCommand("cp-7f3k2")) for text in ("status cp-7f3k2", "状态CP-7F3K2", "状态：cp—7f3k2")),
        *((text, CancelCommand("cp-7f3k2")) for text in ("cancel cp-7f3k2", "取消cp-7f3k2", "撤回 cp-7f3k2", "撤销cp-7f3k2")),
        *((text, RetryCommand("cp-7f3k2")) for text in ("retry `cp-7f3k2`", "重试 cp-7f3k2")),
        ("why img-a to 上海?", WhyCommand(("img-a",), ("cn-east-2",), None)),
        ("为什么img-a从北京到上海", WhyCommand(("img-a",), ("cn-east-2",), "cn-north-1")),
        ("why img-a to 上海 because 扩容", WhyCommand(("img-a",), ("cn-east-2",), None)),
        ("emergency img-a to 上海 because 扩容", CopyCommand(("img-a",), ("cn-east-2",), None, "扩容", emergency=True)),
        ("紧急img-a到上海因为扩容", CopyCommand(("img-a",), ("cn-east-2",), None, "扩容", emergency=True)),
    ],
)  # fmt: skip
def test_every_verb_is_read_in_both_languages(text: str, command: Command) -> None:
    assert parse(text, REGIONS) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("grant <@U0002|lina> request", GrantCommand(give=True, right="request", principal="U0002")),
        ("grant <@W0002> admin", GrantCommand(give=True, right="admin", principal="W0002")),
        (
            "grant approve to <!subteam^S0001|@ops>",
            GrantCommand(give=True, right="approve", principal="S0001"),
        ),
        ("grant everyone request", GrantCommand(give=True, right="request", principal="everyone")),
        ("grant &lt;@U0002&gt; request", GrantCommand(give=True, right="request", principal="U0002")),
        ("授权 所有人 申请", GrantCommand(give=True, right="request", principal="everyone")),
        ("授权<@U0002>审批", GrantCommand(give=True, right="approve", principal="U0002")),
        ("授权 @所有人 批准", GrantCommand(give=True, right="approve", principal="everyone")),
        ("revoke <@U0002> approve", GrantCommand(give=False, right="approve", principal="U0002")),
        ("收回 <!subteam^S0001> 管理", GrantCommand(give=False, right="admin", principal="S0001")),
    ],
)
def test_grants_take_people_groups_and_everyone(text: str, command: Command) -> None:
    assert parse(text, REGIONS) == command


WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("history", HistoryCommand()),
        ("历史", HistoryCommand()),
        ("history mine last 7d", HistoryCommand(mine=True, last=WEEK)),
        ("历史 我的 最近 7 天", HistoryCommand(mine=True, last=WEEK)),
        ("历史我的最近７天", HistoryCommand(mine=True, last=WEEK)),
        ("history 1w all", HistoryCommand(everywhere=True, last=WEEK)),
        ("历史 全部 24小时", HistoryCommand(everywhere=True, last=timedelta(days=1))),
        ("history last 30m", HistoryCommand(last=timedelta(minutes=30))),
        ("history last 7 days", HistoryCommand(last=WEEK)),
        ("history <@U0002|lina>", HistoryCommand(user="U0002")),
        ("history img-a 上海 failed", HistoryCommand(image="img-a", region="cn-east-2", states=("failed",))),
        ("history ready and failed, checking", HistoryCommand(states=("checking", "ready", "failed"))),
    ],
)
def test_history_takes_its_filters_in_any_order(text: str, command: Command) -> None:
    assert parse(text, REGIONS) == command


@pytest.mark.parametrize(
    ("names", "states"),
    [
        (("checking", "Checking", "检查中"), ("checking",)),
        (("waiting", "Waiting for approval", "待批准"), ("waiting",)),
        (("approved", "Approved", "已批准"), ("approved",)),
        (("Submitting", "提交中"), ("copying",)),
        (("copying", "Copying"), ("copying", "watching")),
        (("watching", "复制中"), ("watching",)),
        (("ready", "Ready", "已完成"), ("ready",)),
        (("partly_ready", "Partly ready", "部分完成"), ("partly_ready",)),
        (("failed", "Failed", "失败"), ("failed",)),
        (("invalid", "Can't be copied", "Can’t be copied", "无法复制"), ("invalid",)),
        (("rejected", "Rejected", "已驳回"), ("rejected",)),
        (("cancelled", "Canceled", "已撤回"), ("cancelled",)),
        (("expired", "Expired", "已过期"), ("expired",)),
        (("unknown", "Needs a look", "待确认"), ("unknown",)),
    ],
)
def test_history_knows_each_state_by_value_and_by_both_names(
    names: tuple[str, ...], states: tuple[str, ...]
) -> None:
    assert [parse(f"history {name}", REGIONS) for name in names] == [HistoryCommand(states=states)] * len(
        names
    )


def test_a_city_that_two_regions_share_names_neither() -> None:
    regions = (
        Region("cn-north-1", "华北-北京", "North-Beijing"),
        Region("cn-north-3", "华北三-北京", "North 3-Beijing"),
    )
    assert not isinstance(parse("img-a to 北京", regions), CopyCommand)
    assert parse("img-a to 华北三-北京", regions) == CopyCommand(("img-a",), ("cn-north-3",), None, None)


def test_a_command_is_typed_out_in_its_plainest_form() -> None:
    copy = CopyCommand(
        ("img-a", "img-b"), ("cn-east-2", "cn-south-1"), "cn-north-1", "a < b & c", emergency=True
    )
    assert type_out(copy) == "emergency img-a img-b from cn-north-1 to cn-east-2,cn-south-1 because a < b & c"
    history = HistoryCommand(
        mine=True, user="U0002", states=("copying", "watching"), last=timedelta(hours=36)
    )
    assert type_out(history) == "history mine <@U0002> copying last 36h"
    assert (
        type_out(GrantCommand(give=False, right="admin", principal="S0001"))
        == "revoke <!subteam^S0001> admin"
    )
