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
