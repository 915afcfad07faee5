"""A line that is not understood is answered with what is wrong and the whole line to type instead."""

import pytest

from commands.clouds.cloud import Region
from commands.mistakes import Mistake
from commands.parse import parse
from commands.text import Code, Language, Line, Span, Spans

REGIONS = (
    Region("cn-north-1", "华北-北京", "Beijing"),
    Region("cn-east-2", "华东-上海", "Shanghai"),
    Region("cn-south-1", "华南-广州", "Guangzhou"),
)


def plain(span: Span | Line) -> str:
    if isinstance(span, Spans | Line):
        return "".join(map(plain, span.parts))
    assert isinstance(span, str | Code)
    return f"`{span.text}`" if isinstance(span, Code) else span


def told(text: str, language: Language) -> list[str]:
    mistake = parse(text, REGIONS)
    assert isinstance(mistake, Mistake), mistake
    return [plain(line) for line in mistake.message(language).lines]


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "img-a to cn-esat-2",
            "没有名为 `cn-esat-2` 的地域。您是要 `cn-east-2` 华东-上海 吗？",
            "There is no region called `cn-esat-2`. Did you mean `cn-east-2` Shanghai?",
        ),
        (
            "img_8u2z to cn-east-2",
            "镜像 ID 应形如 `img-8u2z9kyzdk`。无法识别：`img_8u2z`",
            "An image ID looks like `img-8u2z9kyzdk`. Not understood: `img_8u2z`",
        ),
        (
            "histroy mine",
            "无法识别 `histroy`。您是要 `history` 吗？",
            "`histroy` is not understood. Did you mean `history`?",
        ),
        (
            "img-a to Tokyo",
            "没有名为 `Tokyo` 的地域。可用的地域：cn-north-1 华北-北京、cn-east-2 华东-上海、cn-south-1 华南-广州",
            "There is no region called `Tokyo`. Known regions: cn-north-1 Beijing, cn-east-2 Shanghai, cn-south-1 Guangzhou",
        ),
        (
            f"img-a to cn-east-2 because {'长' * 501}",
            "原因有 501 个字符，最多 500 个。请缩短后重新输入。",
            "The reason has 501 characters; at most 500 are allowed. Shorten it and try again.",
        ),
    ],
)
def test_the_mistake_is_told_in_both_languages(text: str, zh: str, en: str) -> None:
    assert (told(text, "zh")[0], told(text, "en")[0]) == (zh, en)


@pytest.mark.parametrize(
    ("text", "begins", "instead"),
    [
        # Images
        ("to cn-east-2", "没有写要复制的镜像", "img-8u2z9kyzdk to cn-east-2"),
        ("到上海 img-a", "镜像 `img-a` 写在了地域之后", "img-a to cn-east-2"),
        ("img_8u2z,img-b to 上海 because 扩容", "镜像 ID 应形如", "img-8u2z img-b to cn-east-2 because 扩容"),
        ("img8u2z to 上海", "镜像 ID 应形如", "img-8u2z to cn-east-2"),
        ("web-base to 上海", "镜像 ID 应形如", "img-8u2z9kyzdk to cn-east-2"),
        ("复制img-a到上海", "镜像 ID 应形如", "img-a to cn-east-2"),
        ("img-m5s0****29 img-b to 上海", "`img-m5s0****29` 有几位被星号遮住", "img-b to cn-east-2"),
        (f"img-{'a' * 65} img-b to 上海", f"镜像 ID 应形如 `img-8u2z9kyzdk`。无法识别：`img-{'a' * 56}…`", "img-b to cn-east-2"),
        # Regions
        ("img-a", "没有写要复制到哪个地域", "img-a to cn-north-1"),
        ("img-a to", "没有写要复制到哪个地域", "img-a to cn-north-1"),
        ("img-a cn-east-2", "没有写要复制到哪个地域", "img-a to cn-east-2"),
        ("img-a from 北京", "没有写要复制到哪个地域", "img-a from cn-north-1 to cn-east-2"),
        ("img-a from to 上海", "`from` 之后没有地域", "img-a to cn-east-2"),
        ("img-a 北京 到 上海", "地域 `cn-north-1` 之前没有 `从` 或 `到`", "img-a 从 cn-north-1 到 cn-east-2"),
        ("img-a 北京 to 上海", "地域 `cn-north-1` 之前没有 `from` 或 `to`", "img-a from cn-north-1 to cn-east-2"),
        ("img-a 到 上海 到 广州", "`到` 写了两次", "img-a 到 cn-east-2,cn-south-1"),
        ("img-a from 北京 from 广州 to 上海", "`from` 写了两次", "img-a from cn-north-1 to cn-east-2"),
        ("img-a from 北京,广州 to 上海", "一次只能从一个地域复制", "img-a from cn-north-1 to cn-east-2"),
        ("img-a 到 上诲", "没有名为 `上诲` 的地域。您是要 `cn-east-2` 华东-上海", "img-a to cn-east-2"),
        ("img-a to Shanghia", "没有名为 `Shanghia` 的地域。您是要 `cn-east-2` 华东-上海", "img-a to cn-east-2"),
        ("img-a to 上海 please", "没有名为 `please` 的地域。可用的地域", "img-a to cn-east-2"),
        # Keywords and reasons
        ("img-a too 上海", "无法识别 `too`。您是要 `to` 吗", "img-a to cn-east-2"),
        ("img-a form 北京 to 上海", "无法识别 `form`。您是要 `from` 吗", "img-a from cn-north-1 to cn-east-2"),
        ("img-a to 上海 becuase Ａ B", "无法识别 `becuase`。您是要 `because` 吗", "img-a to cn-east-2 because Ａ B"),
        ("img-a to 上海 because \u200b ", "`because` 之后没有写原因", "img-a to cn-east-2"),
        ("img-a到上海原因：", "`原因` 之后没有写原因", "img-a to cn-east-2"),
        ("img-a到上海因为：", "`因为` 之后没有写原因", "img-a 到 cn-east-2"),
        ("emergency img-a to 上海", "紧急复制必须写明原因。请在 `because` 之后写原因", "emergency img-a to cn-east-2 because …"),
        ("紧急 img-a 到 上海", "紧急复制必须写明原因。请在 `因为` 之后写原因", "紧急 img-a 到 cn-east-2 因为 …"),
        ("为什么 img-a", "没有写要复制到哪个地域。请在 `到` 之后写目标地域", "为什么 img-a 到 cn-north-1"),
        ("img-a because 到 上海", "没有写要复制到哪个地域。请在 `to` 之后写目标地域", "img-a to cn-north-1 because 到 上海"),
        # Verbs
        ("foo", "无法识别 `foo`。请以镜像 ID 或命令开头", "help"),
        ("foo bar", "无法识别 `foo`。请以镜像 ID 或命令开头", "help"),
        ("历吏 我的", "无法识别 `历吏`。您是要 `历史` 吗", "history mine"),
        ("statsu 7f3k2", "无法识别 `statsu`。您是要 `status` 吗", "status cp-7f3k2"),
        ("emergancy img-a to 上海 because x", "无法识别 `emergancy`", "emergency img-a to cn-east-2 because x"),
        ("permissions now", "`permissions` 之后不需要其他内容。请去掉 `now`", "permissions"),
        ("audit", "audit 之后只能是 verify", "audit verify"),
        ("cp-7f3k2", "`cp-7f3k2` 是申请的编号", "status cp-7f3k2"),
        # Requests
        ("status", "没有写申请的编号", "status cp-7f3k2m"),
        ("cancel 7F3K9", "申请的编号应形如 `cp-7f3k2m`。无法识别：`7F3K9`", "cancel cp-7f3k9"),
        ("retry cp-1 cp-2", "一次只能写一个编号", "retry cp-1"),
        # Grants
        ("grant", "没有写授权给谁", "grant @user request"),
        ("grant approve", "没有写授权给谁", "grant @user approve"),
        ("grant <@U0002|lina>", "没有写哪项权限", "grant <@U0002> request"),
        ("授权 @李娜 批准", "未能识别 `@李娜`。请输入 @ 后从列表中选择此人。", "grant @李娜 approve"),
        ("grant <@U0002> aprove", "无法识别 `aprove`。您是要 `approve` 吗", "grant <@U0002> approve"),
        ("grant <@U0002> <@U0003> admin", "一次只能为一方设置一项权限", "grant <@U0002> admin"),
        ("revoke <@U0002> admin approve", "一次只能为一方设置一项权限", "revoke <@U0002> admin"),
        # History
        ("history mine foo", "无法识别筛选条件 `foo`。可用：我的（mine）", "history mine"),
        ("history foo", "无法识别筛选条件 `foo`", "history mine last 7d"),
        ("history mien", "无法识别 `mien`。您是要 `mine` 吗", "history mine"),
        ("history reday", "无法识别 `reday`。您是要 `ready` 吗", "history ready"),
        ("history @lina failed", "未能识别 `@lina`", "history failed"),
        ("history mine last week", "`last` 之后应为一段时间", "history mine"),
        ("history last", "`last` 之后应为一段时间", "history mine last 7d"),
        ("history last 0d", "`0d` 之后应为一段时间", "history mine last 7d"),
        ("history last 999999d", "`999999d` 之后应为一段时间", "history mine last 7d"),
        ("history img-a img-b", "`img-b` 与前面的条件同类", "history img-a"),
    ],
)  # fmt: skip
def test_the_line_to_type_instead_keeps_what_was_understood(text: str, begins: str, instead: str) -> None:
    sentence, suggestion = told(text, "zh")
    assert (sentence[: len(begins)], suggestion) == (begins, f"`/copy-image {instead}`")


@pytest.mark.parametrize(
    "text",
    [
        "img-a " * 16_000,
        "字" * 100_000,
        "-a" * 50_000,
        "<" * 100_000,
        "<@U1|" * 20_000,
        "上诲 " * 33_000,
        "x y " * 25_000,
    ],
)
def test_a_huge_line_is_read_in_one_pass_and_answered_within_one_message(text: str) -> None:
    for language in ("zh", "en"):
        assert sum(map(len, told(text, language))) < 3_000


def test_a_suggestion_too_long_to_show_is_left_out() -> None:
    images = " ".join(f"img-{number:060}" for number in range(100))
    mistake = parse(images, REGIONS)
    assert isinstance(mistake, Mistake)
    assert mistake.suggestion is None


def test_only_a_few_unknown_words_are_guessed_at() -> None:
    mistake = parse("img-a foo bar baz becuase to cn-esat-2", REGIONS)
    assert isinstance(mistake, Mistake)
    assert mistake.suggestion == "/copy-image img-a to cn-north-1"
