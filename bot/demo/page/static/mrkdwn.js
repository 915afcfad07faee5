// Slack's mrkdwn as DOM nodes. Nothing of a message is ever parsed as HTML.

import { el } from "./dom.js";
import { channelLink, link } from "./links.js";
import { clock, day } from "./words.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

export function unescaped(text) {
  return text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

// Bold, italic and struck text need something other than a letter or digit around them, as in Slack.
const edge = (mark) => `(?<![\\p{L}\\p{N}${mark}])${mark}(?!\\s)([^\\n${mark}]*[^\\s${mark}])${mark}(?![\\p{L}\\p{N}${mark}])`;
const MARKS = new RegExp(
  ["```\\n?([\\s\\S]+?)```", "`([^`\\n]+)`", "<([^<>\\n]+)>", edge("\\*"), edge("_"), edge("~")].join("|"),
  "gu",
);
const LONGEST_WHOLE = 36; // characters: what a phone's line has room for
const TAGS = [null, "strong", "em", "s"];

/** Nodes for a mrkdwn text; `about` knows people, groups and channels by id. */
export function mrkdwn(text, about) {
  const nodes = [];
  let quote = [];
  const end = () => {
    if (quote.length) nodes.push(el("blockquote", {}, inline(quote.join("\n"), about)));
    quote = [];
  };
  const plain = [];
  const flush = () => {
    if (plain.length) nodes.push(...inline(plain.splice(0).join("\n"), about));
  };
  let fenced = false;
  for (const line of text.split("\n")) {
    const quoted = fenced ? null : /^&gt; ?(.*)$/.exec(line);
    if ((line.split("```").length - 1) % 2 === 1) fenced = !fenced;
    if (quoted) {
      flush();
      quote.push(quoted[1]);
    } else {
      end();
      plain.push(line);
    }
  }
  end();
  flush();
  return rows(nodes);
}

/** Several lines as blocks of their own, so that each is broken well. */
function rows(nodes) {
  if (!nodes.some((node) => node.tagName === "BR")) return nodes;
  const parts = [[]];
  for (const node of nodes) node.tagName === "BR" ? parts.push([]) : parts.at(-1).push(node);
  return parts.map((part) => el("span", { class: "row" }, part));
}

function inline(text, about) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(MARKS)) {
    nodes.push(...lines(text.slice(from, found.index)), marked(found, about));
    from = found.index + found[0].length;
  }
  return [...nodes, ...lines(text.slice(from))];
}

function marked([, fence, code, reference, ...styled], about) {
  if (fence !== undefined) return el("pre", {}, unescaped(fence));
  if (code !== undefined) return inCode(codeText(code));
  if (reference !== undefined) return refer(reference, about);
  const which = styled.findIndex((part) => part !== undefined);
  return el(TAGS[which + 1], {}, inline(styled[which], about));
}

/** Code keeps its marks but not its references: `<https://…>` is shown as the address. */
function codeText(code) {
  return unescaped(code.replace(/<([^<>|]+)(\|[^<>]*)?>/g, "$1"));
}

/** Ids and the like are never broken; what might not fit into a line is. */
function inCode(text) {
  return el("code", { class: text.length <= LONGEST_WHOLE ? "whole" : null }, text);
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), ...datesWhole(unescaped(line))] : datesWhole(unescaped(line))));
}

const DATES = /(\d{4}-\d{2}-\d{2}(?: \p{Script=Han}{1,2}(?!\p{Script=Han}))?)/u;

/** Browsers would break a date after its hyphens, leave a short word after it (创建) alone, part 40 from GB, and begin a line with a dot. */
function datesWhole(line) {
  return line.replace(/ (?=· )|(?<=\d) (?=GB)/g, "\u00a0").split(DATES).map((part, index) => (index % 2 ? el("span", { class: "whole" }, part) : part));
}

export function refer(reference, about) {
  const [target, ...rest] = reference.split("|");
  const label = rest.length ? unescaped(rest.join("|")) : null;
  if (target.startsWith("@")) return mention(about.person(target.slice(1)) ?? label ?? target.slice(1), about.isMe(target.slice(1)));
  if (target.startsWith("#")) return channelLink(target.slice(1), about.channel(target.slice(1)) ?? label ?? target.slice(1));
  if (target.startsWith("!date^")) return date(target, label, about);
  if (target.startsWith("!subteam^")) return mention(about.group(target.slice(9)) ?? label ?? target.slice(9), false);
  if (target.startsWith("!")) return mention(label ?? target.slice(1), true);
  return link(unescaped(target), label, about);
}

export function mention(name, isMe) {
  return el("span", { class: isMe ? "mention me" : "mention" }, `@${name.replace(/^@/, "")}`);
}

const TOKENS = {
  date_num: (at) => new Date(at * 1000).toLocaleDateString("sv"),
  date: (at) => day(at, { pretty: false }),
  date_short: (at) => day(at, { pretty: false, style: "short" }),
  date_long: (at) => day(at, { pretty: false, style: "full" }),
  date_pretty: (at) => day(at),
  date_short_pretty: (at) => day(at, { style: "short" }),
  date_long_pretty: (at) => day(at, { style: "full" }),
  time: (at) => clock(at),
  time_secs: (at) => clock(at, true),
};

/** “Today” begins with a capital letter only where the format begins with it. */
function inPlace(shown, offset) {
  return offset ? shown.replace(/^(Today|Yesterday|Tomorrow)$/, (word) => word.toLowerCase()) : shown;
}

function date(target, fallback, about) {
  const [, seconds, format, address] = target.split("^");
  if (!/^\d+$/.test(seconds) || !format) return fallback ?? target;
  const at = Number(seconds);
  const words = format.replace(/\{(\w+)\}/g, (whole, token, offset) => (Object.hasOwn(TOKENS, token) ? inPlace(TOKENS[token](at), offset) : whole));
  const shown = el("time", { datetime: new Date(at * 1000).toISOString(), title: new Date(at * 1000).toLocaleString() }, unescaped(words));
  return address ? link(unescaped(address), words, about) : shown;
}
