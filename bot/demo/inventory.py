"""What the demo's cloud account has: private images in three regions, and room for more."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.demo.jdcloud import CloudStandIn, Image

_SOURCE = "cn-north-1"
_IMAGE_QUOTA = 20
_SNAPSHOT_QUOTA = 60
_ZONE = ZoneInfo("Asia/Shanghai")


class _Base(NamedTuple):
    """An image that can be copied; its name ends in the day on which it was made."""

    id: str
    name: str
    os: str
    size_gb: int
    data_disks: int
    days_old: int


_COPYABLE = (
    _Base("img-8u2z9kyzdk", "web-base", "CentOS 7.9 64位", 40, 0, 70),
    _Base("img-p3f0c1x7ab", "api-base", "Ubuntu 22.04 64位", 60, 1, 70),
    _Base("img-d41k0m2v7q", "db-base", "CentOS 7.9 64位", 100, 1, 23),
    _Base("img-w4t7b2k9xe", "web-base", "CentOS 7.9 64位", 40, 0, 14),
    _Base("img-a6n1v8q3zs", "api-base", "Ubuntu 22.04 64位", 60, 1, 14),
    _Base("img-r2y5h0m7cd", "redis-node", "Debian 12.5 64位", 40, 0, 41),
    _Base("img-k9e3x6p1wf", "kafka-broker", "Rocky Linux 8.9 64位", 80, 2, 37),
    _Base("img-n7g4s0t2jb", "nginx-gateway", "Ubuntu 22.04 64位", 40, 0, 33),
    _Base("img-n1d8q5z6hv", "nginx-gateway", "Ubuntu 24.04 64位", 40, 0, 33),
    _Base("img-j5c0r9w8ty", "ci-runner", "Ubuntu 24.04 64位", 120, 0, 19),
    _Base("img-m3b7f2y4kp", "log-collector", "Debian 12.5 64位", 60, 0, 52),
    _Base("img-g8x1n6e5aq", "gpu-train", "Ubuntu 22.04 64位", 200, 1, 9),
    _Base("img-v0h9z3d7sm", "office-proxy", "Windows Server 2019 数据中心版 64位 中文版", 60, 0, 88),
    _Base("img-t6k2j4c8rn", "monitor", "Rocky Linux 9.3 64位", 40, 0, 4),
)


def images(now: datetime) -> list[Image]:
    """The account's images; two have the same name, and some can't be copied, each for another reason."""

    def made(identity: str, name: str, days: int, region: str = _SOURCE, **facts: Any) -> Image:
        return Image(id=identity, name=name, region=region, created_at=now - timedelta(days=days), **facts)

    return [
        *(_copyable(base, now) for base in _COPYABLE),
        made("img-e6t9w3r5yc", "vault-base", 30, encrypted=True),
        made("img-l0c4ld1skx", "legacy-local", 400, root_device_type="localDisk"),
        made("img-busy2n8h6s", "quota-demo", 12, plays="image_quota"),
        made("img-sh5a7n9g1h", "edge-base", 5, "cn-east-2"),
        made("img-gz3u4h0u6k", "cdn-base", 8, "cn-south-1"),
    ]


def fill(cloud: CloudStandIn, now: datetime) -> None:
    """Put the images where they belong, with room in every region for copies of them all."""
    for region, kind in list(cloud.quotas):
        cloud.quotas[region, kind] = _IMAGE_QUOTA if kind == "image" else _SNAPSHOT_QUOTA
    for image in images(now):
        cloud.add(image)


def _copyable(base: _Base, now: datetime) -> Image:
    created = now - timedelta(days=base.days_old)
    return Image(
        id=base.id,
        name=f"{base.name}-{created.astimezone(_ZONE):%m%d}",
        region=_SOURCE,
        os=base.os,
        size_gb=base.size_gb,
        data_disks=base.data_disks,
        created_at=created,
    )
