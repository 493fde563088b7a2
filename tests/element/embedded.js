export const Class = () => customElements.get("chat-room");

// Each attribute with its property, and whether it is there or not rather than a text.
const REFLECTED = [
  ["url", "url", false],
  ["room", "room", false],
  ["name", "name", false],
  ["lang", "lang", false],
  ["theme", "theme", false],
  ["autoconnect", "autoconnect", true],
  ["inspector", "inspector", true],
  ["nokeep", "noKeep", true],
];

// What does not reflect as it should, a line each.
export function unreflected() {
  const wrong = [];
  const check = (fine, what) => fine || wrong.push(what);
  for (const [attribute, property, boolean] of REFLECTED) {
    const it = document.createElement("chat-room");
    check(it[property] === (boolean ? false : ""), `${property} without its attribute`);
    it.setAttribute(attribute, boolean ? "" : "dark");
    check(it[property] === (boolean ? true : "dark"), `${attribute} is not in its property`);
    it[property] = boolean ? false : "light";
    check(it.getAttribute(attribute) === (boolean ? null : "light"), `${property} is not in its attribute`);
    it[property] = boolean ? 1 : 7;
    check(it.getAttribute(attribute) === (boolean ? "" : "7"), `${property} takes only its own type`);
    if (attribute === "lang") continue; // the platform's own
    for (const nothing of [null, undefined]) {
      it[property] = boolean ? true : "dark";
      it[property] = nothing;
      check(!it.hasAttribute(attribute), `${property} = ${nothing} leaves its attribute`);
    }
  }
  const told = Class().observedAttributes.filter((it) => !REFLECTED.some(([attribute]) => attribute === it));
  return [...wrong, ...told.map((it) => `${it} has no property`)];
}

// An element with properties from before there was its class, in the page.
export function early(properties) {
  const it = document.implementation.createHTMLDocument("").createElement("chat-room");
  Object.assign(it, properties);
  document.body.append(it);
  return it;
}
export const hasOwn = (element) => Object.getOwnPropertyNames(element);
export const bare = () => {
  const it = new (Class())();
  return [it.attributes.length, it.childNodes.length, it instanceof HTMLElement, it.constructor === Class()].join();
};
export const constants = () => {
  const names = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
  const it = document.createElement("chat-room");
  const fixed = (place) => names.every((name) => !Object.getOwnPropertyDescriptor(place, name).writable);
  return `${names.map((name) => `${Class()[name]}${it[name]}`)} ${fixed(Class()) && fixed(Class().prototype)}`;
};

// A document of its own in the page.
export class Frame {
  #frame = document.createElement("iframe");
  constructor() {
    document.body.append(this.#frame);
  }
  take(element) {
    this.#frame.contentDocument.body.append(element);
  }
  remove() {
    this.#frame.remove();
  }
}
export const background = (host) => {
  const room = host.shadowRoot.querySelector(".room");
  return room.ownerDocument.defaultView.getComputedStyle(room).backgroundColor;
};
// Which of its events can be heard outside of it.
export function heardOutside(element) {
  const heard = [];
  for (const name of ["statechange", "unreadchange", "messages", "message", "close"]) {
    element.addEventListener(name, (it) => heard.push(`${name} ${it.constructor.name} ${it.bubbles} ${it.composed} ${it.isTrusted}`));
    document.body.addEventListener(name, () => heard.push(`${name} outside`));
  }
  return heard;
}
// What it is told together, and alone. A page that takes all of it at once is told nothing alone.
export function heardTogether(element, takesAll) {
  const heard = [];
  element.addEventListener("messages", (it) => {
    heard.push(`together: ${it.detail.map(said).join(", ")}`);
    if (!Object.isFrozen(it.detail)) heard.push("another listener could change it");
    if (takesAll) it.preventDefault();
  });
  element.addEventListener("message", (it) => heard.push(`alone: ${said(it.data)}`));
  return heard;
}
const said = (data) => (data instanceof ArrayBuffer ? `bytes ${new Uint8Array(data).join(" ")}` : data);
