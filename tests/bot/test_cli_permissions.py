from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.permission_file import read
from commands.rule import Rule
from store import due, people, permissions
from store.permissions import Key
from store.tables import Notice, Person, UserGroup
from tests.bot.program import Program

OPS = Key("T0001", "C0001")
FILE = """
channels:
  - team: T0001
    channel: C0001
    request: [everyone]
    approve: [U0002, S0001]
  - team: T0001
    channel: C0002
    language: en
"""
BOTH = ["T0001 C0001", "T0001 C0002"]
NO_ADMIN = "  ⚠️ There is no channel administrator: only the bot's administrators can change this (rule: admin is empty)"
CAUTIONS = [
    [NO_ADMIN],
    [
        "  ⚠️ Nobody may request copies (rule: request is empty)",
        "  ⚠️ Nobody may approve, so every request will expire (rule: approve is empty)",
        NO_ADMIN,
    ],
]

DEFAULTS = [
    "  Requesters can't approve their own requests",
    "  Without approval a request expires after 24 hours; reminders begin after 2 hours",
    "  At most 50 images in one request",
    "  May administer: (nobody)",
]
LIMITS = ["  No limit on a person's images in 24 hours", "  No limit on a person's open requests"]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def rules(program: Program) -> dict[Key, Rule]:
    exported = program.run("permissions", "export").stdout
    return {entry.key: entry.rule for entry in read(exported, "en") if entry.rule}


def notices(program: Program) -> list[Notice]:
    now = datetime.now(UTC) + timedelta(hours=1)
    db = program.store()
    try:
        with db.transaction() as tx:
            return list(due.claim(tx, due.NOTICES, now=now, lease="test", lease_s=1, limit=100))
    finally:
        db.close()


def test_applying_a_file_says_the_effect_and_makes_it_so(program: Program) -> None:
    result = program.run("permissions", "apply", program.file(FILE))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "T0001 C0001",
        "  May request: everyone",
        "  Allowed: from cn-north-1 to cn-east-2",
        "  Images: img-*, name:web-*",
        "  Each request needs 1 approval: U0002, S0001",
        *DEFAULTS,
        "  Channel language: Chinese",
        *LIMITS,
        *CAUTIONS[0],
        "T0001 C0002",
        "  May request: (nobody)",
        "  Allowed: from cn-north-1 to cn-east-2",
        "  Images: img-*, name:web-*",
        "  Each request needs 1 approval: (nobody)",
        *DEFAULTS,
        "  Channel language: English",
        *LIMITS,
        *CAUTIONS[1],
        "Changed the permissions of 2 channels.",
    ]
    assert rules(program) == {
        OPS: Rule(request=["everyone"], approve=["U0002", "S0001"]),
        Key("T0001", "C0002"): Rule(language="en"),
    }


def test_the_running_bot_is_left_a_notice_for_each_changed_channel(program: Program) -> None:
    program.run("permissions", "apply", program.file(FILE))
    first = {notice.channel: notice for notice in notices(program)}
    program.run("permissions", "apply", program.file(FILE.replace("U0002", "U0005")))
    second = [notice for notice in notices(program) if notice.id not in {n.id for n in first.values()}]
    assert {channel: notice.language for channel, notice in first.items()} == {"C0001": "zh", "C0002": "en"}
    assert [(notice.channel, notice.kind, notice.data["by"]) for notice in second] == [
        ("C0001", "permissions", "file")
    ]
    assert (second[0].data["before"]["approve"], second[0].data["after"]["approve"]) == (
        ["U0002", "S0001"],
        ["U0005", "S0001"],
    )


def test_a_dry_run_says_the_same_and_changes_nothing(program: Program) -> None:
    result = program.run("permissions", "apply", program.file(FILE), "--dry-run")
    assert result.exit_code == 0
    assert "  May request: everyone" in result.stdout
    assert result.stdout.endswith("(--dry-run); nothing was changed.\n")
    assert rules(program) == {}
    assert notices(program) == []


def test_a_dry_run_makes_no_database(program: Program) -> None:
    result = program.run("permissions", "apply", "-", "--dry-run", typed=FILE)
    assert result.exit_code == 0
    assert "  May request: everyone" in result.stdout
    assert result.stderr.startswith(f"There is no database {program.folder}/bot.db yet. ")
    assert list(program.folder.iterdir()) == []


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
def test_a_misspelt_region_to_confirm_is_an_error_and_nothing_is_applied(
    program: Program, how: tuple[str, ...]
) -> None:
    """It would protect nothing, and nobody would notice."""
    keys = "request: [U1], approve: [U2], confirm_regions: [cn-south-1, cn-esat-2]"
    file = program.file(f"channels: [{{team: T0001, channel: C0001, {keys}}}]")
    result = program.run("permissions", "apply", file, *how)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "The permission file has mistakes, so nothing was changed:",
        (
            "Line 1, channels[0].confirm_regions[1]: cn-esat-2 is no known region, so it would protect nothing. "
            "Did you mean cn-east-2? If there is one, add it to BOT_REGIONS first."
        ),
    ]
    assert rules(program) == {}
    assert program.run("permissions", "apply", file, *how, BOT_REGIONS="cn-esat-2").exit_code == 0


def test_a_rule_that_can_never_be_met_and_a_region_that_nobody_knows_are_pointed_out(
    program: Program,
) -> None:
    keys = "request: [U1], approve: [U1], admin: [U1], approvals: 3, destination_regions: [cn-esat-2, cn-north-2]"
    file = program.file(f"channels: [{{team: T0001, channel: C0001, {keys}}}]")
    result = program.run("permissions", "apply", file, BOT_REGIONS="cn-north-2")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "⚠️" in line] == [
        "  ⚠️ 3 approvals needed, but only 1 person can approve",
        "  ⚠️ cn-esat-2 is no known region (destination_regions). Did you mean cn-east-2? If there is one, add it to BOT_REGIONS.",
    ]


def test_channels_that_the_file_does_not_name_stay_and_remove_forgets_one(program: Program) -> None:
    program.run("permissions", "apply", program.file(FILE))
    text = "channels: [{team: T0001, channel: C0002, remove: true}]"
    result = program.run("permissions", "apply", program.file(text))
    assert result.stdout.splitlines() == [
        "T0001 C0002",
        "  This channel no longer allows copying images.",
        "Changed the permissions of 1 channel.",
    ]
    assert list(rules(program)) == [OPS]


def test_a_bad_file_changes_nothing_and_names_every_mistake(program: Program) -> None:
    bad = FILE.replace("[everyone]", "[all]").replace("language: en", "lang: en")
    result = program.run("permissions", "apply", program.file(bad))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "The permission file has mistakes, so nothing was changed",
        "Line 5, channels[0].request[0]",
        "Line 9, channels[1].lang",
    ]
    assert rules(program) == {}


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_refused(program: Program, content: bytes | None) -> None:
    path = program.folder / "other.yaml"
    if content is not None:
        path.write_bytes(content)
    result = program.run("permissions", "apply", str(path))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"The file {path} can't be read: ")


def test_applying_an_export_changes_nothing(program: Program) -> None:
    program.run("permissions", "apply", program.file(FILE))
    exported = program.run("permissions", "export").stdout
    again = program.run("permissions", "apply", "-", typed=exported)
    assert again.stdout.splitlines() == [
        *(BOTH[0], "  No change.", *CAUTIONS[0]),
        *(BOTH[1], "  No change.", *CAUTIONS[1]),
    ]
    assert len(notices(program)) == 2


def test_an_export_of_nothing_is_a_file_too(program: Program) -> None:
    exported = program.run("permissions", "export")
    assert exported.exit_code == 0
    assert exported.stdout.endswith("\nchannels: []\n")
    assert program.run("permissions", "apply", "-", typed=exported.stdout).exit_code == 0


def test_one_channel_is_exported_alone(program: Program) -> None:
    program.run("permissions", "apply", program.file(FILE))
    exported = program.run("permissions", "export", "--channel", "C0002").stdout
    assert [entry.key.channel for entry in read(exported, "en")] == ["C0002"]


@pytest.mark.parametrize(
    ("at", "approvals"),
    [
        ("2026-02-28", []),
        ("2026-03-01T08:59", []),
        ("2026-03-01T09:00", [1]),
        ("2026-03-01", [1]),
        ("2026-03-02T00:00+08:00", [1]),
        ("2026-03-02T10:00Z", [2]),
    ],
)
def test_the_store_is_exported_as_it_was(program: Program, at: str, approvals: list[int]) -> None:
    db = program.store()
    with db.transaction() as tx:
        permissions.put(tx, OPS, Rule().dump(), by="file", at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    with db.transaction() as tx:
        later = Rule(approvals=2).dump()
        permissions.put(tx, OPS, later, by="file", at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    db.close()
    exported = program.run("permissions", "export", "--at", at).stdout
    assert [entry.rule.approvals for entry in read(exported, "en") if entry.rule] == approvals


def test_a_moment_that_is_none_is_refused(program: Program) -> None:
    result = program.run("permissions", "export", "--at", "yesterday")
    assert (result.exit_code, result.stderr) == (
        2,
        "yesterday is no date. Use 2026-03-01 or 2026-03-01T09:30, in UTC.\n",
    )


def test_a_review_names_what_is_wide_unused_or_held_by_people_who_left(program: Program) -> None:
    rule = Rule(
        source_regions=["*"],
        images=["img-web-*"],
        request=["everyone"],
        approve=["U0002", "U0004", "S0001"],
        admin=["U0003"],
    )
    at = datetime(2026, 3, 1, tzinfo=UTC)
    db = program.store()
    with db.transaction() as tx:
        permissions.put(tx, OPS, rule.dump(), by="U0003", at=at)
        people.remember(tx, Person(team="T0001", user="U0002", deleted=True, fetched_at=at))
        people.remember(tx, Person(team="T0001", user="U0004", guest=True, fetched_at=at))
        people.remember(tx, UserGroup(team="T0001", group="S0001", members=["U0009"], fetched_at=at))
    db.close()
    result = program.run("permissions", "review")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "T0001 C0001",
        "  The account is deactivated but still has permissions: U0002",
        "  Is a guest, who can't approve or administer: U0004",
        "  Every full member of the workspace may request copies (request: everyone).",
        "  Any region is allowed (source_regions: *).",
        "  Never requested a copy (request): everyone (since 2026-03-01T00:00:00Z)",
        (
            "  Never approved or rejected (approve): U0002 (since 2026-03-01T00:00:00Z), "
            "U0004 (since 2026-03-01T00:00:00Z), S0001 (since 2026-03-01T00:00:00Z)"
        ),
        "Deactivated people and guests: only those whom the bot has met in Slack are known.",
    ]


def granted(program: Program, *versions: tuple[datetime, Rule | None]) -> list[str]:
    """The review's lines about a channel that has had these rules one after the other."""
    db = program.store()
    for at, rule in versions:
        with db.transaction() as tx:
            permissions.put(tx, OPS, rule.dump() if rule else None, by="file", at=at)
    db.close()
    return program.run("permissions", "review").stdout.splitlines()[1:-1]


def test_a_review_says_since_when_each_grant_has_been_without_a_break(program: Program) -> None:
    def month(number: int) -> datetime:
        return datetime(2026, number, 1, tzinfo=UTC)

    first, both = (
        Rule(images=["img-a"], approve=["U0002"]),
        Rule(images=["img-b"], approve=["U0002", "U0003"]),
    )
    assert granted(program, (month(1), first), (month(2), both))[-1] == (
        "  Never approved or rejected (approve): U0002 (since 2026-01-01T00:00:00Z), "
        "U0003 (since 2026-02-01T00:00:00Z)"
    )
    again = ((month(3), Rule(images=["img-b"])), (month(4), first), (month(5), None), (month(6), first))
    assert granted(program, *again[:2])[-1].endswith(": U0002 (since 2026-04-01T00:00:00Z)")
    assert granted(program, *again[2:])[-1].endswith(": U0002 (since 2026-06-01T00:00:00Z)")


def test_a_grant_of_this_week_is_called_new(program: Program) -> None:
    at = datetime.now(UTC) - timedelta(days=6)
    rule = Rule(images=["img-a"], approve=["U0002"])
    [line] = granted(program, (at, rule))
    assert line == f"  Never approved or rejected (approve): U0002 (new, since {at:%Y-%m-%dT%H:%M:%SZ})"


README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_sample_in_the_readme_needs_no_second_look(program: Program) -> None:
    sample = README.partition("```yaml\n")[2].partition("```")[0]
    applied = program.run("permissions", "apply", program.file(sample))
    assert applied.exit_code == 0
    assert "⚠️" not in applied.stdout
    _, *lines, _ = program.run("permissions", "review").stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if "(new, since" not in line] == []


def test_the_language_can_be_chosen(program: Program) -> None:
    path = program.file(FILE)
    assert "没有" not in program.run("permissions", "apply", path, "--dry-run").stdout
    assert "  可以申请：所有人" in program.run("permissions", "apply", path, "--language", "zh").stdout
    assert "没有变化。" in program.run("permissions", "apply", path, BOT_LANGUAGE="zh").stdout
    refused = program.run("permissions", "apply", path, "--language", "fr")
    assert (refused.exit_code, refused.stderr) == (2, "There is no language fr. Use zh or en.\n")
