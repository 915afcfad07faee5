// What acts at once when used: buttons and menus of messages, modals and the Home tab.

import { el } from "./dom.js";
import { confirmed } from "./confirm.js";
import { input } from "./inputs.js";
import { say } from "./words.js";

export function control(element, context) {
  if (element.type === "button") return button(element, context);
  if (element.type === "overflow") return overflow(element, context);
  if (element.type === "image") return el("span", { class: "quiet" }, element.alt_text);
  const node = input(element, { ...context, id: `menu-${element.action_id}` });
  node.addEventListener("picked", () => run(node, element, context, node.value_()));
  return node;
}

function button(element, context) {
  const node = el(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      "aria-label": element.accessibility_label,
      data: { action: element.action_id, focus: `${element.action_id} ${element.value ?? ""}` },
      onclick: () => {
        if (element.url) context.visit(element.url);
        run(node, element, context, element.value ?? null);
      },
    },
    element.text.text,
  );
  return node;
}

function overflow(element, context) {
  const options = element.options.map((one) => el("option", { value: one.value }, one.text.text));
  const node = el("select", { "aria-label": "…", onchange: () => run(node, element, context, node.value) }, el("option", { value: "" }, "…"), options);
  return node;
}

/** Ask first where the element says so, then tell the bot; the control is busy until the bot has answered. */
async function run(node, element, context, value) {
  if (node.ariaBusy === "true" || !(await confirmed(element.confirm, context.about))) return;
  node.ariaBusy = "true";
  node.title = say("sending");
  try {
    await context.act(element, value);
  } finally {
    node.ariaBusy = "false";
    node.removeAttribute("title");
  }
}
