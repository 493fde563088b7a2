export const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export function key(target, isComposing, keyCode) {
  const event = new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
}
export function type(target, value) {
  target.value = value;
  target.dispatchEvent(new Event("input", { bubbles: true }));
}
// Made where no custom element is upgraded, given a property, and then put into the page.
export function early(name, value) {
  const page = document.implementation.createHTMLDocument("");
  const element = page.createElement("chat-room");
  element[name] = value;
  document.body.append(element);
  return element;
}
export const value = (field) => field.value;
export const connect = (element) => element.connect();
export const send = (element, text) => element.send(text);
export const readyState = (element) => element.readyState;
export const message = (error) => String(error?.message ?? "");

const told = ({ state, readyState, joined, members }) =>
  `statechange ${state} ${readyState}${joined && members ? ` joined ${members}` : ""}`;

// What an element tells its page, a line each.
export function record(element) {
  const lines = [];
  element.addEventListener("statechange", (it) => lines.push(told(it.detail)));
  element.addEventListener("message", (it) => lines.push(`message ${it.data}`));
  element.addEventListener("close", (it) => lines.push(`close ${it.code} ${it.reason} ${it.wasClean}`));
  return lines;
}
export function page(kind) {
  const event = kind.startsWith("page") ? new PageTransitionEvent(kind, { persisted: true }) : new Event(kind);
  (kind.startsWith("page") ? window : document).dispatchEvent(event);
}
export function setOnline(online) {
  if (online) delete navigator.onLine;
  else Object.defineProperty(navigator, "onLine", { get: () => false, configurable: true });
  window.dispatchEvent(new Event(online ? "online" : "offline"));
}

// The next node that anything appends to another is one too many.
export function breakNextAppend() {
  const append = Node.prototype.appendChild;
  Node.prototype.appendChild = function () {
    Node.prototype.appendChild = append;
    throw new Error("a page that meddles with the DOM");
  };
}
export async function openConnections(server) {
  const answer = await fetch(`${server.replace(/^ws/, "http")}/count`);
  return (await answer.json()).open;
}

// A narrower element while a scroll event is on its way: the event finds the new layout.
export function narrowWhileScrolling(element, log) {
  log.scrollTop -= 2;
  element.style.inlineSize = "300px";
}
export const isShown = (part) => part.checkVisibility();
export const topOf = (row) => row.getBoundingClientRect().top;
export const scrollTo = (log, top) => {
  log.scrollTop = top;
};
export const distanceFromEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight;
export const announced = () => document.querySelector("[data-chat-room=announcer]:last-of-type")?.textContent ?? "";

export const setTexts = (element, json) => {
  element.texts = JSON.parse(json);
};
