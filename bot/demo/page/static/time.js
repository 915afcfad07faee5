// The demo's clock, and letting time pass.

import { el, keep } from "./dom.js";
import { post } from "./api.js";
import { moment, now, say, speech } from "./words.js";

const TICK_MS = 5000;
const STEPS = [["skipHour", 1], ["skipDay", 24]];

let passing = false;

/** `done(promise)` shows errors and looks again. */
export function time(done) {
  document.getElementById("time-title").textContent = say("time");
  tick();
  const step = ([words, hours]) =>
    el("button", { type: "button", title: say("timeNote"), "aria-busy": String(passing), data: { focus: words }, onclick: () => skip(hours, done) }, say(words));
  keep(document.getElementById("skips"), STEPS, ([words]) => words, step, ([words]) => `${words} ${passing} ${speech.language}`);
}

async function skip(hours, done) {
  if (passing) return;
  passing = true;
  time(done);
  await done(post("/demo/pass", { hours }));
  passing = false;
  time(done);
}

function tick() {
  const node = document.getElementById("now");
  node.textContent = moment(now());
  node.dateTime = new Date(now()).toISOString();
}

setInterval(tick, TICK_MS);
