// The messages of a channel, of the bot's direct conversation, and of a thread.

import { el, keep } from "./dom.js";
import { blocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { clock, day, say, speech } from "./words.js";
import { avatar } from "./people.js";

const TOGETHER_S = 300;
const NEAR_PX = 80;

/**
 * Show messages in `list`; it stays at its end if it was there.
 * `at`: where they are, so that a change of place scrolls down; `root`: the message whose thread they are.
 */
export function show(list, messages, context, at, root = null) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
  const moved = list.dataset.at !== at;
  list.dataset.at = at;
  const shown = root ? [{ kind: "message", key: root.ts, message: root, compact: false }, { kind: "count", key: "count", count: messages.length }] : [];
  keep(list, [...shown, ...items(messages, root)], (item) => item.key, (item) => draw(item, context), (item) => tell(item, context));
  if (moved || atEnd) list.scrollTop = list.scrollHeight;
}

/** Bring a message into view and mark it for a moment; false when it isn't there. */
export function reveal(list, ts) {
  const node = list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (!node) return false;
  for (const before of document.querySelectorAll(".found")) before.classList.remove("found");
  node.scrollIntoView({ block: "center" });
  node.classList.add("found");
  return true;
}

function tell(item, context) {
  return JSON.stringify([item, speech.language, context.user, item.kind === "day" ? day(item.at) : null]);
}

function items(messages, root) {
  const list = [];
  let before = null;
  for (const message of messages) {
    const at = Number(message.ts);
    if (!root && (!before || new Date(before.ts * 1000).toDateString() !== new Date(at * 1000).toDateString())) {
      list.push({ kind: "day", key: `day ${message.ts}`, at });
      before = null;
    }
    const compact = before !== null && before.user === message.user && at - before.ts < TOGETHER_S && !before.only_you && !message.only_you;
    list.push({ kind: "message", key: message.ts, message, compact });
    before = { user: message.user, ts: at, only_you: message.only_you };
  }
  return list.length || root ? list : [{ kind: "empty", key: "empty" }];
}

function draw(item, context) {
  if (item.kind === "empty") return el("p", { class: "empty" }, say("empty"));
  if (item.kind === "count") return el("div", { class: "count" }, el("span", {}, counted(item.count)));
  if (item.kind === "day") return el("div", { class: "day" }, el("span", {}, day(item.at)));
  return article(item.message, item.compact, context);
}

function article(message, compact, context) {
  const author = message.only_you ? context.bot : message.user;
  const at = Number(message.ts);
  const time = el("time", { datetime: new Date(at * 1000).toISOString(), title: new Date(at * 1000).toLocaleString() }, clock(at));
  return el(
    "article",
    { class: `message${compact ? " compact" : ""}${message.only_you ? " whisper" : ""}`, data: { ts: message.ts } },
    compact ? el("span", { class: "gutter" }, time) : avatar(author, context),
    el(
      "div",
      { class: "body" },
      message.only_you && el("p", { class: "only-you" }, "◉ ", say("onlyYou")),
      !compact && el("p", { class: "by" }, el("b", {}, context.about.person(author) ?? author), author === context.bot && el("span", { class: "badge" }, say("app")), time),
      content(message, context),
      (message.files ?? []).map((file) => attachment(file)),
      message.replies > 0 && context.open && summary(message, context),
    ),
  );
}

function content(message, context) {
  const act = (element, value) => context.press(message.ts, element.action_id, value);
  const said = message.blocks.length
    ? blocks(message.blocks, { ...context, act })
    : [el("div", { class: "section" }, el("div", { class: "words" }, mrkdwn(message.text, context.about)))];
  const node = el("div", { class: "said" }, said);
  if (message.edited) ([...node.querySelectorAll(":scope > .section > .words, :scope > .section > .words > .row")].at(-1) ?? node).append(el("span", { class: "edited" }, ` ${say("edited")}`));
  return node;
}

function counted(replies) {
  return replies === 1 ? say("reply") : say("replies", { n: replies });
}

/** How many replies, from whom, and when: a button that opens the thread. */
function summary(message, context) {
  return el(
    "button",
    { type: "button", class: "replies", data: { focus: "replies" }, onclick: () => context.open(message.ts) },
    message.repliers.slice(0, 4).map((user) => avatar(user, context, "small")),
    el("b", {}, counted(message.replies)),
    el("span", { class: "quiet" }, say("last", { time: clock(Number(message.latest)) })),
  );
}

function attachment(file) {
  const address = `/demo/file/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`;
  return el("a", { class: "file", href: address, download: file.name }, el("b", {}, file.title ?? file.name), el("span", { class: "quiet" }, say("download", { name: file.name })));
}
