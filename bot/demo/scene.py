"""The demo's people, channels and permissions: a small company with two channels that may copy."""

from bot.demo.page import Role
from bot.demo.slack import Channel, Group, User, Workspace
from commands.text import Text

TEAM = "T0001"
BEIJING = "C0001"
GLOBAL = "C0002"
WANG_LEI = "U0001"
LI_NA = "U0002"
ZHAO_MIN = "U0003"
CHEN_YU = "U0004"
SARAH = "U0005"
GUEST = "U0006"
LEADS = "S0001"
BOT_ADMINS = (ZHAO_MIN,)

PERMISSIONS = f"""\
channels:
  - team: {TEAM}
    channel: {BEIJING}
    source_regions: [cn-north-1]
    destination_regions: [cn-east-2, cn-south-1]
    images: ["img-*"]
    request: [everyone]
    approve: [{LI_NA}, {LEADS}]
    admin: [{ZHAO_MIN}]
    language: zh
  - team: {TEAM}
    channel: {GLOBAL}
    source_regions: ["*"]
    destination_regions: ["*"]
    images: ["img-*"]
    request: [everyone]
    approve: [{LI_NA}, {SARAH}, {LEADS}]
    admin: [{ZHAO_MIN}]
    language: en
"""


CAST = (
    Role(WANG_LEI, Text("申请人", "requester")),
    Role(LI_NA, Text("审批人", "approver")),
    Role(ZHAO_MIN, Text("频道管理员、机器人管理员", "administers channels and the bot")),
    Role(CHEN_YU, Text("ops-leads 成员", "member of ops-leads")),
    Role(SARAH, Text("英文用户，审批人", "English speaker, approver")),
    Role(GUEST, Text("访客", "guest")),
)


def workspace() -> Workspace:
    """The company's Slack."""
    bot = "U0BOT"
    everybody = [WANG_LEI, LI_NA, ZHAO_MIN, CHEN_YU, SARAH, GUEST, bot]
    return Workspace(
        team_id=TEAM,
        name="云岭科技",
        users=[
            User(WANG_LEI, "wanglei", "王磊"),
            User(LI_NA, "lina", "李娜"),
            User(ZHAO_MIN, "zhaomin", "赵敏"),
            User(CHEN_YU, "chenyu", "陈宇"),
            User(SARAH, "sarah", "Sarah Miller", locale="en-US", tz="Europe/London"),
            User(GUEST, "guest", "外包访客", is_restricted=True),
        ],
        groups=[Group(LEADS, "ops-leads", "运维负责人", [LI_NA, CHEN_YU])],
        channels=[
            Channel(BEIJING, "ops-beijing", everybody),
            Channel(GLOBAL, "ops-global", [WANG_LEI, LI_NA, ZHAO_MIN, SARAH, bot]),
            Channel("C0003", "random", [WANG_LEI, LI_NA, ZHAO_MIN, CHEN_YU, SARAH, bot]),
        ],
    )
