"""What a person sees and does on the demo's page, in a real browser."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from bot.demo.jdcloud import Image
from tests.bot.demo.page_office import BEIJING, GLOBAL, LI, WANG, WEB, Office
from tests.bot.demo.slack_office import client_of, section
from tests.browser.conftest import Opened

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def type_line(page: Page, text: str) -> None:
    await page.fill("#line", text)
    await page.press("#line", "Enter")


async def test_a_request_is_made_by_one_and_approved_by_another(opened: Opened) -> None:
    async with opened() as page:
        await page.get_by_role("button", name="申请复制，按回车发送").click()
        await expect(page.locator("#line")).to_have_value(re.compile(rf"^/copy-image {WEB} .* 因为 扩容$"))
        await page.press("#line", "Enter")
        await expect(page.locator(".whisper")).to_contain_text("仅您可见")
        await expect(page.locator(".whisper")).to_contain_text("已受理，编号 cp-1")
        await page.get_by_role("radio", name="李娜").click()
        await expect(page.locator(".whisper")).to_have_count(0)
        await page.get_by_role("button", name="批准", exact=True).click()
        card = page.locator("#messages .message")
        await expect(card).to_contain_text("复制中 · 由 @李娜 批准 （已编辑）")
        await card.get_by_role("button", name="1 条回复").click()
        await expect(page.locator("#replies")).to_contain_text(f"{WEB} → img-q7d1m4s8re")


async def test_a_change_reaches_a_page_that_only_watches(opened: Opened, office: Office) -> None:
    async with opened() as page:
        await office.slack.type(LI, BEIJING, "hello from elsewhere")
        await expect(page.locator("#messages")).to_contain_text("hello from elsewhere")
        await office.slack.type(LI, GLOBAL, "news")
        await expect(page.locator(f'.place[data-channel="{GLOBAL}"]')).to_have_class("place unread")
        await page.click(f'.place[data-channel="{GLOBAL}"]')
        await expect(page.locator("#messages")).to_contain_text("news")


async def test_what_people_write_is_never_taken_for_html(opened: Opened, office: Office) -> None:
    nasty = "<img src=x onerror=alert(1)> & *<b>* `<i>x</i>` > q"
    async with opened() as page:
        await type_line(page, nasty)
        message = page.locator("#messages .message")
        await expect(message).to_contain_text("<img src=x onerror=alert(1)> & <b> <i>x</i> > q")
        assert await message.locator("img, i, b b").count() == 0
        await type_line(page, "/copy-image <b>")
        await expect(page.locator(".whisper")).to_contain_text("没有这个命令 <b>x</b>")


OUTSIDE = '<a role="link" tabindex="0" title="{0}" data-outside="{0}">{1}</a>'
CASES = [
    ("*粗* _斜_ ~删~", "<strong>粗</strong> <em>斜</em> <s>删</s>"),
    ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
    ("`a*b*c` &amp;lt;", '<code class="whole">a*b*c</code> &amp;lt;'),
    ("```x\ny```", "<pre>x\ny</pre>"),
    ("&gt; 一\n&gt; 二\n三", "<blockquote>一<br>二</blockquote>三"),
    ("<@U0001> <@U9>", '<span class="mention me">@王磊</span> <span class="mention">@U9</span>'),
    (
        "<!subteam^S0001> <#C0001>",
        '<span class="mention">@ops-leads</span> <a class="mention" href="#C0001">#ops-beijing</a>',
    ),
    (
        "<https://a.example/?x=1&amp;y=2|看>",
        OUTSIDE.format("https://a.example/?x=1&amp;y=2", "看"),
    ),
    ("<mailto:ops@a.example>", OUTSIDE.format("mailto:ops@a.example", "ops@a.example")),
    ("<javascript:alert(1)|x>", "x"),
    (
        "*<https://a.example|a> b*",
        f"<strong>{OUTSIDE.format('https://a.example', 'a')} b</strong>",
    ),
    ("<!date^x^{time}|soon>", "soon"),
    ("<!here>", '<span class="mention me">@here</span>'),
    ("web · 40 GB · x", "web&nbsp;· 40&nbsp;GB&nbsp;· x"),
]
RENDER = """async (text) => {
    const { mrkdwn } = await import("/page/mrkdwn.js");
    const about = {
        person: (id) => ({ U0001: "王磊" })[id], group: () => "ops-leads",
        channel: () => "ops-beijing", isMe: (id) => id === "U0001",
    };
    const node = document.createElement("div");
    node.append(...mrkdwn(text, about));
    node.querySelectorAll("time").forEach((time) => time.removeAttribute("title"));
    return node.innerHTML;
}"""


async def test_mrkdwn_looks_as_it_does_in_slack(opened: Opened) -> None:
    async with opened() as page:
        shown = [(text, await page.evaluate(RENDER, text)) for text, _ in CASES]
        assert shown == CASES
        date = await page.evaluate(RENDER, "<!date^1764000000^{date_num} {time}|later>")
        assert date == '<time datetime="2025-11-24T16:00:00.000Z">2025-11-25 00:00</time>'


async def test_hints_are_chosen_with_the_keyboard_and_name_real_images(opened: Opened) -> None:
    async with opened() as page:
        await page.fill("#line", "/")
        options = page.get_by_role("option")
        await expect(options.first).to_contain_text(f"/copy-image {WEB} 到 上海 因为 扩容")
        await page.press("#line", "ArrowDown")
        await page.press("#line", "ArrowDown")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        await page.press("#line", "Enter")
        await expect(page.locator("#line")).to_have_value(re.compile("到 上海、广州$"))
        await page.fill("#line", "/copy-image img-8")
        await page.press("#line", "Tab")
        await expect(page.locator("#line")).to_have_value(f"/copy-image {WEB} ")
        await page.fill("#line", "/copy-image grant @ops")
        await page.press("#line", "Tab")
        await expect(page.locator("#line")).to_have_value("/copy-image grant @ops-leads ")
        await page.press("#line", "Escape")
        await expect(page.locator("#hints")).to_be_hidden()


async def test_an_input_methods_enter_sends_nothing(opened: Opened, office: Office) -> None:
    press = """(isComposing) => document.getElementById("line").dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", isComposing, bubbles: true, cancelable: true }))"""
    async with opened() as page:
        await page.fill("#line", "ni hao")
        await page.evaluate(press, True)  # noqa: FBT003 - the page's argument
        await expect(page.locator("#line")).to_have_value("ni hao")
        assert office.slack.messages(BEIJING) == []
        await page.evaluate(press, False)  # noqa: FBT003
        await expect(page.locator("#messages")).to_contain_text("ni hao")


async def test_earlier_lines_come_back_with_the_arrow_keys(opened: Opened) -> None:
    async with opened() as page:
        for text in ("one", "two"):
            await type_line(page, text)
        await expect(page.locator("#messages")).to_contain_text("two")
        await page.press("#line", "ArrowUp")
        await page.press("#line", "ArrowUp")
        await expect(page.locator("#line")).to_have_value("one")
        await page.press("#line", "ArrowDown")
        await expect(page.locator("#line")).to_have_value("two")


async def test_a_form_says_what_is_wrong_beside_the_field_and_keeps_the_rest(
    opened: Opened, office: Office
) -> None:
    async with opened() as page:
        await type_line(page, "/copy-image")
        form = page.get_by_role("dialog")
        await form.get_by_label("images").fill("img_8u2z")
        await form.get_by_label("reason").fill("扩容")
        await form.get_by_label("approvers").fill("赵")
        await form.get_by_label("approvers").press("Enter")
        await form.get_by_role("button", name="submit").click()
        await expect(form.locator('[data-block="images"] .wrong')).to_have_text("镜像 ID 无法识别：img_8u2z")
        await expect(form.get_by_label("images")).to_be_focused()
        await expect(form.get_by_label("reason")).to_have_value("扩容")
        await form.get_by_label("images").fill(WEB)
        await form.get_by_role("button", name="submit").click()
        await expect(form).to_have_count(0)
        sent = office.slack.delivered[-1].payload["view"]["state"]["values"]
        assert sent["approve"]["value"]["selected_users"] == [LI, "U0003"]


async def test_escape_closes_the_form_for_the_bot_too(opened: Opened, office: Office) -> None:
    async with opened() as page:
        await type_line(page, "/copy-image")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        assert office.slack.modal(WANG) is None


async def test_the_page_speaks_the_browsers_language_until_told_otherwise(opened: Opened) -> None:
    async with opened(locale="en-US") as page:
        await expect(page.get_by_role("heading", name="Act as")).to_be_visible()
        await expect(page.get_by_role("radio", name="Approver")).to_be_visible()
        await page.get_by_role("button", name="中文").click()
        await expect(page.get_by_role("heading", name="扮演")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="扮演")).to_be_visible()
        assert await page.get_attribute("html", "lang") == "zh-CN"


async def test_the_console_shows_copies_and_ends_them(opened: Opened, office: Office) -> None:
    async with opened() as page:
        office.cloud.add(Image("img-new", "new", "cn-east-2", status="pending", copy_of=WEB, progress=30))
        row = page.locator('[data-image="img-new"]')
        await expect(row.locator(".status")).to_have_text("复制中 30%")
        office.cloud.set_progress("img-new", 60)
        await expect(row.get_by_role("progressbar")).to_have_attribute("value", "60")
        await row.get_by_role("button", name="立即完成").click()
        await expect(row.locator(".status")).to_have_text("可用")
        assert office.cloud.images["img-new"].status == "ready"


async def test_a_trouble_is_armed_and_a_quota_lowered(opened: Opened, office: Office) -> None:
    async with opened(locale="en-US") as page:
        await page.get_by_text("Make it go wrong").click()
        await page.get_by_role("switch", name="Older service").click()
        await expect(page.get_by_text("1 armed")).to_be_visible()
        assert office.cloud.ignores_description
        switch = page.get_by_role("switch", name="Answer lost after the effect")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")
        await expect(page.get_by_text("2 armed")).to_be_visible()
        assert [fault.drop for fault in office.cloud.faults] == ["after"]
        quota = page.locator('[data-region="cn-east-2"] [data-kind="image"]')
        await quota.get_by_role("button", name="Lower the limit").click()
        await expect(quota).to_contain_text("0 / 4")


async def test_an_image_is_put_into_the_composer_by_its_id(opened: Opened) -> None:
    async with opened() as page:
        await page.fill("#line", "/copy-image")
        await page.locator("#console").get_by_role("button", name=WEB).click()
        await expect(page.locator("#line")).to_have_value(f"/copy-image {WEB} ")


async def test_on_a_phone_one_pane_fills_the_screen(opened: Opened) -> None:
    names = ("places", "talk", "thread", "cloud")
    async with opened(width=375, height=740) as page:
        for name in names:
            await page.click(f'#panes [data-name="{name}"]')
            visible = [one for one in names if await page.locator(f"#{one}").is_visible()]
            assert visible == [name]
            assert await page.evaluate("document.documentElement.scrollWidth") == 375


def address(channel: str, ts: str | None, thread: str = "") -> str:
    """A message's address, as the bot gives it."""
    assert ts is not None
    whole = f"https://demo.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{whole}?thread_ts={thread}&cid={channel}" if thread else whole


async def test_a_link_to_a_message_shows_it_where_it_stands(opened: Opened, office: Office) -> None:
    told = await office.slack.type(LI, GLOBAL, "the beginning")
    for number in range(30):
        await office.slack.type(LI, GLOBAL, f"line {number}")
    link = address(GLOBAL, told.ts)
    async with opened() as page:
        await type_line(page, link)
        await page.get_by_role("link", name=link).click()
        await expect(page.locator("#channel")).to_have_text("#ops-global")
        message = page.locator("#messages .message.found")
        await expect(message).to_contain_text("the beginning")
        await expect(message).to_be_in_viewport()
        await expect(page.locator("#thread-title")).to_be_hidden()
        assert len(page.context.pages) == 1


async def test_a_link_to_a_reply_shows_it_in_its_thread(opened: Opened, office: Office) -> None:
    root = await office.slack.type(LI, GLOBAL, "the beginning")
    assert root.ts is not None
    reply = await client_of(office.slack).chat_postMessage(channel=GLOBAL, thread_ts=root.ts, text="answered")
    link = address(GLOBAL, reply["ts"], root.ts)
    async with opened() as page:
        await type_line(page, link)
        await page.get_by_role("link", name=link).click()
        await expect(page.locator("#replies .message.found")).to_contain_text("answered")


async def test_a_link_leads_into_a_channel_of_others_which_can_then_be_joined(
    opened: Opened, office: Office
) -> None:
    told = await office.slack.type(LI, GLOBAL, "please approve")
    text = f"<#{GLOBAL}> <{address(GLOBAL, told.ts)}|打开申请卡片>"
    await client_of(office.slack).chat_postMessage(channel="U0004", text=text)
    async with opened() as page:
        await page.get_by_role("radio", name="孙伟").click()
        await expect(page.locator(f'.place[data-channel="{GLOBAL}"]')).to_contain_text("未加入")
        for name in ("#ops-global", "打开申请卡片"):
            await page.locator("#channels .place").last.click()
            await page.get_by_role("link", name=name).click()
            await expect(page.locator("#channel")).to_have_text("#ops-global")
            await expect(page.locator("#messages")).to_contain_text("please approve")
        await expect(page.locator("#composer")).to_be_hidden()
        await page.get_by_role("button", name="加入频道").click()
        await type_line(page, "here I am")
        await expect(page.locator("#messages")).to_contain_text("here I am")
        await expect(page.locator("#members")).to_have_text("6 位成员")


async def test_a_link_opened_in_a_tab_of_its_own_shows_the_message_too(
    opened: Opened, office: Office
) -> None:
    told = await office.slack.type(LI, GLOBAL, "the beginning")
    async with opened() as page:
        await type_line(page, address(GLOBAL, told.ts))
        link = page.locator("#messages a")
        await expect(link).to_have_attribute("href", f"#{GLOBAL}/{told.ts}")
        await page.goto(f"{office.url}/#{GLOBAL}/{told.ts}")
        await page.reload()
        await expect(page.locator("#messages .message.found")).to_contain_text("the beginning")
        assert page.url == f"{office.url}/"


async def test_no_link_leaves_for_the_network(opened: Opened) -> None:
    async with opened() as page:
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        line = "https://other.slack.com/archives/C0002/p1764000000000100"
        await type_line(page, line)
        await page.locator("#messages a").click()
        await expect(page.get_by_role("alert")).to_have_text(f"演示页面不打开外部链接：{line}")
        assert await page.locator("a[href^='http'], a[target]").count() == 0
        assert len(page.context.pages) == 1
        assert [url for url in asked if not url.startswith("http://127.0.0.1:")] == []


async def test_a_link_to_what_one_cannot_see_says_so(opened: Opened) -> None:
    async with opened() as page:
        await type_line(page, address("C0009", "1764000000.000100"))
        await page.locator("#messages a").click()
        await expect(page.get_by_role("alert")).to_contain_text("找不到这条消息")
        await expect(page.locator("#channel")).to_have_text("#ops-beijing")


async def test_time_is_let_pass_and_the_pages_days_go_along(opened: Opened, office: Office) -> None:
    async with opened() as page:
        await type_line(page, "hello")
        await expect(page.locator(".day")).to_have_text("今天")
        await page.get_by_role("button", name="快进 1 天").click()
        await expect(page.locator(".day")).to_have_text("昨天")
        await page.get_by_role("button", name="快进 1 小时").click()
        shown = page.locator("#now")
        wanted = office.time.now().astimezone(ZoneInfo("Asia/Shanghai"))
        await expect(shown).to_contain_text(f"{wanted.month}月{wanted.day}日")
        assert office.time.passed == [timedelta(days=1), timedelta(hours=1)]


async def test_people_are_chosen_with_the_arrow_keys(opened: Opened) -> None:
    async with opened() as page:
        await page.get_by_role("radio", name="王磊").focus()
        await page.keyboard.press("ArrowDown")
        chosen = page.get_by_role("radio", name="李娜")
        await expect(chosen).to_have_attribute("aria-checked", "true")
        await expect(chosen).to_be_focused()


async def test_a_line_that_could_not_be_sent_is_not_lost(opened: Opened) -> None:
    async with opened() as page:
        await page.route("**/demo/type", lambda route: route.abort())
        await type_line(page, "/copy-image help")
        await expect(page.get_by_role("alert")).to_contain_text("演示程序没有响应")
        await expect(page.locator("#line")).to_have_value("/copy-image help")


async def test_what_was_sent_is_still_there_when_the_window_pushed_over_it_closes(
    opened: Opened, office: Office
) -> None:
    async with opened() as page:
        await type_line(page, "/copy-image")
        form = page.get_by_role("dialog")
        await expect(form.get_by_label("images")).to_be_focused()
        await form.get_by_label("images").fill("img-next")
        await form.get_by_label("reason").fill("扩容")
        await form.get_by_role("button", name="移除 李娜").click()
        await form.get_by_role("button", name="submit").click()
        await expect(form).to_contain_text("再看一遍")
        await page.keyboard.press("Escape")
        await expect(form.get_by_label("images")).to_have_value("img-next")
        await expect(form.get_by_label("reason")).to_have_value("扩容")
        await expect(form.get_by_role("button", name="移除 李娜")).to_have_count(0)
        assert office.slack.modal(WANG) is not None


async def test_slacks_own_words_in_a_form_are_in_the_language_of_the_person_played(opened: Opened) -> None:
    async with opened(locale="en-US") as page:
        for person, optional, required in (
            ("王磊", "（选填）", "请填写此必填字段。"),
            ("Jane Cole", "(optional)", "Please complete this required field."),
        ):
            await page.get_by_role("radio", name=person).click()
            await expect(page.get_by_role("radio", name=person)).to_have_attribute("aria-checked", "true")
            await type_line(page, "/copy-image")
            form = page.get_by_role("dialog")
            await expect(form.locator('[data-block="approve"] label')).to_have_text(f"approvers {optional}")
            await form.get_by_role("button", name="submit").click()
            await expect(form.locator('[data-block="images"] .wrong')).to_have_text(required)
            await page.keyboard.press("Escape")
            await expect(form).to_have_count(0)


async def test_another_person_is_played_in_the_same_channel_where_they_are_in_it(opened: Opened) -> None:
    async with opened() as page:
        await page.click(f'.place[data-channel="{GLOBAL}"]')
        await expect(page.locator("#channel")).to_have_text("#ops-global")
        for person, channel in (("李娜", "#ops-global"), ("周访", "#ops-beijing")):
            await page.get_by_role("radio", name=person).click()
            await expect(page.get_by_role("radio", name=person)).to_have_attribute("aria-checked", "true")
            await expect(page.locator("#channel")).to_have_text(channel)


async def test_the_home_tab_is_there_once_the_bot_has_published_one(opened: Opened, office: Office) -> None:
    home = {"type": "home", "blocks": [section("欢迎")]}
    async with opened() as page:
        await page.locator("#channels .place").last.click()
        await expect(page.locator("#channel")).to_have_text("copy-image")
        await expect(page.get_by_role("button", name="主页")).to_have_count(0)
        await client_of(office.slack).views_publish(user_id=WANG, view=home)
        await expect(page.get_by_role("button", name="主页")).to_be_visible()


async def test_ids_and_dates_are_never_broken_but_long_code_is(opened: Opened, office: Office) -> None:
    long = "x" * 37
    async with opened(width=375, height=740) as page:
        await office.slack.type(LI, BEIJING, f"`{WEB}` `{long}` 2025-09-15")
        whole = page.locator("#messages .section .whole")
        await expect(whole).to_have_text([WEB, "2025-09-15"])
        await expect(whole.first).to_have_css("white-space", "nowrap")
