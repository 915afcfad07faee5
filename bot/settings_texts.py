"""What is said about a setting that is missing or wrong: what it must be, and where to get it."""

from commands.text import Text

MISTAKES = Text(
    "设置有误，请在环境变量或 .env 中改正：", "These settings need correcting, in the environment or in .env:"
)
MISSING = Text("{name} 未设置。{what}", "{name} is not set. {what}")
BAD = Text("{name} 不正确。{what}", "{name} is wrong. {what}")
UNREADABLE = Text(
    "无法读取 {name}。请检查文件权限，并确认其编码为 UTF-8。",
    "{name} can't be read. Check the file's permissions, and that it is UTF-8.",
)
BROKEN = Text(
    "{name} 第 {line} 行无法识别。每行须为 名称=值，引号须成对。",
    "Line {line} of {name} is not understood. Each line must be NAME=value, with quotes in pairs.",
)
STRAY = Text("{name} 不是此程序的设置，不起作用。", "{name} is no setting of this program and has no effect.")
STRAY_MEANT = Text(
    "{name} 不是此程序的设置，不起作用。您是要 {meant} 吗？",
    "{name} is no setting of this program and has no effect. Did you mean {meant}?",
)
READABLE = Text(
    "除所有者外还有人可以读取 {name}。请执行 chmod 600 {name}。",
    "{name} can be read by others than its owner. Run chmod 600 {name}.",
)
NEEDED = Text(
    "{name} 未设置。未设置 SLACK_APP_TOKEN 时使用 HTTP 方式，需要它来核对签名；请从 Slack 应用的 Basic Information 页复制，或设置 SLACK_APP_TOKEN。",
    "{name} is not set. Without SLACK_APP_TOKEN the bot uses HTTP and checks signatures with it: copy it from the Slack app's Basic Information page, or set SLACK_APP_TOKEN.",
)
LEASE_TOO_SHORT = Text(
    "{name} 须大于 JDCLOUD_TIMEOUT_S 的两倍。请调大它，或调小 JDCLOUD_TIMEOUT_S。",
    "{name} must be more than twice JDCLOUD_TIMEOUT_S. Raise it, or lower JDCLOUD_TIMEOUT_S.",
)

_URL = Text(
    "须为 http:// 或 https:// 开头的地址，不带参数。",
    "It must be an http:// or https:// URL without a query.",
)
_SECONDS = Text("须为大于 0 的秒数。", "It must be a number of seconds above 0.")
_CREDENTIALS = Text(
    "请从京东云控制台的 Access Key 管理页获取，或用 jdc 命令写入 ~/.jdc/config 中 JDCLOUD_PROFILE 指定的一节。",
    "Get it from Access Key management in JD Cloud's console, or let the jdc command write it to the section of ~/.jdc/config that JDCLOUD_PROFILE names.",
)

WHAT = {
    "database_url": Text(
        "须为 sqlite:///文件名 或 postgresql://用户:密码@主机/数据库。",
        "It must be sqlite:///file or postgresql://user:password@host/database.",
    ),
    "slack_bot_token": Text(
        "须以 xoxb- 开头；请从 Slack 应用的 OAuth & Permissions 页复制。",
        "It must begin with xoxb-: copy it from the Slack app's OAuth & Permissions page.",
    ),
    "slack_app_token": Text(
        "须以 xapp- 开头；请在 Slack 应用的 Basic Information 页创建，权限为 connections:write。",
        "It must begin with xapp-: create it on the Slack app's Basic Information page with the scope connections:write.",
    ),
    "slack_signing_secret": Text(
        "请从 Slack 应用的 Basic Information 页复制。", "Copy it from the Slack app's Basic Information page."
    ),
    "slack_api_url": _URL,
    "jdcloud_access_key": _CREDENTIALS,
    "jdcloud_secret_key": _CREDENTIALS,
    "jdcloud_profile": Text("须为 ~/.jdc/config 中的节名。", "It must name a section of ~/.jdc/config."),
    "jdcloud_vm_url": _URL,
    "jdcloud_disk_url": _URL,
    "jdcloud_signature": Text("须为 JDCLOUD3 或 JDCLOUD2。", "It must be JDCLOUD3 or JDCLOUD2."),
    "jdcloud_timeout_s": _SECONDS,
    "bot_admins": Text(
        "须为逗号分隔的 Slack 用户 ID，例如 U0001,U0002（在用户资料的菜单中复制）。",
        "It must be Slack user ids with commas, such as U0001,U0002 (copy them from the menu of a person's profile).",
    ),
    "bot_host": Text(
        "须为要监听的地址或主机名，例如 127.0.0.1。",
        "It must be an address or a host name to listen on, such as 127.0.0.1.",
    ),
    "bot_port": Text("须为 0 到 65535 的端口号。", "It must be a port from 0 to 65535."),
    "bot_language": Text("须为 zh 或 en。", "It must be zh or en."),
    "bot_regions": Text(
        "须为逗号分隔的地域 ID，例如 cn-north-2,cn-east-3。",
        "It must be region ids with commas, such as cn-north-2,cn-east-3.",
    ),
    "bot_poll_s": Text("须为不小于 1 的秒数。", "It must be a number of seconds, at least 1."),
    "bot_lease_s": _SECONDS,
    "bot_settle_s": _SECONDS,
    "bot_log": Text("须为 json 或 console。", "It must be json or console."),
    "bot_retention": Text(
        "须为时长，例如 400d；不设置则永久保留。",
        "It must be a length of time such as 400d; leave it out to keep everything.",
    ),
}
