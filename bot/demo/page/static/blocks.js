// Block Kit as DOM nodes: blocks of messages, of the Home tab, and of modals.

import { el } from "./dom.js";
import { control } from "./controls.js";
import { channelLink, link } from "./links.js";
import { mention, mrkdwn } from "./mrkdwn.js";
import { input } from "./inputs.js";
import { slackSays } from "./words.js";

/** `context` has `about` (names by id) and `act(element, value)`, which tells the bot. */
export function blocks(list, context) {
  return list.map((block) => (DRAW[block.type] ?? unknown)(block, context));
}

export function textOf(object, about) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, about) : [object.text];
}

function section(block, context) {
  const fields = (block.fields ?? []).map((field) => el("div", {}, textOf(field, context.about)));
  return el(
    "div",
    { class: "section" },
    el("div", { class: "words" }, textOf(block.text, context.about), fields.length > 0 && el("div", { class: "fields" }, fields)),
    block.accessory && el("div", { class: "accessory" }, control(block.accessory, context)),
  );
}

function contextLine(block, context) {
  const parts = block.elements.map((one) => el("span", {}, one.type === "image" ? one.alt_text : textOf(one, context.about)));
  return el("div", { class: "context" }, parts);
}

function actions(block, context) {
  return el("div", { class: "actions" }, block.elements.map((one) => control(one, context)));
}

const RICH = {
  rich_text_section: (part, about) => el("p", {}, part.elements.map((one) => span(one, about))),
  rich_text_preformatted: (part, about) => el("pre", {}, part.elements.map((one) => span(one, about))),
  rich_text_quote: (part, about) => el("blockquote", {}, part.elements.map((one) => span(one, about))),
  rich_text_list: (part, about) =>
    el(
      part.style === "ordered" ? "ol" : "ul",
      { class: `indent-${part.indent ?? 0}`, start: part.style === "ordered" ? (part.offset ?? 0) + 1 : null },
      part.elements.map((one) => el("li", {}, one.elements.map((inner) => span(inner, about)))),
    ),
};

function richText(block, { about }) {
  return el("div", { class: "rich" }, block.elements.map((part) => RICH[part.type](part, about)));
}

const SPANS = {
  text: (one) => one.text,
  link: (one, about) => link(one.url, one.text ?? null, about),
  user: (one, about) => mention(about.person(one.user_id) ?? one.user_id, about.isMe(one.user_id)),
  usergroup: (one, about) => mention(about.group(one.usergroup_id) ?? one.usergroup_id, false),
  channel: (one, about) => channelLink(one.channel_id, about.channel(one.channel_id) ?? one.channel_id),
  broadcast: (one) => mention(one.range, true),
  emoji: (one) => (one.unicode ? String.fromCodePoint(...one.unicode.split("-").map((code) => parseInt(code, 16))) : `:${one.name}:`),
  date: (one, about) => el("span", {}, mrkdwn(`<!date^${one.timestamp}^${one.format}|${one.fallback ?? ""}>`, about)),
};
const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s" };

function span(one, about) {
  const said = SPANS[one.type]?.(one, about) ?? "";
  return Object.entries(STYLES).reduce((inner, [style, tag]) => (one.style?.[style] ? el(tag, {}, inner) : inner), said);
}

function image(block, { about }) {
  return el("figure", {}, el("figcaption", {}, textOf(block.title, about), ` ${block.alt_text}`));
}

function inputBlock(block, context) {
  const id = `input-${block.block_id}`;
  const field = input(block.element, { ...context, id });
  return el(
    "div",
    { class: "field", data: { block: block.block_id, action: block.element.action_id } },
    el("label", { for: id, id: `${id}-label` }, block.label.text, block.optional && el("span", { class: "quiet" }, ` ${slackSays("optional")}`)),
    field,
    block.hint && el("p", { class: "hint" }, textOf(block.hint, context.about)),
    el("p", { class: "wrong", role: "alert", id: `${id}-wrong` }),
  );
}

const unknown = (block) => el("div", { class: "context" }, `[${block.type}]`);

const DRAW = {
  section,
  context: contextLine,
  actions,
  header: (block) => el("h3", {}, block.text.text),
  divider: () => el("hr"),
  rich_text: richText,
  image,
  input: inputBlock,
  markdown: (block, { about }) => el("div", { class: "section" }, mrkdwn(block.text, about)),
  alert: (block, { about }) => el("div", { class: "alert" }, textOf(block.text, about)),
};
