// The console of the simulated cloud: regions with images and quotas, what can go wrong, and the calls.

import { el, keep } from "./dom.js";
import { post } from "./api.js";
import { clock, own, say, speech } from "./words.js";

const ROWS_FROM = "invalid_region"; // the first of the API's own refusals; those before it are about the network

/** `state` as the server gives it; `done(promise)` shows errors and looks again, `insert(id)` fills the composer. */
export function cloud(node, state, { done, insert }) {
  const parts = [
    ...state.regions.map((region) => ({ key: region.id, say: region, make: () => regionCard(region, { done, insert }) })),
    { key: "troubles", say: [state.troubles, state.older], make: () => troubles(state, done) },
    { key: "calls", say: state.calls, make: () => calls(state.calls) },
  ];
  const open = new Map([...node.querySelectorAll("details")].map((one) => [one.dataset.name, one.open]));
  keep(node, parts, (part) => part.key, (part) => part.make(), (part) => JSON.stringify([part.say, speech.language], still));
  state.regions.flatMap((region) => region.images).filter((image) => image.status === "pending").forEach((image) => advance(node, image));
  for (const one of node.querySelectorAll("details")) one.open = open.get(one.dataset.name) ?? one.open;
}

/** Progress alone makes nothing anew: a button would vanish under the pointer. */
const still = (name, value) => (name === "progress" ? undefined : value);

function advance(node, image) {
  const row = node.querySelector(`[data-image="${CSS.escape(image.id)}"]`);
  row.querySelector("progress").value = image.progress;
  row.querySelector(".status").textContent = `${say("pending")} ${image.progress}%`;
}

export function isMoving(state) {
  return state.regions.some((region) => region.images.some((image) => image.status === "pending"));
}

function regionCard(region, acts) {
  const images = region.images.map((image) => imageRow(image, acts));
  return el(
    "section",
    { class: "region", data: { region: region.id } },
    el("h3", {}, region.name ? own(region.name) : region.id, " ", el("code", {}, region.id)),
    el("div", { class: "quotas" }, ["image", "snapshot"].map((kind) => quota(region, kind, acts.done))),
    images.length ? el("ul", { class: "images" }, images) : el("p", { class: "quiet none" }, say("noImages")),
  );
}

function quota(region, kind, done) {
  const { limit, used } = region.quota[kind];
  const set = (value) => done(post("/cloud/quota", { region: region.id, kind, limit: value }));
  const step = (sign, value, words) =>
    el("button", { type: "button", class: "step", "aria-label": `${say(kind)}: ${words}`, title: words, disabled: value < 0, data: { focus: `${kind}${sign}` }, onclick: () => set(value) }, sign);
  return el(
    "div",
    { class: used >= limit ? "quota full" : "quota", data: { kind } },
    el("span", {}, say(kind)),
    el("meter", { min: 0, max: Math.max(limit, 1), value: Math.min(used, limit), "aria-label": `${say("quota")}: ${say(kind)}` }),
    el("b", {}, say("used", { used, limit })),
    step("−", limit - 1, say("less")),
    step("+", limit + 1, say("more")),
  );
}

function imageRow(image, { done, insert }) {
  const pending = image.status === "pending";
  const end = (state) => done(post("/cloud/finish", { image: image.id, state }));
  const marks = [
    image.encrypted && say("encrypted"),
    image.root_device_type === "localDisk" && say("localDisk"),
    image.source !== "private" && image.source !== "self" && (say(image.source) ?? image.source),
    image.plays && say("plays", { what: own(image.plays) }),
  ].filter(Boolean);
  const facts = [image.name, image.os, `${image.size_gb} GB`].join(" · ");
  const origin = image.copy_of && el("div", { class: "quiet facts" }, say("copyOf", { id: image.copy_of }));
  return el(
    "li",
    { class: `image ${image.status}`, data: { image: image.id } },
    el(
      "div",
      { class: "line" },
      el("button", { type: "button", class: "id", title: say("insert"), data: { focus: image.id }, onclick: () => insert(image.id) }, image.id),
      marks.map((mark) => el("span", { class: "mark" }, mark)),
      el("span", { class: "status" }, pending ? "" : say(image.status)),
    ),
    el("div", { class: "quiet facts" }, facts),
    origin,
    pending && el("progress", { max: 100, "aria-label": `${image.id} ${say("pending")}` }),
    pending &&
      el(
        "div",
        { class: "ends" },
        el("button", { type: "button", class: "tiny", data: { focus: `${image.id} finish` }, onclick: () => end("ready") }, say("finish")),
        el("button", { type: "button", class: "tiny", data: { focus: `${image.id} fail` }, onclick: () => end("error") }, say("fail")),
      ),
  );
}

function troubles({ troubles: list, older }, done) {
  const armed = list.filter((one) => one.on).length + Number(older);
  const split = list.findIndex((one) => one.name === ROWS_FROM);
  const group = (words, some) => [el("h4", {}, words), el("ul", {}, some.map((one) => switched(one.name, own(one.title), one.answer, one.on, () => done(post("/cloud/fault", { name: one.name, on: !one.on })))))];
  return el(
    "details",
    { class: "troubles", data: { name: "troubles" } },
    el("summary", { data: { focus: "summary" } }, el("h3", {}, say("troubles")), armed > 0 && el("span", { class: "mark" }, say("armed", { n: armed }))),
    el("h4", {}, say("service")),
    el("ul", {}, switched("older", say("older"), "desc", older, () => done(post("/cloud/older", { on: !older })))),
    el("p", { class: "quiet note" }, say("olderNote")),
    group(say("netTroubles"), list.slice(0, split)),
    group(say("rowTroubles"), list.slice(split)),
  );
}

function switched(name, title, answer, on, flip) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", role: "switch", "aria-checked": String(on), class: "trouble", data: { trouble: name, focus: name }, onclick: flip },
      el("span", { class: "knob", "aria-hidden": "true" }),
      el("span", { class: "title" }, title),
      el("code", {}, answer),
    ),
  );
}

function calls(list) {
  const row = (call) =>
    el(
      "tr",
      { class: call.status === null || call.status >= 400 ? "bad" : "" },
      el("td", {}, clock(Date.parse(call.at) / 1000, true)),
      el("td", {}, call.method),
      el("td", { class: "path", title: call.path }, call.path.replace(/^\/v1\/regions\//, "…/")),
      el("td", {}, call.status ?? "—"),
    );
  return el(
    "section",
    { class: "calls" },
    el("h3", {}, say("calls")),
    list.length ? el("table", {}, el("tbody", {}, list.map(row))) : el("p", { class: "quiet none" }, say("noCalls")),
  );
}
