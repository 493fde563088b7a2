// What a user does in the log, and what a test has to know of it.
export function key(target, name) {
  const event = new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, composed: true });
  target.dispatchEvent(event);
  return event.defaultPrevented;
}
export const over = (target) => target.dispatchEvent(new MouseEvent("mouseover", { bubbles: true, composed: true }));
export function hide(hidden) {
  if (hidden) Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
  else delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}
const { requestAnimationFrame } = window;
export function frames(come) {
  window.requestAnimationFrame = come ? requestAnimationFrame : () => 0;
}
export const unread = (element) => element.unread;
export function unreadChanges(element) {
  const lines = [];
  element.addEventListener("unreadchange", (it) => lines.push(`${it.detail.unread} ${it.detail.mentions}`));
  return lines;
}
export const messages = (element) => JSON.stringify(element.messages());
// How many nodes inside the log come, go or get other attributes until the answer is asked for.
export function touched(log) {
  const observer = new MutationObserver(() => {});
  observer.observe(log, { childList: true, attributes: true, characterData: true, subtree: true });
  return observer;
}
export function count(observer) {
  const records = observer.takeRecords();
  const nodes = new Set();
  for (const it of records) {
    for (const node of [...it.addedNodes, ...it.removedNodes]) nodes.add(node);
    if (it.type !== "childList") nodes.add(it.target);
  }
  return nodes.size;
}
export const scrollTop = (log) => log.scrollTop;
export const scrollHeight = (log) => log.scrollHeight;
// The text of the first row in sight, and how far it is below the upper edge.
export function firstInSight(log) {
  const top = log.getBoundingClientRect().top;
  const row = [...log.querySelectorAll(".row")].find((it) => it.getBoundingClientRect().bottom > top + 1);
  return row ? [row.querySelector(".text")?.textContent ?? "", String(row.getBoundingClientRect().top - top)] : ["", "0"];
}
// Whether all of what is in sight of the log is rows.
export function isFilled(log) {
  const edges = log.getBoundingClientRect();
  const rows = [...log.querySelectorAll(".row")].map((it) => it.getBoundingClientRect());
  return rows[0].top <= edges.top + 60 && rows.at(-1).bottom >= edges.bottom - 60;
}
export const focused = (shadow) => shadow.activeElement;
// A page that does something with the element whenever the focus moves.
export function talkBack(element) {
  const moves = [];
  for (const type of ["focusin", "focusout"]) {
    element.addEventListener(type, () => {
      moves.push(type);
      element.setAttribute("name", `Ann ${moves.length}`);
      try {
        element.send(type);
      } catch (error) {
        if (!/queueMicrotask|connect/.test(error.message)) throw error;
      }
    });
  }
  return moves;
}
// A clipboard that gives what was copied, or denies it; without a value the browser's own is back.
export function clipboard(works) {
  delete navigator.clipboard;
  const copied = [];
  const writeText = async (text) => {
    if (!works) throw new DOMException("denied", "NotAllowedError");
    copied.push(text);
  };
  if (works !== undefined) Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
  return copied;
}
// How many lines the longest announcement has had since, and how many there were.
export function announcements() {
  const region = document.querySelector("[data-chat-room=announcer]:last-of-type");
  const seen = [];
  new MutationObserver(() => region.textContent && seen.push(region.textContent)).observe(region, { childList: true });
  return seen;
}
