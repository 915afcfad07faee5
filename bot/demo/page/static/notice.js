// What went wrong, shown for a while.

import { own, say } from "./words.js";

const SHOWN_MS = 8000;
let forget = 0;

/** Say something of the page's own. */
export function tell(words, values) {
  show(say(words, values));
}

/** Show an error of the server's in words; any other is a mistake of the page's own, and raised again. */
export function complain(error) {
  if (!error.words) throw error;
  show(own(error.words));
}

function show(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  clearTimeout(forget);
  forget = setTimeout(() => (notice.textContent = ""), SHOWN_MS);
}
