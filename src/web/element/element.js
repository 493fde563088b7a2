// What only JavaScript can be: the class of the element. All that it does is in the core, which is Rust.

import { isExpected, letGo } from "../early.js";

let makeCore;
let css;
let sheet;
// The element whose core is to start in a task of its own.
let next = null;

// A worker, and a server that renders pages, have no elements, and can load the module for the rest of it.
const Base = globalThis.HTMLElement ?? class {};

export class ChatRoomElement extends Base {
  static {
    // Whatever those who shorten scripts call it.
    Object.defineProperty(this, "name", { value: "ChatRoomElement" });
  }

  static observedAttributes = ["url", "room", "name", "lang", "autoconnect", "inspector", "nokeep"];

  #shadow = this.attachShadow({ mode: "open" });
  #core = null;
  #texts = {};
  #token = null;

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [sheet];
  }

  get url() {
    return this.getAttribute("url") ?? "";
  }
  set url(value) {
    this.#reflect("url", value);
  }
  get room() {
    return this.getAttribute("room") ?? "";
  }
  set room(value) {
    this.#reflect("room", value);
  }
  get name() {
    return this.getAttribute("name") ?? "";
  }
  set name(value) {
    this.#reflect("name", value);
  }
  get autoconnect() {
    return this.hasAttribute("autoconnect");
  }
  set autoconnect(value) {
    this.toggleAttribute("autoconnect", Boolean(value));
  }
  get inspector() {
    return this.hasAttribute("inspector");
  }
  set inspector(value) {
    this.toggleAttribute("inspector", Boolean(value));
  }
  // Keeps nothing of what is said for reading it offline.
  get noKeep() {
    return this.hasAttribute("nokeep");
  }
  set noKeep(value) {
    this.toggleAttribute("nokeep", Boolean(value));
  }

  // "light" or "dark"; without either it is what the user prefers.
  get theme() {
    return this.getAttribute("theme") ?? "";
  }
  set theme(value) {
    this.#reflect("theme", value || null);
  }

  // Null and undefined are no value: the attribute leaves.
  #reflect(name, value) {
    if (value == null) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  // The page's own words in the place of the element's, `{send: "Go"}`.
  get texts() {
    return this.#texts;
  }
  set texts(words) {
    this.#texts = { ...words };
    this.#replaceTexts();
  }

  #replaceTexts() {
    const unknown = this.#core?.replaceTexts(this.#texts);
    if (unknown) console.warn(`<chat-room> has no text "${unknown}"`);
  }

  // What a room's server asks for at the door: a string, or a function that gives one or a promise of one.
  get token() {
    return this.#token;
  }
  set token(value) {
    if (typeof value === "function") this.#token = value;
    else this.#token = value == null || value === "" ? null : String(value);
    this.#core?.setToken(this.#token);
  }

  // What is loaded, the oldest first: {seq, at, client, name, text, own, delivery, edited, deleted, replyTo, reactions}.
  messages() {
    return this.#started()?.messages() ?? [];
  }

  // How many messages have come that were not seen yet.
  get unread() {
    return this.#started()?.unread() ?? 0;
  }

  get readyState() {
    return this.#started()?.readyState() ?? ChatRoomElement.CLOSED;
  }

  connect() {
    this.#needCore().connect();
  }
  disconnect() {
    this.#started()?.disconnect();
  }
  send(text) {
    this.#needCore().send(String(text));
  }

  connectedCallback() {
    this.#keepEarlyProperties();
    if (this.#core || next === this) return;
    if (isExpected(this)) {
      // Its socket opens meanwhile, and the page has its turn to listen.
      next = this;
      setTimeout(() => this.#started());
    } else {
      this.#start();
    }
  }

  // The core; whoever asks for it does not wait for its task.
  #started() {
    if (next === this) {
      next = null;
      this.#start();
      letGo();
    }
    return this.#core;
  }

  // An element that is only moved is back before the microtask runs, and keeps its connection.
  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  // A style sheet belongs to the document that it was made in.
  adoptedCallback() {
    const view = this.ownerDocument.defaultView;
    if (view) this.#shadow.adoptedStyleSheets = [view === window ? sheet : makeSheet(view)];
  }

  attributeChangedCallback(name, before, after) {
    if (before !== after) this.#core?.attributeChanged(name);
  }

  // A property that was set before the class was there hides the one of the class.
  #keepEarlyProperties() {
    for (const name of ["url", "room", "name", "autoconnect", "inspector", "noKeep", "theme", "texts", "token"]) {
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
  }

  #needCore() {
    if (!this.#started()) throw new DOMException("<chat-room> is not in a document: append it first", "InvalidStateError");
    return this.#core;
  }

  #start() {
    try {
      this.#core = makeCore(this, this.#shadow, (error) => this.#broke(error));
      if (this.#token !== null) this.#core.setToken(this.#token);
      this.#core.begin();
      if (Object.keys(this.#texts).length > 0) this.#replaceTexts();
    } catch (error) {
      this.#broke(error);
    }
  }

  #stop() {
    if (next === this) {
      next = null;
      letGo();
    }
    const core = this.#core;
    this.#core = null;
    try {
      core?.free();
    } catch {
      // A core that has broken may not be able to leave in good order.
    }
    this.#shadow.replaceChildren();
  }

  // Nothing in here may need the core.
  #broke(error) {
    console.error("<chat-room> broke:", error);
    const typed = this.#typed();
    const hadFocus = this.#shadow.activeElement !== null;
    queueMicrotask(() => {
      this.#stop();
      this.#showBroken(typed, hadFocus);
    });
  }

  // What the user has typed: the fields, and before the draft every text that was not sent.
  #typed() {
    const value = (id) => this.#shadow.getElementById(id)?.value ?? "";
    const draft = value("text");
    const texts = draft ? [...this.#unsent(), draft] : this.#unsent();
    const settings = ["url", "room", "name", "protocols"].map((id) => [id, value(id)]);
    return [...settings, ["text", texts.join("\n")]];
  }

  // From the core if it can still tell, else as far as it is to be seen.
  #unsent() {
    try {
      const unsent = this.#core?.unsent();
      if (unsent) return unsent;
    } catch {
      // It broke in the midst of changing its texts.
    }
    const rows = this.#shadow.querySelectorAll(".own:is([data-delivery=waiting], [data-delivery=failed]) .text");
    return [...rows].map((text) => text.textContent);
  }

  #showBroken(typed, hadFocus) {
    const tag = this.closest("[lang]")?.lang || navigator.language;
    const chinese = /^zh\b/i.test(tag);
    const make = (name, text, id, part) => {
      const element = document.createElement(name);
      if (text) element.textContent = text;
      if (id) element.id = id;
      if (part) element.setAttribute("part", part);
      return element;
    };
    const box = make("section", "", "broken", "broken");
    box.setAttribute("role", "alert");
    box.lang = chinese ? "zh-CN" : "en";
    const again = make("button", chinese ? "重新开始" : "Start again", "restart", "button");
    again.type = "button";
    again.addEventListener("click", () => {
      this.#shadow.replaceChildren();
      this.#start();
      for (const [id, value] of typed) {
        const field = this.#shadow.getElementById(id);
        if (!field) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    box.append(
      make("h2", chinese ? "聊天室出错了" : "The chat room broke"),
      make(
        "p",
        chinese
          ? "内部错误，连接已断开。您输入的和未发送的文字已保留。详情请见浏览器控制台。"
          : "An internal error; the connection is closed. What you have typed, and what was not sent, is kept. The browser's console has the details.",
      ),
      again,
    );
    this.#shadow.replaceChildren(box);
    if (hadFocus) again.focus();
  }
}

// As WebSocket has them: on the class and on each element.
for (const [value, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) {
  for (const place of [ChatRoomElement, ChatRoomElement.prototype]) {
    Object.defineProperty(place, name, { value, enumerable: true });
  }
}

// What base.css tells of: the sheet of a shadow tree cannot say what a custom property is.
const COLOURS = ["paper", "pole", "ink"];

function makeSheet(view) {
  for (const name of COLOURS) {
    try {
      view.CSS.registerProperty({ name: `--chat-room__${name}`, syntax: "<color>", inherits: true, initialValue: "#fff" });
    } catch {
      // Another copy of the module has, or the browser cannot: then it takes longer.
    }
  }
  const made = new view.CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

export function define(make, style) {
  if (!globalThis.customElements) return;
  makeCore = make;
  css = style;
  sheet = makeSheet(window);
  if (customElements.get("chat-room")) {
    console.warn("<chat-room> is defined already; this copy of the module leaves it as it is");
  } else {
    customElements.define("chat-room", ChatRoomElement);
  }
  if (!next) letGo();
}
