"""What `check` says of each thing it looked at, and what to do about a bad one."""

from commands.text import Text

SETTINGS = Text("设置", "Settings")
NOT_CHECKED = Text(
    "未检查{what}：所需的设置缺失或有误", "{what} not checked: a setting it needs is missing or wrong"
)
DATABASE, SLACK, JDCLOUD = Text("数据库", "Database"), Text(" Slack", "Slack"), Text("京东云", "JD Cloud")

CURRENT = Text("数据库可用，结构为最新", "Database reachable, schema up to date")
OLDER = Text(
    "数据库可用；结构将由 copy-image-bot run 或 migrate 更新",
    "Database reachable; copy-image-bot run or migrate will bring its schema up to date",
)
FOREIGN = Text(
    "数据库的结构来自更新的版本。请升级此程序，或检查 DATABASE_URL。",
    "The database's schema is of a newer version. Upgrade this program, or check DATABASE_URL.",
)
NO_DATABASE = Text(
    "尚无数据库文件 {file}；copy-image-bot run 或 migrate 会创建它",
    "There is no database file {file} yet; copy-image-bot run or migrate creates it",
)
DATABASE_BAD = Text(
    "数据库：{said}。请检查 DATABASE_URL 以及数据库是否可用。",
    "Database: {said}. Check DATABASE_URL and whether the database is up.",
)

UNREACHABLE = Text(
    "无法连接 {url}。请检查网络、DNS 和 {setting}（不经过代理）。",
    "{url} can't be reached. Check the network, DNS and {setting}; no proxy is used.",
)
SLACK_UNREACHABLE = Text(
    "无法连接 {url}。请检查网络、DNS、代理（HTTPS_PROXY）和 SLACK_API_URL。",
    "{url} can't be reached. Check the network, DNS, the proxy (HTTPS_PROXY) and SLACK_API_URL.",
)
NOT_SLACK = Text(
    "{url} 的响应不像 Slack（HTTP {status}）。请检查 SLACK_API_URL。",
    "{url} doesn't answer like Slack (HTTP {status}). Check SLACK_API_URL.",
)
TOKEN = Text(
    "Slack 令牌有效：工作区 {team}，机器人 {user}", "Slack token valid: workspace {team}, bot {user}"
)
TOKEN_BAD = Text(
    "Slack 令牌（SLACK_BOT_TOKEN）：{said}。请从 Slack 应用的 OAuth & Permissions 页重新复制。",
    "Slack token (SLACK_BOT_TOKEN): {said}. Copy it again from the Slack app's OAuth & Permissions page.",
)
SCOPES = Text("Slack 权限范围齐全", "Slack scopes complete")
SCOPES_BAD = Text(
    "Slack 令牌缺少权限范围 {scopes}。请按 manifest.yml 更新应用，再重新安装到工作区。",
    "The Slack token lacks the scopes {scopes}. Update the app from manifest.yml and install it to the workspace again.",
)
SOCKET = Text("Socket Mode 可用", "Socket Mode available")
SOCKET_BAD = Text(
    "Socket Mode（SLACK_APP_TOKEN）：{said}。请确认应用已启用 Socket Mode，且令牌有 connections:write。",
    "Socket Mode (SLACK_APP_TOKEN): {said}. See that the app has Socket Mode on and the token connections:write.",
)

CLOUD = Text(
    "京东云 {service}（{region}）：{what}剩余 {left}，共 {limit}",
    "JD Cloud {service} ({region}): {left} of {limit} {what} left",
)
CLOUD_BAD = Text(
    "京东云 {service}（{region}）：{said}。请检查密钥、其权限和 {setting}。",
    "JD Cloud {service} ({region}): {said}. Check the key pair, its rights and {setting}.",
)
CLOCK_BAD = Text(
    "京东云 {service}（{region}）：{said}。本机时钟{off}，京东云因此不接受签名。请校准时钟，例如启用 NTP。",
    "JD Cloud {service} ({region}): {said}. This machine's clock is {off}, so JD Cloud doesn't accept the signature. "
    "Set the clock right, for example with NTP.",
)
IMAGES = Text("镜像配额", "images")
SNAPSHOTS = Text("快照配额", "snapshots")
