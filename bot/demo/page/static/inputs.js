// Inputs of modals and menus. Each node has `value_()`, and fires `picked` when a choice was made.

import { el } from "./dom.js";
import { picker } from "./picker.js";
import { slackSays } from "./words.js";

/** `context.choices` offers people, channels and conversations; `context.id` is for the label. */
export function input(element, context) {
  return (MAKE[element.type] ?? nothing)(element, context);
}

function typed(type) {
  return (element, { id }) => {
    const attributes = {
      id,
      placeholder: element.placeholder?.text,
      maxlength: element.max_length,
      autofocus: element.focus_on_load,
      "aria-describedby": `${id}-wrong`,
      autocomplete: "off",
    };
    const node = element.multiline ? el("textarea", { ...attributes, rows: 3 }) : el("input", { ...attributes, type });
    node.value = element.initial_value ?? "";
    return valued(node, () => node.value, (value) => (node.value = value));
  };
}

function date(type, initial) {
  return (element, { id }) => {
    const node = el("input", { id, type, onchange: () => picked(node) });
    node.value = element[initial] ?? "";
    return valued(node, () => node.value, (value) => (node.value = value));
  };
}

function select(offered, initial) {
  return (element, context) => {
    const option = (one) => el("option", { value: one.value }, one.text);
    const groups = offered(element, context).map((group) =>
      group.label ? el("optgroup", { label: group.label }, group.options.map(option)) : group.options.map(option),
    );
    const empty = el("option", { value: "" }, element.placeholder?.text ?? slackSays("choose"));
    const name = element.placeholder?.text ?? slackSays("choose");
    const node = el(
      "select",
      { id: context.id, "aria-label": context.id.startsWith("menu-") ? name : null, data: { action: element.action_id, focus: element.action_id }, onchange: () => picked(node) },
      empty,
      groups.flat(),
    );
    node.value = initial(element) ?? "";
    return valued(node, () => node.value, (value) => (node.value = value));
  };
}

function many(offered, initial) {
  return (element, context) => {
    const options = offered(element, context).flatMap((group) => group.options);
    const node = picker(options, { chosen: initial(element), id: context.id, words: element.placeholder?.text, changed: () => picked(node) });
    return node;
  };
}

function boxes(type) {
  return (element, { id }) => {
    const first = type === "radio" ? [element.initial_option?.value] : (element.initial_options ?? []).map((one) => one.value);
    const box = (one) =>
      el("label", { class: "box" }, el("input", { type, name: id, value: one.value, checked: first.includes(one.value) }), ` ${one.text.text}`,
        one.description && el("span", { class: "quiet" }, ` ${one.description.text}`));
    const node = el("div", { role: type === "radio" ? "radiogroup" : "group", "aria-labelledby": `${id}-label`, onchange: () => picked(node) }, element.options.map(box));
    const all = () => [...node.querySelectorAll("input")];
    const read = () => all().filter((one) => one.checked).map((one) => one.value);
    const write = (value) => all().forEach((one) => (one.checked = [value].flat().includes(one.value)));
    return valued(node, () => (type === "radio" ? (read()[0] ?? "") : read()), write);
  };
}

function nothing(element, { id }) {
  return valued(el("div", { id, class: "quiet" }, `[${element.type}]`), () => "", () => {});
}

function valued(node, read, write) {
  node.value_ = read;
  node.fill_ = write;
  return node;
}

function picked(node) {
  node.dispatchEvent(new Event("picked", { bubbles: true }));
}

const plain = (one) => ({ value: one.value, text: one.text.text });
const fixed = (element) =>
  (element.option_groups ?? [{ options: element.options ?? [] }]).map((group) => ({ label: group.label?.text, options: group.options.map(plain) }));
const people = (_, { choices }) => [{ options: choices.people() }];
const channels = (_, { choices }) => [{ options: choices.channels() }];
const conversations = (_, { choices }) => [{ options: [...choices.channels(), ...choices.people()] }];
const values = (options) => (options ?? []).map((one) => one.value);

const MAKE = {
  plain_text_input: typed("text"),
  number_input: typed("number"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  datepicker: date("date", "initial_date"),
  timepicker: date("time", "initial_time"),
  static_select: select(fixed, (one) => one.initial_option?.value),
  users_select: select(people, (one) => one.initial_user),
  channels_select: select(channels, (one) => one.initial_channel),
  conversations_select: select(conversations, (one) => one.initial_conversation),
  multi_static_select: many(fixed, (one) => values(one.initial_options)),
  multi_users_select: many(people, (one) => one.initial_users ?? []),
  multi_channels_select: many(channels, (one) => one.initial_channels ?? []),
  multi_conversations_select: many(conversations, (one) => one.initial_conversations ?? []),
  radio_buttons: boxes("radio"),
  checkboxes: boxes("checkbox"),
};
