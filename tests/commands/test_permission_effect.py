from datetime import UTC, datetime

import pytest

from bot.plain import plain
from commands.clouds.cloud import Region
from commands.permission_effect import announcement, effect, unknown_regions
from commands.rule import Rule
from commands.text import Language, Mention, Spans
from store.tables import Notice

USUAL = Rule(request=["everyone"], approve=["U0002", "S0001"], admin=["U0003"])


def said(before: Rule | None, after: Rule | None, language: Language = "en") -> list[str]:
    return [plain(line) for line in effect(before, after, language)]


def changed(**values: object) -> Rule:
    return Rule.model_validate({**USUAL.dump(), **values})


def test_no_change_says_nothing() -> None:
    assert said(None, None) == said(USUAL, changed()) == []


def test_a_channel_that_is_set_up_says_all_that_holds_whether_it_was_written_or_not() -> None:
    assert said(None, changed(approvals=2)) == [
        "May request: everyone",
        "Allowed: from cn-north-1 to cn-east-2",
        "Images: img-*, name:web-*",
        "Each request needs 2 approvals: U0002, S0001",
        "Requesters can't approve their own requests",
        "Without approval a request expires after 24 hours; reminders begin after 2 hours",
        "At most 50 images in one request",
        "May administer: U0003",
        "Channel language: Chinese",
        "No limit on a person's images in 24 hours",
        "No limit on a person's open requests",
    ]
    limited = said(None, changed(daily_images=9, open_requests=2), "zh")
    assert "每人 24 小时内最多申请 9 个镜像" in limited
    assert [line for line in limited if "不限" in line] == []


def test_a_forgotten_channel_says_who_loses_what() -> None:
    assert said(USUAL, None, "zh") == [
        "此频道不再允许复制镜像。",
        "所有人不能再申请复制镜像。",
        "U0002、S0001 不能再审批申请。",
        "U0003 不能再管理此频道的权限。",
    ]


def test_who_gains_and_who_loses_a_right_is_told_apart() -> None:
    assert said(USUAL, changed(request=["U0001"], emergency=["U0009"])) == [
        "May now request copies: U0001",
        "May no longer request copies: everyone",
        "May now start emergency copies without approval: U0009",
    ]


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("destination_regions", ["*"], "Copies to any region are now allowed."),
        (
            "confirm_regions",
            ["cn-east-2"],
            "For copies to cn-east-2, the last approver now types the region's id.",
        ),
        (
            "source_regions",
            ["cn-east-2", "cn-north-1"],
            "Where no source region is given, cn-east-2 is looked at first.",
        ),
        ("self_approval", True, "Requesters may approve their own requests: no → yes"),
        ("expires_after", "8h", "A request without approval expires after: 24 hours → 8 hours"),
        ("remind_after", "0", "Reminders to approvers begin after: 2 hours → no reminders"),
        ("reason_required", True, "A request needs a reason: no → yes"),
        ("max_images", 10, "Most images in one request: 50 → 10"),
        ("daily_images", 10, "Most images per person in 24 hours: no limit → 10"),
        ("open_requests", 2, "Most open requests per person: no limit → 2"),
        ("allow_same_region", True, "Copies within one region are allowed: no → yes"),
        ("allow_shared", True, "Copies of shared images are allowed: no → yes"),
        ("language", "en", "The channel's language: Chinese → English"),
        ("approve", ["S0001", "U0002"], "Only the order changes; nobody gains or loses anything."),
    ],
)
def test_each_key_has_its_sentence(key: str, value: object, line: str) -> None:
    assert line in said(USUAL, changed(**{key: value}))


def test_every_key_of_a_rule_has_words() -> None:
    other = {
        **{key: ["*"] for key in ("source_regions", "destination_regions", "confirm_regions")},
        **{key: ["U0009"] for key in ("request", "approve", "admin", "emergency")},
        **dict.fromkeys(("approvals", "max_images", "daily_images", "open_requests"), 3),
        **dict.fromkeys(("self_approval", "reason_required", "allow_same_region", "allow_shared"), True),
        **dict.fromkeys(("expires_after", "remind_after"), "9h"),
        "images": ["img-9"],
        "language": "en",
    }
    assert other.keys() == Rule.model_fields.keys()
    for key, value in other.items():
        lines = said(USUAL, changed(**{key: value}))
        assert lines
        assert "Only the order changes; nobody gains or loses anything." not in lines


def test_regions_that_nobody_knows_are_pointed_out_with_the_one_meant() -> None:
    known = [Region("cn-north-1", "", ""), Region("cn-east-2", "", "")]
    rule = changed(source_regions=["*"], destination_regions=["cn-east-2", "cn-esat-2", "xx-9"])
    assert [plain(line) for line in unknown_regions(rule, known, "en")] == [
        "⚠️ cn-esat-2 is no known region (destination_regions). Did you mean cn-east-2? If there is one, add it to BOT_REGIONS.",
        "⚠️ xx-9 is no known region (destination_regions). If there is one, add it to BOT_REGIONS.",
    ]
    assert unknown_regions(USUAL, known, "en") == []


def notice(by: str, language: str = "en", *, before: Rule | None = None) -> Notice:
    data = {"by": by, "before": before.dump() if before else None, "after": USUAL.dump()}
    return Notice(
        id="n",
        team="T0001",
        channel="C0001",
        kind="permissions",
        data=data,
        language=language,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


def test_the_announcement_names_the_person_who_changed_it() -> None:
    before = changed(approvals=2)
    message = announcement(notice("U0003", before=before))
    assert plain(message.lines[0]) == "U0003 changed this channel's permissions to copy images"
    assert message.lines[0].style == "title"
    [title] = message.lines[0].parts
    assert isinstance(title, Spans)
    assert Mention("U0003") in title.parts
    assert message.lines[1:] == tuple(effect(before, USUAL, "en"))


@pytest.mark.parametrize(
    ("by", "language", "title"),
    [
        ("U0003", "zh", "U0003 为此频道开通了镜像复制"),
        ("U0003", "en", "U0003 set up image copies in this channel"),
        ("file", "zh", "此频道已由权限文件开通镜像复制"),
        ("file", "en", "The permission file set up image copies in this channel"),
    ],
)
def test_the_first_rule_of_a_channel_is_announced_as_a_set_up(by: str, language: str, title: str) -> None:
    message = announcement(notice(by, language))
    assert plain(message.lines[0]) == title
    assert message.lines[1:] == tuple(effect(None, USUAL, "zh" if language == "zh" else "en"))


def test_the_announcement_of_a_file_is_in_the_channels_language() -> None:
    changed_by_file = announcement(notice("file", "zh", before=changed(approvals=2)))
    assert plain(changed_by_file.lines[0]) == "此频道的镜像复制权限已由权限文件更改"
