"""Says in both languages, for every fault of the cloud, what happened and what to do about it."""

from commands.clouds.cloud import Fault
from commands.text import Code, Language, Line, Span, Spans, Text

_AGAIN = Text(
    zh="稍后将自动重试，您无需操作",
    en="It will be tried again by itself in a while; there is nothing you need to do.",
)
_LOOKING = Text(
    zh="正在 {destination} 查找新镜像，确认之前不会重复提交",
    en="The new image is being looked for in {destination}; nothing is sent again before that is certain.",
)
_LOOKING_THEN_TICKET = Text(
    zh="正在 {destination} 查找新镜像，确认之前不会重复提交。若确认未复制，届时可以重试；如果多次尝试失败，请提交工单",
    en="The new image is being looked for in {destination}; nothing is sent again before that is certain. "
    "If it wasn't copied, you can try again then; if that fails several times, open a ticket with JD Cloud.",
)

_TEXTS: dict[Fault, tuple[Text, Text]] = {
    Fault.INVALID_REGION: (
        Text(
            zh="未能复制 {images}：地域参数错误，京东云不接受从 {source} 到 {destination} 的复制",
            en="{images} couldn't be copied: wrong region, JD Cloud doesn't accept {source} to {destination}.",
        ),
        Text(zh="请核对源地域与目标地域后重新申请", en="Check both regions, then ask again."),
    ),
    Fault.NOT_CLOUD_DISK: (
        Text(
            zh="未能复制 {images}：只支持云盘系统盘类型的镜像",
            en="{images} couldn't be copied: only images whose system disk is a cloud disk can be.",
        ),
        Text(
            zh="请先在 {source} 将镜像转换为云硬盘系统盘镜像，再重新申请",
            en="Convert the image to a cloud-disk image in {source}, then ask again.",
        ),
    ),
    Fault.IMAGE_STATUS: (
        Text(
            zh="未能复制 {images}：镜像状态错误，只有状态为“可用”的镜像才能复制",
            en="{images} couldn't be copied: wrong image status, only available images can be copied.",
        ),
        Text(
            zh="请等镜像在 {source} 变为“可用”后，点击“重试”",
            en="Wait until the image is available in {source}, then press Retry.",
        ),
    ),
    Fault.NOT_PRIVATE: (
        Text(
            zh="未能复制 {images}：不能操作非私有镜像",
            en="{images} couldn't be copied: only private images can be.",
        ),
        Text(
            zh="请改用本账号在 {source} 的私有镜像重新申请",
            en="Ask again with a private image of this account in {source}.",
        ),
    ),
    Fault.TASK_CONFLICT: (
        Text(
            zh="暂时无法复制 {images}：镜像正在处理其它任务",
            en="{images} can't be copied just now: another task is working on the image.",
        ),
        _AGAIN,
    ),
    Fault.BUSY: (
        Text(
            zh="暂时无法复制 {images}：镜像正在跨区复制或转换中",
            en="{images} can't be copied just now: the image is being copied to a region or converted.",
        ),
        _AGAIN,
    ),
    Fault.ENCRYPTED: (
        Text(
            zh="未能复制 {images}：镜像带有加密快照，京东云不支持跨地域复制带有加密快照的镜像",
            en="{images} couldn't be copied: JD Cloud doesn't copy images with encrypted snapshots.",
        ),
        Text(
            zh="请改用由未加密云硬盘创建的镜像后重新申请",
            en="Ask again with an image made from unencrypted disks.",
        ),
    ),
    Fault.IMAGE_QUOTA: (
        Text(
            zh="未能复制 {images}：{destination} 的镜像配额不足",
            en="{images} couldn't be copied: {destination} has too little image quota left.",
        ),
        Text(
            zh="请在 {destination} 删除不再使用的镜像，或向京东云申请提高配额，然后点击“重试”",
            en="Delete an image in {destination} or ask JD Cloud for more quota, then press Retry.",
        ),
    ),
    Fault.SNAPSHOT_QUOTA: (
        Text(
            zh="未能复制 {images}：{destination} 的快照配额不足",
            en="{images} couldn't be copied: {destination} has too little snapshot quota left.",
        ),
        Text(
            zh="请在 {destination} 删除不再使用的快照，或向京东云申请提高配额，然后点击“重试”",
            en="Delete snapshots in {destination} or ask JD Cloud for more quota, then press Retry.",
        ),
    ),
    Fault.NOT_FOUND: (
        Text(
            zh="未能复制 {images}：镜像不存在，在 {source} 没有找到",
            en="{images} couldn't be copied: there is no such image in {source}.",
        ),
        Text(
            zh="请核对镜像 ID 与源地域后重新申请",
            en="Check the image id and the source region, then ask again.",
        ),
    ),
    Fault.INTERNAL: (
        Text(
            zh="京东云系统内部错误，尚不确定是否已开始复制 {images}",
            en="JD Cloud had an internal error; it isn't certain yet whether copying {images} has begun.",
        ),
        _LOOKING_THEN_TICKET,
    ),
    Fault.UNKNOWN_SERVER: (
        Text(
            zh="京东云服务暂时不可用，尚不确定是否已开始复制 {images}",
            en="JD Cloud is unavailable for the moment; it isn't certain yet whether copying {images} has begun.",
        ),
        _LOOKING_THEN_TICKET,
    ),
    Fault.INVALID_ARGUMENT: (
        Text(
            zh="未能复制 {images}：京东云认为请求参数有误",
            en="{images} couldn't be copied: JD Cloud finds the request's parameters wrong.",
        ),
        Text(
            zh="请核对镜像 ID 与地域后重新申请；仍然失败时，请联系机器人的管理员",
            en="Check image ids and regions, then ask again; if that fails too, tell the bot's administrator.",
        ),
    ),
    Fault.UNAUTHENTICATED: (
        Text(
            zh="未能复制 {images}：京东云未接受机器人的访问密钥",
            en="{images} couldn't be copied: JD Cloud didn't accept the bot's access key.",
        ),
        Text(
            zh="请机器人的管理员检查访问密钥是否有效、服务器时间是否准确，然后点击“重试”",
            en="The bot's administrator should check that the key is valid and the server's clock right; "
            "then press Retry.",
        ),
    ),
    Fault.CLOCK: (
        Text(
            zh="未能复制 {images}：机器人所在主机的时钟{clock_off}，京东云不接受这样的时间",
            en="{images} couldn't be copied: the clock of the bot's host is {clock_off}; JD Cloud refused the date.",
        ),
        Text(
            zh="请机器人的管理员校准该主机的时钟（例如启用 NTP），然后点击“重试”",
            en="The bot's administrator should set that clock right, for example with NTP; then press Retry.",
        ),
    ),
    Fault.FORBIDDEN: (
        Text(
            zh="未能复制 {images}：机器人的访问密钥没有所需的权限",
            en="{images} couldn't be copied: the bot's access key lacks the right to do it.",
        ),
        Text(
            zh="请机器人的管理员在京东云为该密钥授予 {source} 与 {destination} 的镜像权限，然后点击“重试”",
            en="The bot's administrator should grant the key image rights in {source} and {destination} "
            "in JD Cloud; then press Retry.",
        ),
    ),
    Fault.RATE_LIMIT: (
        Text(
            zh="暂时无法复制 {images}：对京东云的请求过于频繁",
            en="{images} can't be copied just now: too many requests to JD Cloud.",
        ),
        _AGAIN,
    ),
    Fault.QUOTA: (
        Text(
            zh="未能复制 {images}：{destination} 的配额不足",
            en="{images} couldn't be copied: {destination} has too little quota left.",
        ),
        Text(
            zh="请按京东云的说明在 {destination} 清理资源，或向京东云申请提高配额，然后点击“重试”",
            en="Free what JD Cloud names in {destination} or ask it for more quota, then press Retry.",
        ),
    ),
    Fault.REFUSED: (
        Text(
            zh="未能复制 {images}：京东云拒绝了请求",
            en="{images} couldn't be copied: JD Cloud refused the request.",
        ),
        Text(
            zh="请按京东云的说明处理，然后点击“重试”",
            en="Put right what JD Cloud names, then press Retry.",
        ),
    ),
    Fault.SERVER: (
        Text(
            zh="京东云未能正常响应，尚不确定是否已开始复制 {images}",
            en="JD Cloud didn't answer properly; it isn't certain yet whether copying {images} has begun.",
        ),
        _LOOKING_THEN_TICKET,
    ),
    Fault.GARBLED: (
        Text(
            zh="京东云的响应不完整，尚不确定是否已开始复制 {images}",
            en="JD Cloud's answer is incomplete; it isn't certain yet whether copying {images} has begun.",
        ),
        _LOOKING,
    ),
    Fault.LOST: (
        Text(
            zh="请求已发出，但没有收到京东云的响应，尚不确定是否已开始复制 {images}",
            en="The request was sent, but no answer came from JD Cloud; "
            "it isn't certain yet whether copying {images} has begun.",
        ),
        _LOOKING,
    ),
    Fault.NOT_SENT: (
        Text(
            zh="未能连接京东云，请求没有发出，{images} 尚未开始复制",
            en="JD Cloud couldn't be reached and nothing was sent; copying {images} hasn't begun.",
        ),
        Text(
            zh="稍后将自动重试，您无需操作；若一直如此，请机器人的管理员检查到京东云的网络",
            en="It will be tried again by itself in a while; if this goes on, the bot's administrator "
            "should check the network to JD Cloud.",
        ),
    ),
}


def explain(
    fault: Fault, language: Language, *, images: Span, source: Span, destination: Span, clock_off: Span = ""
) -> tuple[Spans, Spans]:
    """What happened, and what to do; `source` and `destination` are regions, `clock_off` is for `Fault.CLOCK`."""
    happened, to_do = (
        text.say(language, images=images, source=source, destination=destination, clock_off=clock_off)
        for text in _TEXTS[fault]
    )
    return happened, to_do


def cloud_words(*, http_status: int | None, status: str, message: str, request_id: str) -> Line:
    """The cloud's own words: status text, message, request id; what is missing is left out."""
    code = " ".join(filter(None, (str(http_status or ""), status)))
    parts: list[Span] = [Code(code)] if code else []
    if message:
        parts.append(f" {message}" if parts else message)
    if request_id:
        parts += [f"{' · ' if parts else ''}requestId ", Code(request_id)]
    return Line(tuple(parts), "context")
