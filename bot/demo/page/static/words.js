// The words of the page itself, in both languages; what the bot says is the bot's own affair.

const WORDS = {
  zh: {
    actAs: "扮演", channels: "频道", direct: "copy-image", app: "应用",
    messages: "消息", home: "主页", thread: "消息列", cloud: "京东云", cloudNote: "模拟账号",
    close: "关闭", cancel: "取消", replies: "{n} 条回复", reply: "1 条回复", last: "最后回复 {time}", onlyYou: "仅您可见",
    edited: "（已编辑）", today: "今天", yesterday: "昨天", members: "{n} 位成员", empty: "这里还没有消息",
    noThread: "点击消息下方的“回复”查看消息列", send: "发送",
    write: "发消息到 {place}，输入 / 查看命令", tryThis: "试一试", image: "镜像", snapshot: "快照",
    used: "{used} / {limit}", more: "提高上限", less: "降低上限", noImages: "没有镜像",
    ready: "可用", pending: "复制中", deleting: "删除中", error: "错误", encrypted: "加密", localDisk: "本地盘",
    shared: "共享", public: "公共", thirdparty: "第三方", community: "社区", plays: "演示：{what}",
    finish: "立即完成", fail: "置为失败", insert: "填入输入框", copyOf: "复制自 {id}",
    troubles: "让它出错", armed: "已设置 {n} 项", rowTroubles: "下一次 copyImages：京东云的拒绝", netTroubles: "下一次 copyImages：应答与网络",
    service: "整个服务，直至关闭", older: "较旧的服务：不保留镜像描述", olderNote: "与“已生效，但应答丢失”一起打开，机器人便须请人确认",
    calls: "API 调用", noCalls: "还没有调用", choose: "请选择", remove: "移除 {what}", optional: "（选填）",
    download: "下载 {name}", sending: "发送中", hints: "命令提示", quota: "配额",
    outside: "演示页面不打开外部链接：{address}", noMessage: "找不到这条消息，您可能看不到它所在的频道",
    notJoined: "未加入", looking: "您正在浏览 {place}，尚未加入", join: "加入频道",
    time: "时间", skipHour: "快进 1 小时", skipDay: "快进 1 天", timeNote: "提醒、失效和复制进度都会随之推进",
  },
  en: {
    actAs: "Act as", channels: "Channels", direct: "copy-image", app: "APP",
    messages: "Messages", home: "Home", thread: "Thread", cloud: "JD Cloud", cloudNote: "simulated account",
    close: "Close", cancel: "Cancel", replies: "{n} replies", reply: "1 reply", last: "Last reply {time}", onlyYou: "Only visible to you",
    edited: "(edited)", today: "Today", yesterday: "Yesterday", members: "{n} members", empty: "No messages here yet",
    noThread: "Select “replies” below a message to read its thread", send: "Send",
    write: "Message {place}, or type / for commands", tryThis: "Try this", image: "Images", snapshot: "Snapshots",
    used: "{used} / {limit}", more: "Raise the limit", less: "Lower the limit", noImages: "No images",
    ready: "Available", pending: "Copying", deleting: "Deleting", error: "Error", encrypted: "encrypted", localDisk: "local disk",
    shared: "shared", public: "public", thirdparty: "third party", community: "community", plays: "Plays: {what}",
    finish: "Finish now", fail: "Make it fail", insert: "Put into the composer", copyOf: "Copy of {id}",
    troubles: "Make it go wrong", armed: "{n} armed", rowTroubles: "The next copyImages: refused by JD Cloud", netTroubles: "The next copyImages: answer and network",
    service: "The whole service, until switched off", older: "Older service: keeps no image descriptions", olderNote: "Together with “Answer lost after the effect” the bot has to ask a person",
    calls: "API calls", noCalls: "No calls yet", choose: "Choose", remove: "Remove {what}", optional: "(optional)",
    download: "Download {name}", sending: "Sending", hints: "Command hints", quota: "Quota",
    outside: "The demo opens no outside links: {address}", noMessage: "There is no such message, or it is in a channel you can't see",
    notJoined: "not joined", looking: "You are viewing {place} without having joined it", join: "Join channel",
    time: "Time", skipHour: "Skip 1 hour", skipDay: "Skip 1 day", timeNote: "Reminders, expiry and copies' progress all move along",
  },
};

const KEY = "copy-image-language";

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage may be forbidden: the choice then lasts as long as the page
  }
}

export const speech = { language: remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en"), reader: "zh" };

/** Whose Slack is shown: its own words in forms and menus are in that person's language, as in Slack. */
export function readBy(locale) {
  speech.reader = locale.startsWith("zh") ? "zh" : "en";
}

export function speak(language) {
  speech.language = language;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // as above
  }
}

/** Words of the page's own. */
export function say(name, values = {}) {
  return filled(WORDS[speech.language][name], values);
}

/** Words that Slack puts around a form or a menu. */
export function slackSays(name, values = {}) {
  return filled(WORDS[speech.reader][name], values);
}

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** The one of `{zh, en}` that is spoken now. */
export function own(words) {
  return words[speech.language];
}

function format(at, options) {
  return new Intl.DateTimeFormat(speech.language === "zh" ? "zh-CN" : "en-US", options).format(at);
}

let ahead_ms = 0;

/** The demo's clock may have been put forward; `at` in seconds since 1970. */
export function timeIs(at) {
  ahead_ms = at * 1000 - Date.now();
}

/** The time in the demo, in milliseconds since 1970. */
export function now() {
  return Date.now() + ahead_ms;
}

/** Day and time of day; `at` in milliseconds since 1970. */
export function moment(at) {
  return format(new Date(at), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Time of day in the browser's zone; `at` in seconds since 1970. */
export function clock(at, seconds = false) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return format(new Date(at * 1000), seconds ? { ...options, second: "2-digit" } : options);
}

export function day(at, { pretty = true, style = "long" } = {}) {
  const then = new Date(at * 1000);
  const days = Math.round((new Date(now()).setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / 86_400_000);
  if (pretty && days === 0) return say("today");
  if (pretty && days === 1) return say("yesterday");
  const month = style === "short" ? "short" : "long";
  return format(then, { month, day: "numeric", ...(style === "full" ? { weekday: "long", year: "numeric" } : {}) });
}
