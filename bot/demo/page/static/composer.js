// The line one types in: hints, history, and sending; an input method's Enter sends nothing.

import { el, fill } from "./dom.js";
import { hints } from "./hints.js";
import { say } from "./words.js";

/** `known()` is what hints are made of; `send(text)` resolves to whether it was sent. */
export function composer(form, { known, send }) {
  const sent = [];
  let back = 0;
  let offered = [];
  let at = -1;

  const list = el("ul", { id: "hints", class: "hints", role: "listbox", hidden: true });
  const box = el("textarea", {
    id: "line", rows: 1, maxlength: 4000, spellcheck: "false", autocomplete: "off", role: "combobox",
    "aria-autocomplete": "list", "aria-controls": "hints", "aria-expanded": "false", oninput: () => { back = 0; changed(); }, onkeydown: keys,
    onblur: () => offer([]), onfocus: () => changed(),
  });
  const button = el("button", { type: "submit", class: "button primary", id: "send" });
  fill(form, list, box, button);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  function changed() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 180)}px`;
    button.disabled = box.value.trim() === "";
    offer(document.activeElement === box && back === 0 ? hints(box.value, known()) : []);
  }

  function offer(found) {
    offered = found;
    at = -1;
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
    const option = (one, index) =>
      el(
        "li",
        { role: "option", id: `hint-${index}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); put(one.text); } },
        el("code", {}, one.show),
        el("span", { class: "quiet" }, one.note),
      );
    fill(list, found.map(option));
    box.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = next;
    const node = list.children[at];
    if (node) {
      node.setAttribute("aria-selected", "true");
      node.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", node.id);
    }
  }

  function put(text) {
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    changed();
  }

  async function submit() {
    const text = box.value.trim();
    if (text === "") return;
    put("");
    offer([]);
    if (sent.at(-1) !== text) sent.push(text);
    back = 0;
    if (!(await send(text)) && box.value === "") put(text);
  }

  function recall(step) {
    const next = back + step;
    if (next < 0 || next > sent.length) return;
    back = next;
    put(back ? sent.at(-back) : "");
  }

  function keys(event) {
    if (event.isComposing || event.keyCode === 229) return; // Safari ends a composition with this code
    const open = offered.length > 0;
    const { key } = event;
    if (key === "Enter" && !event.shiftKey) open && at >= 0 ? put(offered[at].text) : submit();
    else if (key === "Tab" && open && !event.shiftKey) put(offered[Math.max(at, 0)].text);
    else if (key === "Escape" && open) offer([]);
    else if (key === "ArrowDown" && open) mark((at + 1) % offered.length);
    else if (key === "ArrowUp" && open && box.value !== "") mark((at <= 0 ? offered.length : at) - 1);
    else if (key === "ArrowUp" && (box.value === "" || back > 0)) recall(1);
    else if (key === "ArrowDown" && back > 0) recall(-1);
    else return;
    event.preventDefault();
  }

  return {
    /** Show the words again in the language spoken now. */
    speak(place) {
      button.textContent = say("send");
      list.setAttribute("aria-label", say("hints"));
      box.placeholder = say("write", { place });
      box.setAttribute("aria-label", box.placeholder);
      changed();
    },
    put(text) {
      back = 0;
      box.focus();
      put(text);
      offer([]);
    },
    /** Add a word at the end. */
    add(word) {
      this.put(`${box.value}${box.value === "" || /\s$/.test(box.value) ? "" : " "}${word} `);
    },
  };
}
