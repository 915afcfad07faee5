"""What can be made to go wrong with the cloud's next `copyImages`, each with a name a person can read."""

from dataclasses import dataclass

from bot.demo.jdcloud import Fault, rows
from commands.text import Text


@dataclass(frozen=True)
class Trouble:
    """A fault to copy; `answer` is what the caller gets to see, in short."""

    title: Text
    answer: str
    fault: Fault


_ROWS = {
    "invalid_region": Text("地域无效", "Invalid region"),
    "not_cloud_disk": Text("不是云盘系统盘镜像", "Not a cloud-disk image"),
    "image_status": Text("镜像状态错误", "Wrong image status"),
    "not_private": Text("不是私有镜像", "Not a private image"),
    "task_conflict": Text("与底层镜像任务冲突", "Conflicts with an image task"),
    "busy": Text("镜像正忙", "Image is busy"),
    "encrypted": Text("带有加密快照", "Has an encrypted snapshot"),
    "image_quota": Text("镜像配额不足", "Image quota used up"),
    "snapshot_quota": Text("快照配额不足", "Snapshot quota used up"),
    "not_found": Text("镜像不存在", "Image not found"),
    "internal": Text("内部错误", "Internal error"),
    "unknown_server": Text("未知服务端错误", "Unknown server error"),
    "unauthenticated": Text("签名不被接受", "Signature not accepted"),
    "forbidden": Text("没有调用权限", "Not permitted to call"),
    "rate_limit": Text("调用过于频繁", "Called too often"),
    "bad_gateway": Text("网关错误页面", "Gateway's error page"),
}


def _row_troubles() -> dict[str, Trouble]:
    return {
        row.name: Trouble(_ROWS[row.name], f"{row.http_status} {row.status}".strip(), Fault(error=row.name))
        for row in rows()
    }


TROUBLES = {
    "lost_after": Trouble(
        Text("已生效，但应答丢失", "Answer lost after the effect"), "—", Fault(drop="after")
    ),
    "lost_before": Trouble(
        Text("未生效，连接中断", "Connection cut before the effect"), "—", Fault(drop="before")
    ),
    "slow": Trouble(Text("5 秒后才应答", "Answers after 5 seconds"), "200", Fault(latency_s=5)),
    "hang": Trouble(Text("已生效，一直不应答", "Takes effect, never answers"), "—", Fault(hang=True)),
    "garbage": Trouble(
        Text("已生效，应答无法解析", "Takes effect, answers garbage"), "200", Fault(garbage=True)
    ),
    **_row_troubles(),
}
