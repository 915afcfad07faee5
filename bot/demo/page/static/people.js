// People as the page shows them: avatars, and names by id.

import { el } from "./dom.js";
import { messageAt } from "./links.js";

const COLOURS = 6;

export function avatar(user, context, size = "") {
  if (user === context.bot) return el("img", { class: `avatar ${size}`, src: "/page/bot.svg", alt: "" });
  const name = context.about.person(user) ?? "?";
  const order = Object.keys(context.people).indexOf(user);
  return el("span", { class: `avatar ${size} colour-${Math.max(0, order) % COLOURS}`, "aria-hidden": "true" }, [...name][0].toUpperCase());
}

/** Names by id, for mentions; and what menus of people and channels offer. */
export function naming(state) {
  const channels = new Map([...Object.entries(state.public), ...state.channels.map((one) => [one.id, one.name])]);
  const active = Object.values(state.people).filter((one) => !one.deleted && !one.bot);
  return {
    about: {
      person: (id) => state.people[id]?.real_name,
      group: (id) => state.groups[id]?.handle,
      channel: (id) => channels.get(id),
      isMe: (id) => id === state.user,
      message: (address) => messageAt(address, state.url),
    },
    choices: {
      people: () => active.map((one) => ({ value: one.id, text: one.real_name })),
      channels: () => state.channels.filter((one) => !one.direct).map((one) => ({ value: one.id, text: `#${one.name}` })),
    },
  };
}
