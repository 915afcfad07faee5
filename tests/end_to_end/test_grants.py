"""Permissions from inside Slack: what holds, who changes it and how, and what everybody reads about it."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

import pytest

from bot.demo.scene import BEIJING, CHEN_YU, GUEST, LEADS, LI_NA, SARAH, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Fault
from bot.demo.slack.wire import Json
from commands.rule import Rule
from store import audit
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, WEB, Stage, on_stage, permissions
from tests.end_to_end.test_people import UNKNOWABLE
from tests.end_to_end.windows import change_rule, inputs, rule_of, said, sent, whispered, window

RANDOM = "C0003"
PERMISSIONS = "/copy-image permissions"


async def editing(stage: Stage, user: str = ZHAO_MIN, channel: str = BEIJING) -> Json:
    """The permission form, by the button below what holds."""
    slack = stage.world.slack
    reply = await slack.type(user, channel, PERMISSIONS)
    assert reply.ts is not None
    await slack.press(user, channel, reply.ts, "permissions_edit")
    return window(stage, user)


def announced(stage: Stage, channel: str = BEIJING) -> list[str]:
    """What the channel was told about its permissions."""
    messages = stage.world.slack.messages(channel)
    return [m.text for m in messages if "notice_id" in (m.metadata or {}).get("event_payload", {})]


async def trail(stage: Stage) -> list[str]:
    """Who changed permissions, as the audit trail has it."""
    ports = stage.world.bot.ports
    return await ports.db.read(lambda tx: [e.actor for e in audit.entries(tx) if e.kind == "permissions"])


async def test_what_holds_is_said_in_words_to_whoever_may_look() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, LEADS], max_images=20) as stage:
        text = await stage.type(WANG_LEI, PERMISSIONS)
        assert text.splitlines()[:-1] == [
            "此频道的镜像复制权限",
            "可以申请：所有人",
            "可以复制：从 `cn-north-1` 华北-北京 到 `cn-east-2` 华东-上海、`cn-south-1` 华南-广州",
            "可以复制的镜像：`img-*`",
            "每个申请需 1 人批准：<@U0002>、<!subteam^S0001>",
            "申请人不能批准自己的申请",
            "24 小时内无人批准则失效，2 小时后开始提醒",
            "每个申请最多 20 个镜像",
            "可以管理权限：<@U0003>",
            "频道语言：中文",
        ]
        assert text.splitlines()[-1].startswith("最近更改：权限文件，<!date^")


async def test_what_holds_is_said_in_the_reader_s_language() -> None:
    async with on_stage(
        approvals=0, reason_required=True, daily_images=5, open_requests=1, allow_shared=True
    ) as stage:
        text = await stage.type(SARAH, PERMISSIONS)
        assert text.splitlines()[1:-1] == [
            "May request: everyone",
            "Allowed: from `cn-north-1` Beijing to `cn-east-2` Shanghai, `cn-south-1` Guangzhou",
            "Images: `img-*`",
            "No approval is needed",
            "A request needs a reason",
            "At most 50 images in one request",
            "At most 5 images per person in 24 hours",
            "At most 1 open request per person",
            "Shared images may be copied",
            "May administer: <@U0003>",
            "Channel language: Chinese",
            "⚠️ No approval is needed: whoever may request also copies",
        ]


@pytest.mark.parametrize(("user", "edits"), [(WANG_LEI, []), (LI_NA, []), (ZHAO_MIN, ["permissions_edit"])])
async def test_only_administrators_get_the_button(user: str, edits: list[str]) -> None:
    async with on_stage() as stage:
        reply = await stage.world.slack.type(user, BEIJING, PERMISSIONS)
        assert [
            e["action_id"] for b in reply.blocks for e in b.get("elements", []) if "action_id" in e
        ] == edits


async def test_a_guest_without_a_right_may_not_look() -> None:
    async with on_stage() as stage:
        assert (await stage.type(GUEST, PERMISSIONS)).startswith(
            "访客账号在此频道没有这项权限（规则 request）。"
        )


async def test_a_grant_holds_at_once_and_the_channel_is_told() -> None:
    async with on_stage(request=[LI_NA]) as stage:
        assert "没有申请复制镜像的权限" in await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        answer = await stage.type(ZHAO_MIN, "/copy-image grant @wanglei request")
        assert answer.splitlines()[:2] == [
            "已更改此频道的权限，并会在频道中公布：",
            "<@U0001> 可以申请复制镜像。",
        ]
        assert "已受理" in await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        await stage.quiet()
        assert announced(stage) == ["<@U0003> 更改了此频道的镜像复制权限\n<@U0001> 可以申请复制镜像。"]
        assert await trail(stage) == ["file", ZHAO_MIN]


async def test_a_revoked_right_is_gone_at_once() -> None:
    async with on_stage(request=[WANG_LEI, LI_NA]) as stage:
        await stage.type(ZHAO_MIN, "/copy-image revoke @wanglei request")
        assert "没有申请复制镜像的权限" in await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}")
        rule = await rule_of(stage)
        assert rule is not None
        assert rule.request == [LI_NA]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("grant @lina approve", "<@U0002> 已有此权限（`approve`），无需更改。"),
        (
            "grant everyone approve",
            "所有人只能获得申请权限（request）；审批与管理须指定人员或用户组。",
        ),
        (
            "grant everyone admin",
            "所有人只能获得申请权限（request）；审批与管理须指定人员或用户组。",
        ),
        ("grant @guest admin", "<@U0006> 是访客，只能申请，不能审批或管理。"),
        (
            "revoke @wanglei request",
            "规则 `request` 没有单独列出 <@U0001>，因此没有更改。\n<@U0001> 仍有此权限，来自：所有人",
        ),
        ("revoke @sarah admin", "规则 `admin` 没有单独列出 <@U0005>，因此没有更改。"),
        (
            "revoke @zhaomin admin",
            "这样此频道就没有管理员了。请先授权另一位管理员，再收回。",
        ),
        (
            "grant <!subteam^S0999> approve",
            "此工作区没有用户组 `S0999`，因此没有更改。请输入 @ 并选择一个用户组。",
        ),
    ],
)
async def test_what_changes_nothing_says_why(line: str, answer: str) -> None:
    async with on_stage() as stage:
        before = await rule_of(stage)
        assert await stage.type(ZHAO_MIN, f"/copy-image {line}") == answer
        assert await rule_of(stage) == before
        assert await trail(stage) == ["file"]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (
            {"error": "plan_upgrade_required"},
            (
                "无法从 Slack 读取用户组 <!subteam^S0001> 的成员，因此没有更改。"
                "请让机器人管理员运行 `copy-image-bot check`，或逐个授权。"
            ),
        ),
        ({"status": 500}, UNKNOWABLE),
    ],
    ids=["never", "not now"],
)
async def test_a_group_that_can_t_be_read_gets_no_right(fault: dict[str, Any], answer: str) -> None:
    async with on_stage() as stage:
        before = await rule_of(stage)
        stage.world.slack.faults.append(Fault("usergroups.users.list", times=9, **fault))
        assert await stage.type(ZHAO_MIN, f"/copy-image grant <!subteam^{LEADS}> request") == answer
        assert await rule_of(stage) == before


async def test_a_revoked_approver_who_is_in_a_named_group_is_said_to_be_one_still() -> None:
    async with on_stage(approvals=1, approve=[LI_NA, LEADS]) as stage:
        answer = await stage.type(ZHAO_MIN, "/copy-image revoke @lina approve")
        assert answer.splitlines()[-1] == "<@U0002> 仍有此权限，来自：<!subteam^S0001>"


async def test_the_last_approver_s_leaving_is_a_caution() -> None:
    async with on_stage(approvals=1) as stage:
        answer = await stage.type(ZHAO_MIN, "/copy-image revoke @lina approve")
        assert answer.splitlines()[-1] == "⚠️ 没有人可以批准，申请只会失效（规则 approve 为空）"


@pytest.mark.parametrize(
    ("user", "answer"),
    [
        (WANG_LEI, "只有频道管理员可以这样做（规则 admin）。\n可以这样做的人：<@U0003>"),
        (SARAH, "Only the channel's administrators can do this (rule: admin).\nPeople who can: <@U0003>"),
        (GUEST, "访客账号在此频道没有这项权限（规则 admin）。\n可以这样做的人：<@U0003>"),
    ],
)
async def test_only_administrators_grant(user: str, answer: str) -> None:
    async with on_stage() as stage:
        assert await stage.type(user, "/copy-image grant @wanglei admin") == answer
        assert await trail(stage) == ["file"]


async def test_the_same_grant_delivered_twice_takes_effect_once() -> None:
    async with on_stage(request=[LI_NA], transport="http") as stage:
        slack = stage.world.slack
        await stage.type(ZHAO_MIN, "/copy-image grant @wanglei request")
        again = slack.delivered[-1].payload
        await stage.type(ZHAO_MIN, "/copy-image revoke @wanglei request")
        answer = await slack.deliver("slash_commands", again)
        assert "<@U0001> 可以申请复制镜像。" in answer.body["text"]
        rule = await rule_of(stage)
        assert rule is not None
        assert rule.request == [LI_NA]
        assert await trail(stage) == ["file", ZHAO_MIN, ZHAO_MIN]


async def test_grants_at_the_same_moment_are_all_kept() -> None:
    async with on_stage(request=[]) as stage:
        await stage.type(ZHAO_MIN, "/copy-image grant @sarah admin")
        await asyncio.gather(
            *(stage.type(ZHAO_MIN, f"/copy-image grant @{name} request") for name in ("wanglei", "chenyu")),
            *(stage.type(SARAH, f"/copy-image grant @{name} request") for name in ("lina", "guest")),
        )
        rule = await rule_of(stage)
        assert rule is not None
        assert sorted(rule.request) == [WANG_LEI, LI_NA, CHEN_YU, GUEST]


@pytest.mark.parametrize("line", ["permissions", "grant @lina approve"])
async def test_in_a_direct_message_there_are_no_permissions(line: str) -> None:
    async with on_stage() as stage:
        assert await stage.type(ZHAO_MIN, f"/copy-image {line}", ZHAO_MIN) == (
            "权限按频道设置，请在频道中使用此命令。"
        )


async def test_an_untouched_form_changes_nothing() -> None:
    file = permissions(
        approve=[LEADS, LI_NA],
        request=["everyone", WANG_LEI],
        images=["img-*", "name:web-*"],
        remind_after="0",
    )
    async with on_stage(permission_file=file) as stage:
        before = await rule_of(stage)
        await editing(stage)
        answer = await sent(stage, ZHAO_MIN)
        assert answer == {
            "response_action": "errors",
            "errors": {"request": "权限没有变化，无需保存。"},
        }
        assert await rule_of(stage) == before


async def test_the_form_shows_what_holds() -> None:
    async with on_stage(approve=[LEADS, LI_NA], confirm_regions=[SHANGHAI], approvals=1) as stage:
        view = await editing(stage)
        fields = inputs(view)
        assert view["callback_id"] == "permissions"
        assert set(Rule.model_fields) <= set(fields)
        assert {element["action_id"] for element in fields.values()} == {"value"}
        assert fields["approve"]["initial_users"] == [LI_NA]
        groups = [(o["value"], o["text"]["text"]) for o in fields["approve_groups"]["options"]]
        assert groups == [(LEADS, "@ops-leads")]
        assert [o["value"] for o in fields["request_groups"]["initial_options"]] == ["everyone"]
        assert [o["value"] for o in fields["destination_regions"]["initial_options"]] == [SHANGHAI, GUANGZHOU]
        assert [o["value"] for o in fields["confirm_regions"]["initial_options"]] == [SHANGHAI]
        assert fields["expires_after"]["initial_value"] == "24h"


async def test_a_change_is_shown_in_words_and_only_then_saved_and_announced() -> None:
    async with on_stage(approvals=1) as stage:
        before = await rule_of(stage)
        await editing(stage)
        answer = await sent(
            stage,
            ZHAO_MIN,
            request=[WANG_LEI],
            request_groups=[],
            approve_groups=[LEADS],
            images="img-a*\nname:web-*",
            approvals="２",
            expires_after="3 d",
            self_approval="true",
            language="en",
        )
        assert answer["response_action"] == "push"
        lines = said(answer["view"]).splitlines()
        effect = [
            "<@U0001> 可以申请复制镜像。",
            "所有人不能再申请复制镜像。",
            "<!subteam^S0001> 可以审批申请。",
            "可以复制镜像 `img-a*`、`name:web-*`。",
            "不能再复制镜像 `img-*`。",
            "每个申请需要的批准人数：`1` → `2`",
            "申请人可以批准自己的申请：否 → 是",
            "多久无人批准则失效：24 小时 → 3 天",
            "此频道的语言：中文 → 英文",
        ]
        assert lines == ["*保存后（会在频道中公布）：*", *effect]
        assert await rule_of(stage) == before
        known = len(whispers_of(stage, ZHAO_MIN))
        assert await sent(stage, ZHAO_MIN) == {"response_action": "clear"}
        assert (await whispered(stage, ZHAO_MIN, known=known)).splitlines()[1:] == effect
        after = await rule_of(stage)
        assert after is not None
        assert (after.request, after.approve, after.approvals) == ([WANG_LEI], [LI_NA, LEADS], 2)
        await stage.quiet()
        assert [text.splitlines()[0] for text in announced(stage)] == [
            "<@U0003> changed this channel's permissions to copy images"
        ]
        assert await trail(stage) == ["file", ZHAO_MIN]


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        (
            {"approvals": "two", "max_images": "0", "expires_after": "0", "remind_after": "2 小时"},
            {
                "approvals": "two 不正确。须为 0 到 20 的整数。",
                "max_images": "0 不正确。须为 1 到 100 的整数。",
                "remind_after": "2小时 不正确。须为时长，数字后加 s、m、h 或 d，例如 2h；0 表示不提醒。",
            },
        ),
        (
            {"expires_after": "0"},
            {"expires_after": "0 不正确。须为时长，数字后加 s、m、h 或 d，例如 24h，不能为 0。"},
        ),
        (
            {"destination_regions": ["*", SHANGHAI]},
            {
                "destination_regions": "*, cn-east-2 不正确。须为地域 ID 的列表，不可重复，"
                '例如 [cn-north-1, cn-east-2]，或 ["*"] 表示任意地域。'
            },
        ),
        (
            {"approvals": "0", "confirm_regions": [SHANGHAI]},
            {
                "confirm_regions": 'cn-east-2 不正确。须为地域 ID 的列表，不可重复，或 ["*"]；'
                "approvals 为 0 时没有人输入地域，因此须为空。"
            },
        ),
        (
            {"admin": [], "admin_groups": []},
            {"admin": "这样此频道就没有管理员了。请先授权另一位管理员，再收回。"},
        ),
        (
            {"approve": [LI_NA, GUEST], "request": [GUEST]},
            {"approve": "这些人是访客、机器人或已停用，不能有此权限：@guest"},
        ),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    entered: dict[str, str | list[str]], errors: dict[str, str]
) -> None:
    async with on_stage(approvals=1, admin=[ZHAO_MIN]) as stage:
        before = await rule_of(stage)
        await editing(stage)
        known = {key: value for key, value in entered.items() if key in inputs(window(stage, ZHAO_MIN))}
        answer = await sent(stage, ZHAO_MIN, **known)
        assert answer == {"response_action": "errors", "errors": errors}
        assert await rule_of(stage) == before


async def test_of_two_editors_the_second_is_asked_to_open_the_form_again() -> None:
    async with on_stage(admin=[ZHAO_MIN, SARAH]) as stage:
        await editing(stage)
        await editing(stage, SARAH)
        await sent(stage, SARAH, max_images="10")
        await sent(stage, SARAH)
        answer = await sent(stage, ZHAO_MIN, max_images="20")
        assert answer["errors"] == {
            "request": "您打开此窗口后，此频道的权限已被更改。请关闭后重新打开再修改。"
        }
        rule = await rule_of(stage)
        assert rule is not None
        assert rule.max_images == 10


async def test_a_change_between_summary_and_saving_is_not_overwritten() -> None:
    async with on_stage(admin=[ZHAO_MIN, SARAH]) as stage:
        await editing(stage, SARAH)
        await sent(stage, SARAH, max_images="20")
        await stage.type(ZHAO_MIN, "/copy-image grant @lina admin")
        answer = await sent(stage, SARAH)
        assert answer["response_action"] == "update"
        assert said(answer["view"]) == (
            "This channel's permissions have changed since you opened this window. Close it and open it again."
        )
        rule = await rule_of(stage)
        assert rule is not None
        assert (rule.max_images, rule.admin) == (50, [ZHAO_MIN, SARAH, LI_NA])


async def test_who_no_longer_administers_saves_nothing() -> None:
    async with on_stage(admin=[ZHAO_MIN, SARAH]) as stage:
        await editing(stage, SARAH)
        await sent(stage, SARAH, max_images="20")
        await change_rule(stage, admin=[ZHAO_MIN])
        answer = await sent(stage, SARAH)
        assert said(answer["view"]).startswith("Only the channel's administrators can do this")
        assert (await sent_from_below(stage, SARAH))["response_action"] == "push"
        rule = await rule_of(stage)
        assert rule is not None
        assert rule.max_images == 50


async def sent_from_below(stage: Stage, user: str) -> Json:
    """Close what only says something, and send the form below it again."""
    await stage.world.slack.close(user)
    return await sent(stage, user)


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_summary_confirmed_twice_saves_once(transport: Literal["socket", "http"]) -> None:
    async with on_stage(transport=transport) as stage:
        await editing(stage)
        await sent(stage, ZHAO_MIN, max_images="20")
        await sent(stage, ZHAO_MIN)
        again = stage.world.slack.delivered[-1].payload
        await stage.type(ZHAO_MIN, "/copy-image grant @chenyu admin")
        answer = await stage.world.slack.deliver("interactive", {**again, "trigger_id": "another"})
        assert answer.body == {"response_action": "clear"}
        assert await trail(stage) == ["file", ZHAO_MIN, ZHAO_MIN]


async def test_user_groups_that_slack_does_not_list_stay_as_they_were() -> None:
    async with on_stage(approve=[LEADS], approvals=1) as stage:
        stage.world.slack.faults.append(Fault("usergroups.list", error="missing_scope"))
        fields = inputs(await editing(stage))
        assert [o["text"]["text"] for o in fields["approve_groups"]["options"]] == [LEADS]
        assert "admin_groups" not in fields
        await sent(stage, ZHAO_MIN, max_images="20")
        await sent(stage, ZHAO_MIN)
        rule = await rule_of(stage)
        assert rule is not None
        assert (rule.approve, rule.max_images) == ([LEADS], 20)


async def test_a_form_that_slack_does_not_open_is_explained() -> None:
    async with on_stage() as stage:
        slack = stage.world.slack
        reply = await slack.type(ZHAO_MIN, BEIJING, PERMISSIONS)
        slack.faults.append(Fault("views.open", error="expired_trigger_id"))
        await slack.press(ZHAO_MIN, BEIJING, str(reply.ts), "permissions_edit")
        await slack.wait_for(lambda: whispers_of(stage, ZHAO_MIN)[1:])
        assert whispers_of(stage, ZHAO_MIN)[-1].startswith("Slack 没有及时打开窗口")


def whispers_of(stage: Stage, user: str) -> Sequence[str]:
    return [whisper.text for whisper in stage.world.slack.whispers(user)]


async def test_a_channel_that_is_not_set_up_says_who_can_set_it_up() -> None:
    async with on_stage(bot_admins=(SARAH,)) as stage:
        refusal = "此频道尚未开通镜像复制，不允许任何操作。\n请联系 <@U0005> 进行设置。"
        for line in ("permissions", "grant @wanglei request"):
            assert await stage.type(ZHAO_MIN, f"/copy-image {line}", RANDOM) == refusal
        answer = await stage.type(SARAH, "/copy-image grant @zhaomin admin", RANDOM)
        assert answer == (
            "Copying images is not set up in this channel. "
            "Set it up first with `/copy-image permissions`, then grant rights."
        )
        assert await rule_of(stage, RANDOM) is None


async def test_a_bot_administrator_sets_up_a_channel_that_its_own_administrator_then_runs() -> None:
    async with on_stage(bot_admins=(SARAH,)) as stage:
        view = await editing(stage, SARAH, RANDOM)
        assert inputs(view)["admin"]["initial_users"] == [SARAH]
        await sent(
            stage,
            SARAH,
            request_groups=["everyone"],
            approve=[LI_NA],
            admin=[ZHAO_MIN],
            images="img-*",
            destination_regions=[SHANGHAI],
            approvals="1",
        )
        assert window(stage, SARAH)["title"]["text"] == "Confirm the set-up"
        assert (await sent(stage, SARAH)) == {"response_action": "clear"}
        await stage.quiet()
        assert announced(stage, RANDOM)[0].splitlines() == [
            "<@U0005> 为此频道开通了镜像复制",
            "可以申请：所有人",
            "可以复制：从 `cn-north-1` 到 `cn-east-2`",
            "可以复制的镜像：`img-*`",
            "每个申请需 1 人批准：<@U0002>",
            "申请人不能批准自己的申请",
            "24 小时内无人批准则失效，2 小时后开始提醒",
            "每个申请最多 50 个镜像",
            "可以管理权限：<@U0003>",
            "频道语言：中文",
            "每人 24 小时内申请的镜像数不限",
            "每人未完成的申请数不限",
        ]
        await stage.type(ZHAO_MIN, "/copy-image grant @chenyu approve", RANDOM)
        rule = await rule_of(stage, RANDOM)
        assert rule is not None
        assert (rule.approve, rule.admin) == ([LI_NA, CHEN_YU], [ZHAO_MIN])
        answer = await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI}", RANDOM)
        assert answer.startswith("已受理")
        await stage.quiet()
        assert await stage.state() == "waiting"


async def test_a_bot_administrator_may_leave_a_channel_to_the_bot_s_administrators() -> None:
    async with on_stage(bot_admins=(SARAH,)) as stage:
        answer = await stage.type(SARAH, "/copy-image revoke @zhaomin admin")
        assert answer.splitlines()[-1].startswith("⚠️ There is no channel administrator")
