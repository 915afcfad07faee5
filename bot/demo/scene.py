"""The demo's people, channels, images and permissions: a small company with two channels."""

from datetime import datetime, timedelta

from bot.demo.jdcloud import CloudStandIn, Image
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
    Role(ZHAO_MIN, Text("频道管理员", "channel administrator")),
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


def images(now: datetime) -> list[Image]:
    """Private images in three regions; some can't be copied, each for another reason."""
    day = timedelta(days=1)
    beijing = "cn-north-1"
    return [
        Image(id="img-8u2z9kyzdk", name="web-base-0915", region=beijing, created_at=now - 70 * day),
        Image(
            id="img-p3f0c1x7ab",
            name="api-base-0915",
            region=beijing,
            os="Ubuntu 22.04 64位",
            size_gb=60,
            data_disks=1,
            created_at=now - 70 * day,
        ),
        Image(
            id="img-d41k0m2v7q", name="db-base-1101", region=beijing, size_gb=100, created_at=now - 23 * day
        ),
        Image(
            id="img-e6t9w3r5yc", name="vault-base", region=beijing, encrypted=True, created_at=now - 30 * day
        ),
        Image(
            id="img-l0c4ld1skx",
            name="legacy-local",
            region=beijing,
            root_device_type="localDisk",
            created_at=now - 400 * day,
        ),
        Image(
            id="img-busy2n8h6s",
            name="batch-base",
            region=beijing,
            plays="image_quota",
            created_at=now - 12 * day,
        ),
        Image(id="img-sh5a7n9g1h", name="edge-base", region="cn-east-2", created_at=now - 5 * day),
        Image(id="img-gz3u4h0u6k", name="cdn-base", region="cn-south-1", created_at=now - 8 * day),
    ]


def fill(cloud: CloudStandIn, now: datetime) -> None:
    """Put the images where they belong."""
    for image in images(now):
        cloud.add(image)
