// What one might want to type next: whole commands, then image ids, regions and names.

import { speech } from "./words.js";

const COMMANDS = {
  zh: [
    ["/copy-image {a} 到 上海 因为 扩容", "申请复制一个镜像"],
    ["/copy-image {a} {b} 到 上海、广州", "多个镜像、多个地域"],
    ["/copy-image", "用表单申请"],
    ["/copy-image 为什么 {a} 到 上海", "看看会发生什么，不执行"],
    ["/copy-image {wrong} 到 上海", "复制一个会出错的镜像"],
    ["/copy-image 历史 我的 最近 7 天", "我最近的申请"],
    ["/copy-image 权限", "此频道的规则"],
    ["/copy-image 帮助", "我在这里可以做什么"],
  ],
  en: [
    ["/copy-image {a} to Shanghai because scaling out", "Ask for one image"],
    ["/copy-image {a} {b} to cn-east-2, cn-south-1", "Several images, several regions"],
    ["/copy-image", "Ask with a form"],
    ["/copy-image why {a} to cn-east-2", "What would happen, without doing it"],
    ["/copy-image {wrong} to cn-east-2", "An image that can't be copied"],
    ["/copy-image history mine last 7d", "My recent requests"],
    ["/copy-image permissions", "The rules of this channel"],
    ["/copy-image help", "What I may do here"],
  ],
};
const MOST = 8;

/** Up to eight hints for `text`; each has the whole new `text`, what to `show`, and a `note`. */
export function hints(text, { regions, people, groups }) {
  const typed = text.trimStart();
  const found = [
    ...(typed.startsWith("/") ? [...words(text, regions), ...commands(typed, regions)] : []),
    ...names(text, people, groups),
  ];
  return found.filter((one) => one.text.trim() !== text.trim() || text === "/").slice(0, MOST);
}

function commands(typed, regions) {
  const images = regions.flatMap((region) => region.images);
  const fine = images.filter((one) => isFine(one) && one.copy_of === null);
  const wrong = images.find((one) => !isFine(one)) ?? fine[0];
  const values = { a: fine[0]?.id ?? "img-…", b: fine[1]?.id ?? "", wrong: wrong?.id ?? "img-…" };
  return COMMANDS[speech.language]
    .map(([text, note]) => [text.replace(/\{(\w+)\}/g, (_, name) => values[name]), note])
    .filter(([text]) => text.toLowerCase().startsWith(typed.toLowerCase()))
    .map(([text, note]) => ({ text, show: text, note }));
}

function isFine(image) {
  return image.status === "ready" && !image.encrypted && image.root_device_type === "cloudDisk" && image.source === "private" && !image.plays;
}

function words(text, regions) {
  const [, before, last] = /^([\s\S]*?)([^\s,，、]*)$/.exec(text);
  if (before === "") return [];
  const completed = (word, note) => ({ text: `${before}${word} `, show: word, note });
  if (last.toLowerCase().startsWith("img")) {
    const images = regions.flatMap((region) => region.images.map((image) => [image, region]));
    return images
      .filter(([image]) => image.id.startsWith(last.toLowerCase()))
      .map(([image, region]) => completed(image.id, `${image.name} · ${region.id}`));
  }
  if (!/(^|\s)(to|from|到|从|自|至|->|→)\s*([\w-]+[,，、]\s*)*$/i.test(before)) return [];
  return regions.filter((one) => one.id.startsWith(last.toLowerCase())).map((one) => completed(one.id, one.name?.[speech.language] ?? ""));
}

function names(text, people, groups) {
  const found = /^([\s\S]*(?:^|\s))@([\w.-]*)$/.exec(text);
  if (!found) return [];
  const all = [
    ...Object.values(people).filter((one) => !one.deleted && !one.bot).map((one) => [one.name, one.real_name]),
    ...Object.values(groups).map((one) => [one.handle, one.name]),
  ];
  return all
    .filter(([name]) => name.toLowerCase().startsWith(found[2].toLowerCase()))
    .map(([name, note]) => ({ text: `${found[1]}@${name} `, show: `@${name}`, note }));
}
