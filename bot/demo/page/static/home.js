// The bot's Home tab, in place of messages.

import { el, keep } from "./dom.js";
import { blocks } from "./blocks.js";
import { speech } from "./words.js";

/** `act(element, value)` tells the bot. */
export function home(state, now, act) {
  const list = document.getElementById("messages");
  const make = () => el("div", { class: "home" }, blocks(state.home.blocks, { ...now, act }));
  list.dataset.at = "home";
  keep(list, [state.home], () => "home", make, () => JSON.stringify([state.home.hash, speech.language, state.user]));
}
