// The page's own server: JSON in and out, its errors as exceptions with words in both languages.

export class Refused extends Error {
  constructor(words) {
    super(words.en);
    this.words = words;
  }
}

const GONE = { zh: "演示程序没有响应，它可能已经停止", en: "The demo does not answer; it may have stopped." };

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused(GONE);
  }
  const body = await answer.json().catch(() => ({ error: GONE }));
  if (!answer.ok) throw new Refused(body.error);
  return body;
}

export function get(path, query = {}) {
  return ask(`${path}?${new URLSearchParams(query)}`);
}

export function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}
