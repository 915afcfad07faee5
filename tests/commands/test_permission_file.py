import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plain import plain
from commands.permission_file import Entry, PermissionFileError, read, write
from commands.rule import Rule
from store.permissions import Key

CONTRACT = """
channels:
  - team: T0001
    channel: C0001
    source_regions: [cn-north-1]          # first is the default; ["*"] any
    destination_regions: [cn-east-2]
    images: ["img-*", "name:web-*"]
    request: [everyone]
    approve: [U0002, S0001]
    admin: [U0003]
    approvals: 1
    self_approval: false
    expires_after: 24h
    remind_after: 2h
    reason_required: false
    max_images: 50
    daily_images: 0
    open_requests: 0
    allow_same_region: false
    allow_shared: false
    confirm_regions: []
    emergency: []
    language: zh
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(PermissionFileError) as caught:
        read(text, "en")
    return [plain(line) for line in caught.value.lines]


def entry(extra: str, channel: str = "C0001") -> str:
    return f"channels:\n  - team: T0001\n    channel: {channel}\n    {extra}\n"


def test_the_documented_example_is_understood() -> None:
    rule = Rule(request=["everyone"], approve=["U0002", "S0001"], admin=["U0003"])
    assert read(CONTRACT, "zh") == [Entry(Key("T0001", "C0001"), rule)]


def test_a_key_left_out_takes_its_default() -> None:
    assert read("channels: [{team: T0001, channel: C0001}]", "zh") == [Entry(Key("T0001", "C0001"), Rule())]


def test_a_removed_channel_has_no_rule_whatever_else_is_said() -> None:
    assert read(entry("remove: true\n    approvals: 2"), "zh") == [Entry(Key("T0001", "C0001"), None)]


def test_an_unknown_region_is_a_mistake_only_where_it_would_have_to_protect_something() -> None:
    elsewhere = entry("source_regions: [xx-1]\n    destination_regions: [xx-2]")
    assert read(elsewhere, "en", regions=["cn-east-2"])
    assert read(entry('confirm_regions: ["*"]'), "en", regions=["cn-east-2"])
    with pytest.raises(PermissionFileError) as caught:
        read(entry("confirm_regions: [cn-east-2, xx-9]"), "zh", regions=["cn-east-2"])
    assert [plain(line) for line in caught.value.lines] == [
        (
            "第 4 行，channels[0].confirm_regions[1]：没有已知的地域 xx-9，写在这里的保护不会起作用。"
            "如确有此地域，请先加入 BOT_REGIONS。"
        )
    ]
    assert read(entry("confirm_regions: [xx-9]"), "en")


def test_no_channels_are_no_mistake() -> None:
    assert read("channels: []", "zh") == []


def test_every_mistake_is_named_with_its_line() -> None:
    text = """
channels:
  - team: 123
    channel: "#ops"
    approve: [everyone, U0001]
    approvls: 2
  - team: T0001
    channel: C0002
    max_images: 101
    max_images: 102
    zzz: 1
  - team: T0001
    channel: C0003
  - team: T0001
    channel: C0003
extra: 1
"""
    found = [line.split(":")[0] for line in mistakes(text)]
    assert found == [
        "Line 3, channels[0].team",
        "Line 4, channels[0].channel",
        "Line 5, channels[0].approve[0]",
        "Line 6, channels[0].approvls",
        "Line 10, channels[1].max_images",
        "Line 10, channels[1].max_images",
        "Line 11, channels[1].zzz",
        "Line 15, channels[3].channel",
        "Line 16, extra",
    ]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("approvls: 2", "There is no key approvls. Did you mean approvals?"),
        (
            "request: [Everyone]",
            "Everyone is wrong. It must be U… (a person), S… (a user group) or everyone.",
        ),
        ("admin: [2026-01-01]", "YAML reads 2026-01-01 as a number, a date or a yes/no: put it in quotes."),
        ("expires_after: 24", "24 has no unit: s, m, h or d. For hours write 24h."),
        ("remind_after: 2", "2 has no unit: s, m, h or d. For hours write 2h."),
        ("remind_after: 2.5", "YAML reads 2.5 as a number, a date or a yes/no: put it in quotes."),
        ("approve: [U0001, U0001]", "U0001 is there more than once. Keep one."),
        ("emergency: [everyone]", "everyone is wrong. It must be U… (a person)."),
        ('destination_regions: ["*", cn-east-2]', '["*", "cn-east-2"] is wrong. It must be a list of'),
        ("expires_after: 0s", "0s is wrong. It must be a length of time"),
        ("language: no", "YAML reads false as a number, a date or a yes/no: put it in quotes."),
        ("images:", "It is missing. It must be a list of patterns"),
        ("approvals: true", "true is wrong. It must be a whole number from 0 to 20."),
        ("source_regions: [上海]", "上海 is wrong. It must be a region's id such as cn-east-2"),
        ("approvals: 0\n    confirm_regions: [cn-east-2]", "with approvals 0 nobody types the region"),
        ("remove: 1", "1 is wrong. It must be true or false."),
    ],
)
def test_a_mistake_says_what_belongs_there(extra: str, said: str) -> None:
    [line] = mistakes(entry(extra))
    assert said in line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "Line 1, channels: The file must have a list channels with one entry per channel."),
        ("- a", "Line 1, channels: The file must have a list channels with one entry per channel."),
        ("channels: [x]", "Line 1, channels[0]: Each entry must have team and channel, such as"),
        ("channels:\n  [", "Line 2: not valid YAML: expected the node content"),
        ("--- 1\n--- 2", "Line 2: not valid YAML: but found another document"),
        ("a: !!python/name:os.system ''", "Line 1: not valid YAML: could not determine a constructor"),
        ("a: 2026-13-45", "Line 1: not valid YAML: month must be in 1..12"),
        ("channels: &a [*a]", "Line 1, channels[0]: Each entry must have team and channel, such as"),
    ],
)
def test_what_is_no_permission_file_is_refused(text: str, line: str) -> None:
    [said] = mistakes(text)
    assert said.startswith(line)


def test_mistakes_are_named_in_chinese_too() -> None:
    with pytest.raises(PermissionFileError) as caught:
        read(entry("approvals: -1"), "zh")
    assert [plain(line) for line in caught.value.lines] == [
        "第 4 行，channels[0].approvals：-1 不正确。须为 0 到 20 的整数。"
    ]


def test_one_wrong_thing_in_a_list_is_named_in_chinese_without_the_list() -> None:
    with pytest.raises(PermissionFileError) as caught:
        read(entry("destination_regions: [cn-east-2, 上海]"), "zh")
    assert [plain(line) for line in caught.value.lines] == [
        '第 4 行，channels[0].destination_regions[1]：上海 不正确。须为地域 ID，例如 cn-east-2；["*"] 单独使用，表示任意地域。'
    ]


ids = st.text("0123456789ABCDEF", min_size=1, max_size=4)
rules = st.builds(
    Rule,
    source_regions=st.sampled_from([["*"], ["cn-north-1", "cn-east-2"]]),
    destination_regions=st.sampled_from([["*"], ["cn-south-1"]]),
    images=st.lists(st.text(min_size=1).filter(str.strip), unique=True, max_size=3).filter(
        lambda patterns: all(p.removeprefix("name:").strip() for p in patterns)
    ),
    request=st.lists(st.one_of(st.just("everyone"), ids.map("U{}".format)), unique=True, max_size=3),
    approve=st.lists(ids.map("S{}".format), unique=True, max_size=3),
    admin=st.just([]),
    approvals=st.integers(1, 20),
    self_approval=st.booleans(),
    expires_after=st.sampled_from(["24h", "1s"]),
    remind_after=st.sampled_from(["0", "0s", "90m"]),
    reason_required=st.booleans(),
    max_images=st.integers(1, 100),
    confirm_regions=st.sampled_from([[], ["*"]]),
    language=st.sampled_from(["zh", "en"]),
)


@given(st.dictionaries(st.tuples(ids.map("T{}".format), ids.map("C{}".format)), rules, max_size=3))
def test_what_is_written_reads_back_the_same_in_order(found: dict[tuple[str, str], Rule]) -> None:
    text = write([(Key(*key), rule) for key, rule in found.items()], header="a header\nof two lines")
    assert text.startswith("# a header\n# of two lines\n")
    assert read(text, "zh") == [Entry(Key(*key), rule) for key, rule in sorted(found.items())]
