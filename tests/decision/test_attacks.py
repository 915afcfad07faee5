"""Payloads that Slack's own windows never send, rightly signed: nobody gets further than the rule lets them, or unheard."""

import json
from urllib.parse import urlencode

import pytest

from bot.demo.scene import BEIJING, CHEN_YU, GLOBAL, GUEST, LEADS, LI_NA, SARAH, TEAM, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Message
from bot.demo.slack.wire import Json
from tests.decision.attacks import FOREIGN, FORMER, HOSTILE, MACHINE, OURS, scene
from tests.end_to_end.stage import SHANGHAI


async def test_nobody_decides_by_pretending_to_be_an_approver(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        who = {
            "the requester, through a group": WANG_LEI,
            "an administrator": ZHAO_MIN,
            "a guest, by name and through a group": GUEST,
            "a bot": MACHINE,
            "somebody of another workspace": FOREIGN,
            "somebody who left": FORMER,
            "nobody known": "U9999",
            "a user group": LEADS,
            "everyone": "everyone",
            "no one": "",
        }
        clicks = {
            f"{action}: {name}": at.click(user, action)
            for action in ("approve", "reject", "adopt", "resend")
            for name, user in who.items()
        }
        windows = {
            f"{callback}: {name}": at.window(
                user, callback, f"{at.ours}.1 {BEIJING}", region=SHANGHAI, reason="no"
            )
            for callback in ("reject", "confirm_region")
            for name, user in who.items()
        }
        answers = await at.withstands({**clicks, **windows}.items())
        assert answers == dict.fromkeys(answers, 200)


async def test_a_click_counts_only_where_and_for_what_it_was_made(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        elsewhere = {"id": GLOBAL, "name": "x"}
        table = {
            "the same person of another workspace": at.click(LI_NA, user={"id": LI_NA, "team_id": "T0009"}),
            "another workspace": at.click(
                LI_NA, team={"id": "T0009"}, user={"id": LI_NA, "team_id": "T0009"}
            ),
            "another channel": at.click(LI_NA, channel=elsewhere, container={"channel_id": GLOBAL}),
            "another channel, in the container alone": at.click(
                LI_NA, channel=None, container={"channel_id": GLOBAL}
            ),
            "another channel in the container": at.click(LI_NA, container={"channel_id": GLOBAL}),
            "no channel": at.click(LI_NA, channel=None, container=None),
            "her own direct message": at.click(LI_NA, channel={"id": "D0002"}, container=None),
            "the other channel's request": at.click(LI_NA, value=f"{at.theirs}.1"),
            "the other channel's copies": at.click(LI_NA, "mapping_json", at.theirs),
            "an unknown action": at.click(LI_NA, "approve_all"),
            "no action": at.click(LI_NA, ""),
            "a long action": at.click(LI_NA, "a" * 3_000),
            "a long value": at.click(LI_NA, value="x" * 100_000),
            "a full-width round": at.click(LI_NA, value=f"{at.ours}.１"),
            "a negative round": at.click(LI_NA, value=f"{at.ours}.-1"),
            "a huge round": at.click(LI_NA, value=f"{at.ours}.{'9' * 400}"),
            "a value with NUL": at.click(LI_NA, value=f"{at.ours}\x00.1"),
            "a page of nothing": at.click(LI_NA, "history_page", "-1"),
            "permissions of no channel": at.click(SARAH, "permissions_edit", "1"),
            **{
                f"{b} before its end": at.click(WANG_LEI, b)
                for b in ("retry", "ask_again", "copy_again", "copy_rest")
            },
            "somebody else's cancelling": at.click(LI_NA, "cancel"),
        }
        answers = await at.withstands(table.items())
        assert answers == dict.fromkeys(answers, 200)


async def test_a_window_s_own_words_are_not_believed(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        here, reason = f"{at.ours}.1 {BEIJING}", {"reason": "no"}
        table = {
            "another channel": at.window(LI_NA, "reject", f"{at.ours}.1 {GLOBAL}", **reason),
            "another request": at.window(LI_NA, "reject", f"{at.theirs}.1 {BEIJING}", **reason),
            "another round": at.window(LI_NA, "reject", f"{at.ours}.2 {BEIJING}", **reason),
            "nothing": at.window(LI_NA, "reject", "", **reason),
            "garbage": at.window(LI_NA, "reject", "x" * 3_000, **reason),
            "no reason": at.window(LI_NA, "reject", here),
            "an empty reason": at.window(LI_NA, "reject", here, reason=" \u3000\n"),
            "approving in another channel": at.window(LI_NA, "confirm_region", f"{at.ours}.1 {GLOBAL}"),
            "approving another request": at.window(LI_NA, "confirm_region", f"{at.theirs}.1 {BEIJING}"),
            "a guest's request": at.window(
                GUEST, "request", BEIJING, images="img-new", destinations=SHANGHAI
            ),
            "a request elsewhere": at.window(
                WANG_LEI, "request", "C0003", images="img-new", destinations=SHANGHAI
            ),
            "a request to nowhere": at.window(
                WANG_LEI, "request", BEIJING, images="img-new", destinations="mars-1"
            ),
            "a request for nothing": at.window(WANG_LEI, "request", BEIJING, destinations=SHANGHAI),
            "a request without blocks": at.window(WANG_LEI, "request", BEIJING),
            "a request for what is asked": at.window(
                WANG_LEI, "request", BEIJING, images=OURS, destinations=SHANGHAI
            ),
            "too many": at.window(
                WANG_LEI,
                "request",
                BEIJING,
                images=" ".join(f"img-{n}" for n in range(9_000)),
                destinations=SHANGHAI,
            ),
            "an emergency": at.window(
                SARAH, "confirm_emergency", f"{BEIJING} emergency img-new to {SHANGHAI} because x"
            ),
            "an emergency without reason": at.window(
                LI_NA, "confirm_emergency", f"{BEIJING} emergency img-new to {SHANGHAI}"
            ),
        }
        answers = await at.withstands(table.items())
        assert {name: status for name, status in answers.items() if status != 200} == {}


async def test_permissions_are_changed_by_administrators_and_from_what_they_saw(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        table = {
            "an approver": at.change(LI_NA, approvals=0),
            "the requester, for herself": at.change(WANG_LEI, approve=[WANG_LEI], self_approval=True),
            "a guest": at.change(GUEST, request=[GUEST]),
            "another channel's administrator": at.change(SARAH, approve=[SARAH]),
            "an administrator, elsewhere": at.change(
                ZHAO_MIN, channel=GLOBAL, version=at.version + 1, approvals=0
            ),
            "a version long gone": at.change(ZHAO_MIN, version=at.version + 7, approvals=0),
            "no change": at.change(ZHAO_MIN),
            "the form itself, by an approver": at.window(
                LI_NA, "permissions", json.dumps({"channel": BEIJING, "version": at.version}), approvals="0"
            ),
        }
        answers = await at.withstands(table.items())
        assert answers == dict.fromkeys(table, 200)


@pytest.mark.parametrize(
    "metadata", ["", "{", "[]", "3", '{"version": "x"}', '{"channel": {}, "version": []}']
)
async def test_a_form_whose_memory_is_garbage_changes_nothing(postgres_url: str, metadata: str) -> None:
    async with scene(postgres_url) as at:
        windows = [
            (name, at.window(ZHAO_MIN, name, metadata)) for name in ("permissions", "permissions_confirm")
        ]
        answers = await at.withstands(windows)
        assert set(answers.values()) <= {200, 400}


async def test_commands_do_no_more_than_buttons(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        front, direct = at.front, "D0002"
        table = {
            "an emergency without the right": front.line(
                SARAH, f"emergency img-new to {SHANGHAI} because down"
            ),
            "an emergency without a reason": front.line(LI_NA, f"emergency img-new to {SHANGHAI}"),
            "a guest's request": front.line(GUEST, f"img-new to {SHANGHAI}"),
            "a bot's request": front.line(MACHINE, f"img-new to {SHANGHAI}"),
            "a stranger's request": front.line(FOREIGN, f"img-new to {SHANGHAI}"),
            "a group's request": front.line(LEADS, f"img-new to {SHANGHAI}"),
            "everyone's request": front.line("everyone", f"img-new to {SHANGHAI}"),
            "nobody's request": front.line("", f"img-new to {SHANGHAI}"),
            "another workspace's request": front.line(WANG_LEI, f"img-new to {SHANGHAI}", team_id="T0009"),
            "no workspace's request": front.line(WANG_LEI, f"img-new to {SHANGHAI}", team_id=""),
            "a request in a channel that is not set up": front.line(
                WANG_LEI, f"img-new to {SHANGHAI}", "C0003"
            ),
            "somebody else's request, cancelled": front.line(CHEN_YU, f"cancel {at.ours}"),
            "the same in a direct message": front.line(LI_NA, f"cancel {at.ours}", direct),
            "the same in another channel": front.line(WANG_LEI, f"cancel {at.ours}", GLOBAL),
            "retried in a direct message": front.line(LI_NA, f"retry {at.ours}", direct),
            "everyone as approver": front.line(ZHAO_MIN, "grant everyone approve"),
            "a guest as approver": front.line(ZHAO_MIN, f"grant <@{GUEST}> admin"),
            "a group as a person": front.line(ZHAO_MIN, f"grant <@{LEADS}> admin"),
            "an approver's grant": front.line(LI_NA, f"grant <@{LI_NA}> admin"),
            "an administrator's pause": front.line(ZHAO_MIN, "pause"),
            "a long line": front.line(WANG_LEI, "img-new " * 20_000),
            "ids that are none": front.line(WANG_LEI, f"img-<!channel> to {SHANGHAI}"),
        }
        answers = await at.withstands(table.items())
        assert answers == dict.fromkeys(table, 200)


async def test_another_s_request_stays_unseen_in_a_direct_message(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        told = [
            await at.front.type(LI_NA, f"{verb} {at.ours}", channel="D0002")
            for verb in ("status", "cancel", "retry")
        ]
        assert told == ["没有此申请，或不属于此频道。/copy-image history 列出已有的申请。"] * 3


async def test_a_command_without_its_fields_is_answered_and_does_nothing(postgres_url: str) -> None:
    async with scene(postgres_url) as at:
        whole = {
            "team_id": TEAM,
            "channel_id": BEIJING,
            "user_id": WANG_LEI,
            "text": f"img-new to {SHANGHAI}",
        }
        table = [
            (f"no {left_out}", urlencode({"command": "/copy-image", **whole, left_out: ""}).encode())
            for left_out in whole
        ]
        answers = await at.withstands(table)
        assert answers == dict.fromkeys(answers, 200)


async def test_a_rejection_as_long_as_slack_never_lets_it_be_is_cut_and_pings_nobody(
    postgres_url: str,
) -> None:
    async with scene(postgres_url) as at:
        words = HOSTILE * 2_000
        answer = await at.front.deliver(at.window(LI_NA, "reject", f"{at.ours}.1 {BEIJING}", reason=words))
        assert answer.status_code == 200
        slack = at.front.slack

        def outcome() -> list[Message]:
            return [
                m for m in slack.thread(BEIJING, at.card.ts) if "U0001" in m.text and "&lt;!channel" in m.text
            ]

        told = await slack.wait_for(outcome, 30)
        said: list[Json] = [{"text": m.text, "blocks": m.blocks} for m in (*told, *slack.messages(BEIJING))]
        assert [one["text"] for one in said if len(one["text"]) > 3_900] == []
        assert [
            one for one in said if "<!channel>" in json.dumps(one) or "<https://evil" in json.dumps(one)
        ] == []
