// The "are you sure" dialog of a Block Kit element.

import { el, fill } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

/** Whether the person says yes; at once where there is nothing to confirm. */
export function confirmed(asked, about) {
  if (!asked) return Promise.resolve(true);
  const dialog = document.getElementById("confirm");
  const said = asked.text.type === "mrkdwn" ? mrkdwn(asked.text.text, about) : [asked.text.text];
  const choice = (text, value, style) =>
    el("button", { type: "button", class: `button ${style}`, onclick: () => dialog.close(value) }, text.text);
  fill(
    dialog,
    el("header", {}, el("h2", { id: "confirm-title" }, asked.title.text)),
    el("div", { class: "content" }, el("p", {}, said)),
    el("footer", {}, choice(asked.deny, "no", ""), choice(asked.confirm, "yes", asked.style ?? "primary")),
  );
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
