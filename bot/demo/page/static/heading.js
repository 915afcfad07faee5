// What stands above the messages: where one is, who one is, and the bot's two tabs; below them, joining.

import { el, keep } from "./dom.js";
import { avatar } from "./people.js";
import { say, speech } from "./words.js";

const by = (id) => document.getElementById(id);

/** `channel` is the one shown; the acts are what its buttons do. Returns the place's name. */
export function heading(state, channel, now, atHome, { choose, turn, join }) {
  const name = channel.direct ? say("direct") : `#${channel.name}`;
  by("channel").textContent = name;
  by("members").textContent = channel.direct ? "" : say("members", { n: channel.members.length });
  document.title = `${name} · ${state.workspace}`;
  me(state, now, choose);
  views(channel.direct && state.home, atHome, turn);
  bar(channel, name, join);
  return name;
}

function me(state, now, choose) {
  const name = now.about.person(state.user);
  const make = () => el("button", { type: "button", class: "plain", "aria-label": `${say("actAs")}: ${name}`, onclick: choose }, avatar(state.user, now, "small"), name);
  keep(by("me"), [state.user], (user) => user, make, () => speech.language);
}

function views(has, atHome, turn) {
  const tab = (view) =>
    el("button", { type: "button", "aria-pressed": String((view === "home") === atHome), data: { focus: view }, onclick: () => turn(view) }, say(view));
  keep(by("views"), has ? ["messages", "home"] : [], (view) => view, tab, (view) => `${view} ${atHome} ${speech.language}`);
}

/** Where one may read but not write yet. */
function bar(channel, place, join) {
  const make = () => el("p", {}, el("span", {}, say("looking", { place })), el("button", { type: "button", class: "button primary", onclick: () => join(channel.id) }, say("join")));
  by("join").hidden = channel.joined;
  keep(by("join"), channel.joined ? [] : [channel], (one) => one.id, make, (one) => `${one.name} ${speech.language}`);
}
