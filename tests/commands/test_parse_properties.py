"""Whatever is typed is answered; what was meant is understood in every spelling, and a reason is kept as typed."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.clouds.cloud import Region
from commands.mistakes import Mistake
from commands.parse import parse, type_out
from commands.typed import (
    AuditVerifyCommand,
    CancelCommand,
    Command,
    CopyCommand,
    FormCommand,
    GrantCommand,
    HelpCommand,
    HistoryCommand,
    PauseCommand,
    PermissionsCommand,
    RetryCommand,
    StatusCommand,
    WhyCommand,
)
from commands.words.normal import escape, unescape
from commands.words.vocabulary import in_order
from store.lifecycle import State

REGIONS = (
    Region("cn-north-1", "华北-北京", "North China-Beijing"),
    Region("cn-east-1", "华东-宿迁", "East China-Suqian"),
    Region("cn-east-2", "华东-上海", "East China-Shanghai"),
    Region("cn-south-1", "华南-广州", "South China-Guangzhou"),
)
IDS = [region.id for region in REGIONS]

# A busy machine is no reason to fail.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
FRAGMENTS = st.sampled_from(
    [
        "img-a",
        "img-b",
        "img_c",
        "img-",
        "to",
        "from",
        "because",
        "到",
        "从",
        "因为",
        "原因：",
        "上海",
        "北京",
        "cn-east-2",
        "cn-esat-2",
        "history",
        "status",
        "cancel",
        "grant",
        "why",
        "紧急",
        "emergency",
        "最近",
        "last",
        "7d",
        "24小时",
        "mine",
        "all",
        "everyone",
        "<@U0002|li>",
        "<!subteam^S0001>",
        "@bob",
        "ready",
        "copying",
        "Can’t",
        "->",
        "→",
        "=>",
        "，",
        "、",
        ";",
        "&amp;",
        "&lt;",
        "<",
        ">",
        "—",
        "--",
        "?",
        ".",
        "*",
        "\u200b",
        "\n",
        "�",
        "\x00",
        "<http://x|y>",
        "cp-7f3k2",
        "request",
        "admin",
        "and",
        "和",
        "audit",
        "verify",
    ]
)
ANY_TEXT = st.one_of(
    st.text(ANY_CHARACTER),
    st.lists(st.one_of(FRAGMENTS, st.just(" "), st.text(ANY_CHARACTER, max_size=3))).map("".join),
    st.lists(FRAGMENTS).map(" ".join),
)

IMAGE = st.from_regex("img-[a-z0-9]{1,12}", fullmatch=True)
UNIQUE_IMAGES = st.lists(IMAGE, min_size=1, max_size=12, unique=True).map(tuple)
UNIQUE_REGIONS = st.lists(st.sampled_from(IDS), min_size=1, unique=True).map(tuple)
REASON = (
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60)
    .map(str.strip)
    .filter(lambda reason: any(character.isalnum() for character in reason))
)
SOURCE = st.none() | st.sampled_from(IDS)
COPIES = st.builds(CopyCommand, UNIQUE_IMAGES, UNIQUE_REGIONS, SOURCE, st.none() | REASON)
STATES = st.sets(st.sampled_from([state.value for state in State])).map(in_order)
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from([FormCommand(), HelpCommand(), PermissionsCommand(), AuditVerifyCommand()]),
    st.builds(PauseCommand, st.booleans()),
    COPIES,
    st.builds(CopyCommand, UNIQUE_IMAGES, UNIQUE_REGIONS, SOURCE, REASON, st.just(value=True)),
    st.builds(WhyCommand, UNIQUE_IMAGES, UNIQUE_REGIONS, SOURCE),
    st.builds(
        HistoryCommand,
        st.booleans(),
        st.booleans(),
        st.none() | st.sampled_from(["U0002", "W0002"]),
        st.none() | IMAGE,
        st.none() | st.sampled_from(IDS),
        STATES,
        st.none() | st.builds(timedelta, seconds=st.integers(1, 999_999)),
    ),
    *(st.builds(verb, st.from_regex("cp-[a-z0-9]{5}", fullmatch=True)) for verb in (StatusCommand, CancelCommand, RetryCommand)),
    st.builds(
        GrantCommand,
        st.booleans(),
        st.sampled_from(["request", "approve", "admin"]),
        st.sampled_from(["U0002", "W0002", "S0001", "everyone"]),
    ),
)  # fmt: skip


@UNTIMED
@given(ANY_TEXT)
def test_any_text_gets_a_command_or_a_mistake_in_both_languages(text: str) -> None:
    result = parse(text, REGIONS)
    if isinstance(result, Mistake):
        assert [bool(result.message(language).lines) for language in ("zh", "en")] == [True, True]


@UNTIMED
@given(ANY_TEXT)
def test_what_was_accepted_means_the_same_typed_out(text: str) -> None:
    result = parse(text, REGIONS)
    if not isinstance(result, Mistake):
        assert parse(type_out(result), REGIONS) == result


@UNTIMED
@given(COMMANDS)
def test_every_command_can_be_typed(command: Command) -> None:
    assert parse(type_out(command), REGIONS) == command
    assert parse(type_out(command, chinese=True), REGIONS) == command


@UNTIMED
@given(ANY_TEXT)
def test_a_suggestion_is_itself_understood(text: str) -> None:
    result = parse(text, REGIONS)
    if isinstance(result, Mistake) and result.suggestion and "@" not in result.suggestion:
        suggested = parse(escape(result.suggestion), REGIONS)
        assert not isinstance(suggested, Mistake), (result, suggested)


@UNTIMED
@given(st.text(ANY_CHARACTER) | ANY_TEXT)
def test_escaping_is_undone_exactly(text: str) -> None:
    assert unescape(escape(text)) == text


@UNTIMED
@given(REASON)
def test_a_reason_is_verbatim(reason: str) -> None:
    sent = reason.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    expected = CopyCommand(("img-a",), ("cn-east-2",), None, reason)
    assert parse(f"img-a to cn-east-2 because {sent}", REGIONS) == expected


SPELT = {
    "cn-north-1": ["cn-north-1", "北京", "华北-北京", "华北北京", "Beijing", "North China-Beijing"],
    "cn-east-1": ["cn-east-1", "宿迁", "华东-宿迁", "华东 宿迁", "suqian", "EAST CHINA-SUQIAN"],
    "cn-east-2": ["cn-east-2", "上海", "华东-上海", "华东—上海", "Shanghai", "East China Shanghai"],
    "cn-south-1": ["cn-south-1", "广州", "华南-广州", "华南－广州", "GuangZhou", "South China–Guangzhou"],
}
BETWEEN = st.sampled_from([" ", ",", "， ", "、", " ; ", "；", "\n", " 和 ", "和", " and ", "，和 "])
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum() or chr(code) == "-"}


@st.composite
def spelt(draw: st.DrawFn, command: CopyCommand) -> str:
    """The command as somebody might type it; glued where the words next to each other are Chinese or marks."""
    images = _listed(draw, [draw(_disguised(image)) for image in command.images])
    destinations = _listed(draw, [draw(st.sampled_from(SPELT[region])) for region in command.destinations])
    parts = [draw(st.sampled_from([" to ", " TO ", "到", " 至 ", " -> ", "→", " => ", "—>"])) + destinations]
    if command.source:
        origin = draw(st.sampled_from([" from ", "从", " 自 "])) + draw(
            st.sampled_from(SPELT[command.source])
        )
        parts.insert(draw(st.integers(0, 1)), origin)
    if command.reason:
        parts.append(
            draw(st.sampled_from([" because ", "因为 ", " 原因：", " reason: ", "，Because "]))
            + command.reason
        )
    return images + "".join(parts)


def _listed(draw: st.DrawFn, words: list[str]) -> str:
    return words[0] + "".join(draw(BETWEEN) + word for word in words[1:])


def _disguised(word: str) -> st.SearchStrategy[str]:
    disguises = [
        word,
        word.upper(),
        word.translate(WIDE),
        f"“{word}”",
        word.replace("-", "\u200b-"),
        word.replace("-", "—"),
    ]
    return st.sampled_from(disguises)


@UNTIMED
@given(COPIES.flatmap(lambda command: st.tuples(st.just(command), spelt(command))))
def test_a_copy_is_understood_in_every_spelling(case: tuple[CopyCommand, str]) -> None:
    command, text = case
    assert parse(escape(text), REGIONS) == command
