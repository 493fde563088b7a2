// What the page is told. To make the events here is quicker, and smaller, than field by field from Rust.
const tellDetail = (host, type, detail) => host.dispatchEvent(new CustomEvent(type, { detail, cancelable: type === "messages" }));

export const tellState = (host, state, readyState, joined, members) =>
  tellDetail(host, "statechange", { state, readyState, joined, members });

export const tellUnread = (host, unread, mentions) => tellDetail(host, "unreadchange", { unread, mentions });

// All that has come together; then each of it, as the native socket tells it, unless the page has them all now. One listener
// takes nothing away from another.
function tellMessages(host, all) {
  if (tellDetail(host, "messages", Object.freeze(all))) for (const data of all) host.dispatchEvent(new MessageEvent("message", { data }));
}

export const tellBytes = (host, bytes) => tellMessages(host, [bytes.slice().buffer]);

export function tellTexts(host, texts, ends) {
  let begin = 0;
  tellMessages(host, Array.from(ends, (end) => texts.slice(begin, (begin = end))));
}

export const tellClose = (host, code, reason, wasClean) =>
  host.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
