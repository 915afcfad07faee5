// Addresses in messages: a message of this workspace opens here, and nothing leads out of the page.

import { el } from "./dom.js";

const MESSAGE = /^archives\/(\w+)\/p(\d{10})(\d{6})(?:\?(.*))?$/;

/** Which message an address names, as `{ channel, ts, thread }`; null when it is none of the workspace at `home`. */
export function messageAt(address, home) {
  const found = address.startsWith(home) ? MESSAGE.exec(address.slice(home.length)) : null;
  if (!found) return null;
  return { channel: found[1], ts: `${found[2]}.${found[3]}`, thread: new URLSearchParams(found[4]).get("thread_ts") ?? "" };
}

/** What one may click on for an address; `about.message` knows the messages of this workspace. */
export function link(address, label, about) {
  if (!/^(https?|mailto):/i.test(address)) return label ?? address;
  const words = label ?? address.replace(/^mailto:/, "");
  const message = about.message?.(address);
  if (message) return el("a", { href: fragment(message) }, words);
  return el("a", { role: "link", tabindex: "0", title: address, data: { outside: address } }, words);
}

/** The channel itself, by its name. */
export function channelLink(id, name) {
  return el("a", { class: "mention", href: fragment({ channel: id }) }, `#${name}`);
}

function fragment({ channel, ts, thread }) {
  return `#${[channel, ts, thread].filter(Boolean).join("/")}`;
}

function placeIn(hash) {
  const found = /^#(\w+)(?:\/([\d.]+)(?:\/([\d.]+))?)?$/.exec(hash);
  return found && { channel: found[1], ts: found[2] ?? "", thread: found[3] ?? "" };
}

/** From now on a link is followed by `open({ channel, ts, thread })` (no `ts`: the channel), and `outside(address)` hears of others. */
export function follow(open, outside) {
  const click = (event) => {
    const node = event.target.closest("a[href^='#'], a[data-outside]");
    if (!node || event.ctrlKey || event.metaKey) return; // a tab of its own begins with the fragment
    event.preventDefault();
    if (node.dataset.outside) outside(node.dataset.outside);
    else open(placeIn(node.hash));
  };
  document.addEventListener("click", click);
  document.addEventListener("keydown", (event) => event.key === "Enter" && event.target.dataset?.outside && click(event));
  const asked = placeIn(location.hash);
  history.replaceState(null, "", location.pathname); // else a reload would lead there again
  return asked;
}
