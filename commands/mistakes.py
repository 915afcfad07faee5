"""What can be wrong with a command line, in words, and what to type instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commands.clouds.cloud import Region
from commands.text import Code, Language, Line, Message, Span, Text
from commands.typed import Command, type_out

EXAMPLE_IMAGE = "img-8u2z9kyzdk"
EXAMPLE_REGION = "cn-east-2"
EXAMPLE_REQUEST = "cp-7f3k2m"
LONGEST_REASON = 500

# Together with the sentence a suggestion stays within one Slack message; what is quoted is only a reminder.
_LONGEST_SUGGESTION = 2500
_LONGEST_QUOTE = 60


@dataclass(frozen=True)
class Mistake:
    """A command line that is not understood.

    Attributes:
        values: for the sentence's placeholders; a Text among them is said in the reader's language.
        suggestion: a whole corrected line such as `/copy-image img-a to cn-east-2`; None when it would be too long.
    """

    text: Text
    values: Mapping[str, Span | Text] = field(default_factory=dict)
    suggestion: str | None = None

    def message(self, language: Language) -> Message:
        """The sentence, then what to type instead."""
        said = {
            name: value.say(language) if isinstance(value, Text) else value
            for name, value in self.values.items()
        }
        lines = [Line((self.text.say(language, **said),))]
        if self.suggestion:
            lines.append(Line((Code(self.suggestion),)))
        return Message(tuple(lines))


def suggest(command: Command, *, chinese: bool = False) -> str | None:
    """The line that gives this command, on one line; None if it is too long to show."""
    line = " ".join(f"/copy-image {type_out(command, chinese=chinese)}".split())
    return line if len(line) <= _LONGEST_SUGGESTION else None


def quote(typed: str) -> Code:
    """What the person typed, shortened."""
    visible = " ".join(typed.split())
    return Code(visible if len(visible) <= _LONGEST_QUOTE else visible[:_LONGEST_QUOTE] + "…")


def region_name(region: Region) -> Text:
    return Text(zh=_literal(region.zh), en=_literal(_short(region)))


def region_list(regions: Mapping[str, Region]) -> Text:
    """The ids and names of all regions."""
    return Text(
        zh="、".join(_literal(f"{region.id} {region.zh}") for region in regions.values()),
        en=", ".join(_literal(f"{region.id} {_short(region)}") for region in regions.values()),
    )


def _short(region: Region) -> str:
    """`Shanghai` of `East China-Shanghai`, as everywhere else."""
    return region.en.rsplit("-", 1)[-1]


def _literal(name: str) -> str:
    return name.replace("{", "{{").replace("}", "}}")


DID_YOU_MEAN = Text(
    zh="无法识别 {word}。您是要 {close} 吗？",
    en="{word} is not understood. Did you mean {close}?",
)
NO_COMMAND = Text(
    zh="无法识别 {word}。请以镜像 ID 或命令开头，帮助（help）列出您在此可用的命令。",
    en="{word} is not understood. Start with an image ID or a command; help lists those you may use here.",
)
REQUEST_ALONE = Text(
    zh="{word} 是申请的编号。请在它之前写 状态（status）、撤回（cancel）或 重试（retry）。",
    en="{word} is a request's ID. Write status, cancel or retry before it.",
)
NOT_UNDERSTOOD = Text(
    zh="无法识别 {word}。请去掉或改正后重新输入。",
    en="{word} is not understood. Leave it out or correct it.",
)

NO_IMAGE = Text(
    zh="没有写要复制的镜像。请把镜像 ID 写在最前面。",
    en="No image is named. Put the image IDs first.",
)
NO_IMAGE_GIVEN = Text(
    zh="没有写要复制的镜像。请填写镜像 ID。",
    en="No image is named. Enter the image IDs.",
)
BAD_IMAGE = Text(
    zh="镜像 ID 应形如 {example}。无法识别：{word}",
    en="An image ID looks like {example}. Not understood: {word}",
)
MASKED_IMAGE = Text(
    zh="{word} 有几位被星号遮住。请从控制台复制完整的镜像 ID。",
    en="Part of {word} is hidden by asterisks. Copy the complete image ID from the console.",
)
IMAGE_LATE = Text(
    zh="镜像 {word} 写在了地域之后。请把所有镜像 ID 写在最前面。",
    en="Image {word} comes after a region. Put all image IDs first.",
)
NO_REGION = Text(
    zh="没有名为 {word} 的地域。可用的地域：{regions}",
    en="There is no region called {word}. Known regions: {regions}",
)
NO_REGION_CLOSE = Text(
    zh="没有名为 {word} 的地域。您是要 {region} {name} 吗？",
    en="There is no region called {word}. Did you mean {region} {name}?",
)
NO_DESTINATION = Text(
    zh="没有写要复制到哪个地域。请在 {to} 之后写目标地域。",
    en="No destination is named. Write the destination region after {to}.",
)
NO_SOURCE = Text(
    zh="{word} 之后没有地域。请写源地域，或去掉 {word}。",
    en="No region follows {word}. Write the source region, or leave {word} out.",
)
SEVERAL_SOURCES = Text(
    zh="一次只能从一个地域复制。请为每个源地域分别申请。",
    en="One request copies from one region. Make one request per source region.",
)
TWICE = Text(
    zh="{word} 写了两次。请只写一次。",
    en="{word} appears twice. Write it once.",
)
REGION_ALONE = Text(
    zh="地域 {word} 之前没有 {source} 或 {to}。请写明是源地域还是目标地域。",
    en="Region {word} has neither {source} nor {to} before it. Say whether it is the source or the destination.",
)
NO_REASON = Text(
    zh="{word} 之后没有写原因。请写上原因，或去掉 {word}。",
    en="No reason follows {word}. Write the reason, or leave {word} out.",
)
LONG_REASON = Text(
    zh="原因有 {length} 个字符，最多 {most} 个。请缩短后重新输入。",
    en="The reason has {length} characters; at most {most} are allowed. Shorten it and try again.",
)
EMERGENCY_REASON = Text(
    zh="紧急复制必须写明原因。请在 {because} 之后写原因。",
    en="An emergency copy needs a reason. Write it after {because}.",
)

NO_REQUEST = Text(
    zh="没有写申请的编号。编号形如 {example}。",
    en="No request is named. A request's ID looks like {example}.",
)
BAD_REQUEST = Text(
    zh="申请的编号应形如 {example}。无法识别：{word}",
    en="A request's ID looks like {example}. Not understood: {word}",
)
ONE_REQUEST = Text(
    zh="一次只能写一个编号。请为每个编号分别输入命令。",
    en="One ID at a time. Enter the command once per ID.",
)

BAD_FILTER = Text(
    zh="无法识别筛选条件 {word}。可用：我的（mine）、@某人、镜像 ID、地域、状态、最近 7 天（last 7d）、全部（all）",
    en="Filter {word} is not understood. Use mine, @someone, an image ID, a region, a state, last 7d or all",
)
FILTER_TWICE = Text(
    zh="{word} 与前面的条件同类，这类条件只能写一个。请去掉其中一个。",
    en="{word} repeats a kind of filter that can be given once. Leave one of them out.",
)
BAD_DURATION = Text(
    zh="{word} 之后应为一段时间，例如 7d 或 24h，最长 3650d。",
    en="{word} is followed by a length of time such as 7d or 24h, at most 3650d.",
)
NOT_A_MENTION = Text(
    zh="未能识别 {word}。请输入 @ 后从列表中选择此人。",
    en="{word} did not become a mention. Type @ and pick from Slack's list.",
)

NO_PRINCIPAL = Text(
    zh="没有写授权给谁。请写 @某人、@用户组 或 everyone。",
    en="Nobody is named. Write @someone, @a-group or everyone.",
)
NO_RIGHT = Text(
    zh="没有写哪项权限。可用：request（申请）、approve（批准）、admin（管理）",
    en="No right is named. Use request, approve or admin",
)
ONE_GRANT = Text(
    zh="一次只能为一方设置一项权限，{word} 是多余的。请分别输入命令。",
    en="One right for one party at a time; {word} is one too many. Enter one command for each.",
)
TOO_MUCH = Text(
    zh="{command} 之后不需要其他内容。请去掉 {word}。",
    en="Nothing follows {command}. Leave {word} out.",
)
AUDIT_WHAT = Text(
    zh="audit 之后只能是 verify，它校验审计记录是否完整。",
    en="audit is followed by verify, which checks that the audit trail is whole.",
)
