// The two bars of tabs: the right panes where there is room for one of them, all panes on a narrow screen.

import { el, keep } from "./dom.js";
import { say, speech } from "./words.js";

const SIDES = [["thread", "thread"], ["cloud", "cloud"]];
const PANES = [["places", "channels"], ["talk", "messages"], ...SIDES];

/** `side(name)` and `pane(name)` bring one to the front; which ones are there stands in the body's dataset. */
export function drawTabs({ side, pane }) {
  bar("side-tabs", SIDES, document.body.dataset.side, side);
  bar("panes", PANES, document.body.dataset.pane, pane);
}

function bar(id, list, front, choose) {
  const tab = ([name, words]) =>
    el("button", { type: "button", "aria-pressed": String(name === front), data: { focus: name, name }, onclick: () => choose(name) }, say(words));
  keep(document.getElementById(id), list, ([name]) => name, tab, ([name]) => `${name} ${name === front} ${speech.language}`);
}
