// Choosing several: what is chosen as removable chips, the rest in a list that typing narrows.

import { el, fill } from "./dom.js";
import { slackSays } from "./words.js";

/** `options` have `value` and `text`; the node's `value_()` is the list of chosen values. */
export function picker(options, { chosen, id, words, changed }) {
  const picked = new Set(chosen);
  const chips = el("span", { class: "chips" });
  const list = el("ul", { class: "options", role: "listbox", "aria-multiselectable": "true", id: `${id}-options`, popover: "manual" });
  const search = el("input", {
    id, type: "text", autocomplete: "off", role: "combobox", "aria-expanded": "false", "aria-controls": list.id,
    "aria-describedby": `${id}-wrong`, oninput: () => show(), onclick: () => show(), onkeydown: keys,
  });
  const node = el("div", { class: "picker" }, el("div", { class: "picked" }, chips, search), list);
  let at = 0;

  const text = (value) => options.find((one) => one.value === value)?.text ?? value;
  const fitting = () => options.filter((one) => !picked.has(one.value) && one.text.toLowerCase().includes(search.value.trim().toLowerCase()));

  function draw() {
    const chip = (value) =>
      el("button", { type: "button", class: "chip", "aria-label": slackSays("remove", { what: text(value) }), onclick: () => toggle(value) }, text(value), " ×");
    fill(chips, [...picked].map(chip));
    search.placeholder = picked.size ? "" : (words ?? slackSays("choose"));
  }

  function show() {
    const found = fitting();
    at = Math.min(at, Math.max(0, found.length - 1));
    const option = (one, index) =>
      el("li", { role: "option", id: `${id}-${index}`, "aria-selected": String(index === at), onmousedown: (event) => { event.preventDefault(); toggle(one.value); } }, one.text);
    fill(list, found.map(option));
    open(found.length > 0);
    search.setAttribute("aria-activedescendant", found.length ? `${id}-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function open(on) {
    list.togglePopover(on); // in the top layer: not cut off by the form, and nothing moves under the pointer
    const box = search.parentElement.getBoundingClientRect();
    Object.assign(list.style, { left: `${box.left}px`, top: `${box.bottom + 4}px`, width: `${box.width}px` });
    search.setAttribute("aria-expanded", String(on));
  }

  const isOpen = () => search.getAttribute("aria-expanded") === "true";

  function toggle(value) {
    if (!picked.delete(value)) picked.add(value);
    search.value = "";
    at = 0;
    draw();
    open(false);
    changed();
  }

  function keys(event) {
    const found = fitting();
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen()) at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(1, found.length);
      show();
    } else if (event.key === "Enter") {
      if (isOpen() && found.length) toggle(found[at].value);
    } else if (event.key === "Backspace" && search.value === "" && picked.size) {
      toggle([...picked].at(-1));
    } else if (event.key === "Escape" && isOpen()) {
      open(false);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  node.addEventListener("focusout", (event) => node.contains(event.relatedTarget) || open(false));
  node.value_ = () => [...picked];
  node.fill_ = (values) => {
    picked.clear();
    values.forEach((value) => picked.add(value));
    draw();
  };
  draw();
  return node;
}
