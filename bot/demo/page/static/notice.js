// What went wrong, shown for a while.

import { own } from "./words.js";

const SHOWN_MS = 8000;
let forget = 0;

/** Show an error of the server's in words; any other is a mistake of the page's own, and raised again. */
export function complain(error) {
  if (!error.words) throw error;
  const notice = document.getElementById("notice");
  notice.textContent = own(error.words);
  clearTimeout(forget);
  forget = setTimeout(() => (notice.textContent = ""), SHOWN_MS);
}
