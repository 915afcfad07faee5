// The page: keeps what is shown in step with the two stand-ins, and passes on what the person does.

import { el, fill, keep } from "./dom.js";
import { get, post } from "./api.js";
import { cloud, isMoving } from "./cloud.js";
import { composer } from "./composer.js";
import { heading } from "./heading.js";
import { home } from "./home.js";
import { follow, messageAt } from "./links.js";
import { reveal, show } from "./messages.js";
import { modal } from "./modal.js";
import { complain, tell } from "./notice.js";
import { naming } from "./people.js";
import { places } from "./places.js";
import { drawTabs } from "./tabs.js";
import { time } from "./time.js";
import { readBy, say, speak, speech, timeIs } from "./words.js";

const by = (id) => document.getElementById(id);
const LOOK_AGAIN_MS = 1000;

const at = { user: "", channel: "", thread: "", view: "messages" };
const seen = new Map(); // "user channel" → ts of the latest message looked at
const visited = new Map(); // user → the channel where they were last
let slack = null;
let account = null;

const line = composer(by("composer"), {
  known: () => ({ regions: account?.regions ?? [], people: slack?.people ?? {}, groups: slack?.groups ?? {} }),
  send: (text) => done(post("/demo/type", { user: at.user, channel: at.channel, text })),
});
const window_ = modal(by("modal"), { context, user: () => at.user, after: look, failed: complain });

function context() {
  const press = (ts, action_id, value) => done(post("/demo/press", { user: at.user, channel: at.channel, ts, action_id, value }));
  return { ...naming(slack), people: slack.people, bot: slack.bot, user: slack.user, open: openThread, press, visit };
}

/** Wait for something the person did, show what went wrong, look again; resolves to whether it worked. */
async function done(doing) {
  try {
    await doing;
    return true;
  } catch (error) {
    complain(error);
    return false;
  } finally {
    look();
  }
}

let looking = null;
let lookAgain = false;
let later = 0;

/** Ask both stand-ins how things are; where that is under way, once more afterwards. */
function look() {
  if (looking) lookAgain = true;
  else looking = lookUntilQuiet();
  return looking;
}

async function lookUntilQuiet() {
  clearTimeout(later);
  do {
    lookAgain = false;
    await lookOnce();
  } while (lookAgain);
  looking = null;
  if (account && isMoving(account)) later = setTimeout(look, LOOK_AGAIN_MS); // progress rings no bell
}

async function lookOnce() {
  const asked = { ...at };
  try {
    const [workspace, cloudState] = await Promise.all([
      get("/demo/state", { user: asked.user, channel: asked.channel, thread: asked.thread }),
      get("/cloud/state"),
    ]);
    account = cloudState;
    if (asked.user === at.user && asked.channel === at.channel && asked.thread === at.thread) arrived(workspace);
    else lookAgain = true;
  } catch (error) {
    complain(error);
  }
}

function arrived(workspace) {
  slack = workspace;
  readBy(slack.people[slack.user].locale);
  timeIs(slack.now);
  at.user = slack.user;
  at.channel = slack.channel;
  visited.set(at.user, at.channel);
  draw();
}

function unread(channel) {
  const key = `${slack.user} ${channel.id}`;
  if (channel.id === slack.channel || !seen.has(key)) seen.set(key, channel.latest);
  return channel.joined && channel.latest > seen.get(key);
}

function draw() {
  const now = context();
  places(slack, now, { become, go, unread, speakIn });
  time(done);
  compose(heading(slack, here(), now, atHome(), { choose: () => pane("places"), turn, join }));
  steps();
  if (atHome()) home(slack, now, (element, value) => done(post("/demo/press", { user: at.user, view: "home", action_id: element.action_id, value })));
  else show(by("messages"), slack.messages, now, `${slack.user} ${slack.channel} messages`);
  thread(now);
  window_(slack.modal);
  by("cloud-title").textContent = say("cloud");
  by("cloud-note").textContent = say("cloudNote");
  cloud(by("console"), account, { done, insert: (id) => { pane("talk"); line.add(id); } });
  tabs();
}

function here() {
  return slack.channels.find((one) => one.id === slack.channel);
}

/** The bot's Home tab, which is there once the bot has published one. */
function atHome() {
  return at.view === "home" && here().direct && slack.home !== null;
}

/** The composer is for where one has joined; it says so in the language spoken now. */
function compose(name) {
  const hidden = atHome() || !here().joined;
  by("composer").hidden = hidden;
  const told = `${name} ${speech.language} ${hidden}`; // what is hidden has no height
  if (by("composer").dataset.told !== told) line.speak(name);
  by("composer").dataset.told = told;
}

const join = (channel) => done(post("/demo/join", { user: at.user, channel }));

function turn(view) {
  at.view = view;
  if (view === "home") done(post("/demo/home", { user: at.user }));
  draw();
}

function thread(now) {
  by("thread-title").textContent = say("thread");
  by("thread-place").textContent = slack.thread ? by("channel").textContent : "";
  by("thread-close").setAttribute("aria-label", say("close"));
  by("thread-close").hidden = !slack.thread;
  if (slack.thread) show(by("replies"), slack.thread.replies, { ...now, open: null }, `${slack.user} ${slack.thread.root.ts}`, slack.thread.root);
  else {
    by("replies").dataset.at = "";
    fill(by("replies"), el("p", { class: "empty" }, say("noThread")));
  }
}

function steps() {
  const offered = slack.steps[speech.language] ?? [];
  const step = (one) => el("li", {}, el("button", { type: "button", onclick: () => take(one) }, one.text));
  by("steps").hidden = offered.length === 0;
  by("steps").setAttribute("aria-label", say("tryThis"));
  by("steps").dataset.words = say("tryThis");
  keep(by("steps"), offered, (one) => one.text, step);
}

/** Take a suggestion: become its person, go to its channel, fill in what it types, show what it shows. */
async function take(step) {
  at.view = "messages";
  pane("talk");
  if (at.user !== step.user || at.channel !== step.channel) {
    Object.assign(at, { user: step.user, channel: step.channel });
    await look();
  }
  if (step.types) line.put(step.types);
  const latest = slack.messages.findLast((one) => one.replies > 0);
  if (step.shows === "thread" && latest) openThread(latest.ts);
  if (step.shows === "cloud") side("cloud");
}

/** Play somebody else: in the same channel if they are in it, else where they were last. */
function become(user) {
  const channel = here().members.includes(user) ? at.channel : (visited.get(user) ?? "");
  Object.assign(at, { user, channel, view: "messages" });
  if (!slack.messages.some((one) => one.ts === at.thread) || at.channel !== slack.channel) closeThread();
  look();
}

function go(channel) {
  if (channel !== at.channel) closeThread();
  Object.assign(at, { channel, view: "messages" });
  pane("talk");
  if (matchMedia("(min-width: 901px)").matches) by("line").focus(); // on a phone the keyboard would cover the messages
  look();
}

function openThread(ts) {
  at.thread = ts;
  side("thread");
  pane("thread");
  look();
}

/** Show a message where it stands, as a link to it does. */
async function openMessage({ channel, ts, thread: root }) {
  if (!slack.channels.some((one) => one.id === channel)) return tell("noMessage");
  go(channel);
  if (root) openThread(root);
  await look();
  if (ts && !reveal(by(root ? "replies" : "messages"), ts)) tell("noMessage");
}

const outside = (address) => tell("outside", { address });

function visit(address) {
  const message = messageAt(address, slack.url);
  return message ? openMessage(message) : outside(address);
}

function closeThread() {
  at.thread = "";
  side("cloud");
  if (document.body.dataset.pane === "thread") pane("talk");
}

/** Which of the two right panes is in front, where there is room for one. */
function side(name) {
  document.body.dataset.side = name;
  if (slack) tabs();
}

/** Which pane is shown on a narrow screen. */
function pane(name) {
  document.body.dataset.pane = name;
  if (slack) tabs();
}

function tabs() {
  drawTabs({ side, pane });
}

function speakIn(language) {
  speak(language);
  draw();
}

by("thread-close").addEventListener("click", () => {
  closeThread();
  look();
});
speak(speech.language);
new EventSource("/demo/events").addEventListener("message", look);
const asked = follow(openMessage, outside);
look().then(() => asked && openMessage(asked));
