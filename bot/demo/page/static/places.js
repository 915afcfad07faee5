// The left column: whom one plays, and where one is.

import { el, keep, fill } from "./dom.js";
import { avatar } from "./people.js";
import { own, say, speech } from "./words.js";

/** `unread(channel)` tells whether something there was not seen yet. */
export function places(state, context, { become, go, unread, speakIn }) {
  document.getElementById("workspace").textContent = state.workspace;
  document.getElementById("cast-title").textContent = say("actAs");
  document.getElementById("channels-title").textContent = say("channels");
  languages(speakIn);
  cast(state, context, become);
  keep(
    document.getElementById("channels"),
    state.channels,
    (channel) => channel.id,
    (channel) => place(channel, state, unread(channel), go),
    (channel) => JSON.stringify([channel.id, channel.name, channel.joined, channel.id === state.channel, unread(channel), speech.language]),
  );
}

function languages(speakIn) {
  const choice = (language, words) =>
    el("button", { type: "button", lang: language, "aria-pressed": String(speech.language === language), data: { focus: language }, onclick: () => speakIn(language) }, words);
  const box = document.getElementById("languages");
  if (box.dataset.told === speech.language) return;
  const focused = document.activeElement?.dataset?.focus;
  box.dataset.told = speech.language;
  fill(box, choice("zh", "中文"), choice("en", "EN"));
  [...box.children].find((node) => node.dataset.focus === focused)?.focus();
}

function cast(state, context, become) {
  const box = document.getElementById("cast");
  const person = ({ user, title }) =>
    el(
      "button",
      {
        type: "button",
        role: "radio",
        class: "person",
        "aria-checked": String(user === state.user),
        tabindex: user === state.user ? "0" : "-1",
        data: { user, focus: user },
        onclick: () => become(user),
        onkeydown: (event) => arrows(event, state, become),
      },
      avatar(user, context),
      el("span", {}, el("b", {}, context.about.person(user)), el("small", {}, own(title))),
    );
  keep(box, state.cast, (one) => one.user, person, (one) => JSON.stringify([one, one.user === state.user, speech.language]));
}

/** The arrow keys move within the group, as radio buttons do. */
function arrows(event, state, become) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const order = state.cast.map((one) => one.user);
  const next = order[(order.indexOf(state.user) + step + order.length) % order.length];
  document.querySelector(`#cast [data-user="${CSS.escape(next)}"]`).focus();
  become(next);
}

function place(channel, state, isNew, go) {
  const name = channel.direct ? say("direct") : channel.name;
  const tag = !channel.joined && el("small", {}, say("notJoined"));
  const sign = channel.direct ? el("img", { class: "avatar small", src: "/page/bot.svg", alt: "" }) : el("span", { class: "sign" }, channel.private ? "🔒" : "#");
  return el(
    "button",
    {
      type: "button",
      class: `place${isNew ? " unread" : ""}${channel.joined ? "" : " outside"}`,
      "aria-current": channel.id === state.channel ? "page" : null,
      data: { channel: channel.id, focus: channel.id },
      onclick: () => go(channel.id),
    },
    sign,
    name,
    tag,
  );
}
