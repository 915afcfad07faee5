// The modal a person has open: its form, what is wrong with it, sending and closing it.

import { el, fill } from "./dom.js";
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { slackSays } from "./words.js";

const FIRST = "[autofocus], .field input, .field textarea, .field select, footer button:last-child";

/** The value, or list of values, in an input's part of a view's state. */
function plain({ type: _, ...told }) {
  const [value] = Object.values(told);
  const one = (chosen) => chosen?.value ?? chosen ?? "";
  return Array.isArray(value) ? value.map(one) : one(value);
}

/** Keeps the dialog in step with `view`; `after` runs when the bot was told something, `failed` shows an error. */
export function modal(dialog, { context, user, after, failed }) {
  let shown = "";
  let view = null;

  async function tell(path, body) {
    try {
      return await post(path, { user: user(), ...body });
    } catch (error) {
      failed(error);
      return null;
    } finally {
      after();
    }
  }

  const fields = () => [...dialog.querySelectorAll(".field")];
  const control = (field) => [...field.children].find((node) => node.value_ !== undefined);

  async function submit(event) {
    event.preventDefault();
    const button = dialog.querySelector("button[type=submit]");
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    fields().forEach((field) => complain(field, ""));
    const values = Object.fromEntries(fields().map((field) => [field.dataset.block, control(field).value_()]));
    const answer = await tell("/demo/submit", { values, view_id: view.id });
    button.ariaBusy = "false";
    if (answer?.response_action === "errors") object(answer.errors);
  }

  function object(errors) {
    const wrong = fields().filter((field) => errors[field.dataset.block]);
    wrong.forEach((field) => complain(field, errors[field.dataset.block]));
    wrong[0]?.querySelector("input, textarea, select")?.focus();
    wrong[0]?.querySelector(".wrong").scrollIntoView({ block: "nearest" });
  }

  function complain(field, words) {
    field.querySelector(".wrong").textContent = words;
    field.querySelector("input, textarea, select")?.setAttribute("aria-invalid", String(words !== ""));
  }

  const close = () => tell("/demo/close", {});

  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });

  function draw() {
    const act = (element, value) => tell("/demo/press", { view: "modal", action_id: element.action_id, value });
    const form = el(
      "form",
      { onsubmit: submit, novalidate: true },
      el("header", {}, el("h2", { id: "modal-title" }, view.title.text), el("button", { type: "button", class: "plain", "aria-label": slackSays("close"), onclick: close }, "✕")),
      el("div", { class: "content" }, blocks(view.blocks, { ...context(), act })),
      el(
        "footer",
        {},
        el("button", { type: "button", class: "button", onclick: close }, view.close?.text ?? slackSays("cancel")),
        view.submit && el("button", { type: "submit", class: "button primary" }, view.submit.text),
      ),
    );
    dialog.setAttribute("aria-labelledby", "modal-title");
    fill(dialog, form);
  }

  /** What was entered stays where the view is replaced by one with the same inputs, or another one closes over it. */
  function redraw(before) {
    const name = (field) => `${field.dataset.block} ${field.dataset.action}`;
    const entered = new Map(before ? fields().map((field) => [name(field), control(field).value_()]) : []);
    draw();
    for (const field of fields()) {
      const sent = view.state.values[field.dataset.block]?.[field.dataset.action];
      if (entered.has(name(field))) control(field).fill_(entered.get(name(field)));
      else if (sent) control(field).fill_(plain(sent));
    }
  }

  return (next) => {
    const key = next ? `${user()} ${next.id} ${next.hash}` : "";
    if (key === shown) return;
    const sameView = view !== null && next?.id === view.id;
    shown = key;
    view = next;
    if (!next) {
      dialog.close();
      return;
    }
    redraw(sameView);
    if (!dialog.open) dialog.showModal();
    if (!sameView) dialog.querySelector(FIRST)?.focus();
  };
}
