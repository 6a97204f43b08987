// What the page asks the server over HTTP, and who is asking.
export async function ask(path) {
  return answer(await fetch(`/api/${path}`));
}

export async function tell(path, content = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`/api/${path}`, { method: "POST", headers, body: JSON.stringify(content) }));
}

// A file to keep, or an error with the server's words.
export async function fetched(path) {
  const response = await fetch(`/api/${path}`);
  if (!response.ok) return answer(response);
  const [, name] = response.headers.get("Content-Disposition").match(/filename="(.+)"/);
  const link = document.createElement("a");
  Object.assign(link, { href: URL.createObjectURL(await response.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return name;
}

async function answer(response) {
  if (response.ok) return response.json();
  const text = await response.text();
  let words = text;
  try { words = JSON.parse(text).words; } catch { /* it was plain text */ }
  throw new Error(words || `The server said ${response.status}.`);
}

export const who = {
  get name() { return localStorage.getItem("annotator") || "somebody"; },
  set name(value) { localStorage.setItem("annotator", value.trim().slice(0, 80) || "somebody"); },
};

export const taste = {
  get level() { return localStorage.getItem("level") || "standard"; },
  set level(value) { localStorage.setItem("level", value); },
  get layout() { return localStorage.getItem("layout") || "original"; },
  set layout(value) { localStorage.setItem("layout", value); },
};
