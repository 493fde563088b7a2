// The ways to show a log. Each has `open(relay)`, `more(messages)` for the next page of a history of so many, or false where there
// is none, `take(text)` for what the relay says, `end()` to go to the newest message, `count()` of its messages, and `log`, which
// scrolls.

import { Virtualizer, elementScroll, measureElement, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";

// What is told at once of a long log.
const PAGE = 50;
// How near to its end, in CSS pixels, one counts as being there.
const END_SLACK = 24;

const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const show = (html) => document.body.insertAdjacentHTML("beforeend", html);

/** Pages of history for those who have no protocol for it: by and by, each when the one before it is there. */
class Plain {
  wasm = () => 0;
  seen = 0;
  count() {
    return this.seen;
  }
  async open(relay) {
    this.relay = relay;
    await this.make();
  }
  async more(messages) {
    if (this.seen >= messages) return false;
    const { promise, resolve } = Promise.withResolvers();
    this.taken = resolve;
    this.relay.postMessage({ ask: "tell", from: this.seen + 1, count: Math.min(PAGE, messages - this.seen) });
    await promise;
    return true;
  }
  take(text) {
    const entries = JSON.parse(text);
    this.seen += entries.length;
    this.add(entries);
    this.taken?.();
  }
  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    return scrollHeight - scrollTop - clientHeight <= END_SLACK;
  }
  end() {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

const style = "block-size: 40rem; overflow-y: auto; padding-inline: 1rem; font: 1rem/1.5 system-ui";

function row({ name, at, body }) {
  const row = document.createElement("div");
  const who = document.createElement("b");
  const when = document.createElement("time");
  who.textContent = name;
  when.textContent = new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit" });
  row.append(who, " ", when, " ", body.text);
  return row;
}

/** A div for each message, for ever. */
class List extends Plain {
  make() {
    show(`<div id="log" style="${style}"></div>`);
    this.log = document.getElementById("log");
  }
  add(entries) {
    const wasAtEnd = this.isAtEnd();
    this.log.append(...entries.map(row));
    if (wasAtEnd) this.end();
  }
}

/** What is in sight, and a few around it, as the library's documentation has it for a chat with rows of any height. */
class Virtual extends Plain {
  items = [];
  rows = new Map();
  make() {
    show(`<div id="log" style="${style}; overflow-anchor: none"><div id="rows" style="position: relative"></div></div>`);
    this.log = document.getElementById("log");
    this.place = document.getElementById("rows");
    this.virtualizer = new Virtualizer(this.options());
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }
  options() {
    return {
      count: this.items.length,
      getScrollElement: () => this.log,
      estimateSize: () => 24,
      getItemKey: (index) => this.items[index].seq,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      measureElement,
      overscan: 10,
      anchorTo: "end",
      followOnAppend: true,
      scrollEndThreshold: END_SLACK,
      onChange: () => this.wish(),
    };
  }
  /** Drawn once a frame, as the frameworks that it is made for do. */
  wish() {
    this.wished ??= requestAnimationFrame(() => {
      this.wished = undefined;
      this.draw();
    });
  }
  draw() {
    const { virtualizer } = this;
    const shown = virtualizer.getVirtualItems();
    const keys = new Set(shown.map((it) => it.key));
    for (const [key, element] of this.rows) {
      if (keys.has(key)) continue;
      element.remove();
      this.rows.delete(key);
    }
    this.place.style.height = `${virtualizer.getTotalSize()}px`;
    for (const { key, index, start } of shown) {
      let element = this.rows.get(key);
      if (!element) {
        element = row(this.items[index]);
        element.dataset.index = index;
        element.style.cssText = "position: absolute; inset-block-start: 0; inset-inline: 0";
        this.rows.set(key, element);
        this.place.append(element);
        virtualizer.measureElement(element);
      }
      element.style.transform = `translateY(${start}px)`;
    }
  }
  add(entries) {
    this.items.push(...entries);
    this.virtualizer.setOptions(this.options());
    this.virtualizer._willUpdate();
    this.wish();
  }
  end() {
    this.virtualizer.scrollToEnd();
  }
}

/** Each message by its method, as its documentation says for those that come from elsewhere. */
class DeepChat extends Plain {
  async make() {
    // By itself, so that the others have nothing of it in their heaps.
    const script = "/log-deep-chat.js";
    await import(script);
    const { promise, resolve } = Promise.withResolvers();
    const element = document.createElement("deep-chat");
    Object.assign(element, { connect: { handler: () => {} }, onComponentRender: resolve });
    // With a font of its own it asks no other server for one.
    element.style.cssText = "inline-size: 60rem; block-size: 44rem; font-family: sans-serif";
    document.body.append(element);
    await promise;
    this.element = element;
    this.log = element.shadowRoot.getElementById("messages");
  }
  add(entries) {
    for (const { name, body } of entries) this.element.addMessage({ role: name, text: body.text });
  }
}

/** The project's element. Its relay is where its WebSocket would be. */
class Element {
  async open(relay) {
    const page = this;
    globalThis.WebSocket = class extends EventTarget {
      readyState = 0;
      bufferedAmount = 0;
      protocol = "";
      constructor() {
        super();
        page.socket = this;
        setTimeout(() => {
          this.protocol = "chat-room.v1";
          this.readyState = 1;
          this.dispatchEvent(new Event("open"));
        });
      }
      send(data) {
        relay.postMessage({ ask: "hear", data });
      }
      close() {}
    };
    const { default: init } = await import("/pkg/chat_room.js");
    this.memory = (await init()).memory;
    show(`<chat-room url="ws://localhost/" room="bench" name="Ann" style="display: block; block-size: 44rem"></chat-room>`);
    this.element = document.querySelector("chat-room");
    this.root = this.element.shadowRoot;
    this.log = this.root.getElementById("message");
    this.element.connect();
    while (!this.root.querySelector(".row[data-seq]")) await frame();
  }
  wasm() {
    return this.memory.buffer.byteLength;
  }
  take(data) {
    this.socket.dispatchEvent(new MessageEvent("message", { data }));
  }
  count() {
    return this.element.messages().length;
  }
  async more() {
    this.log.scrollTop = 0;
    return this.root.getElementById("older-words").hidden;
  }
  end() {
    const newer = this.root.getElementById("newer");
    if (newer.checkVisibility()) newer.click();
    else this.log.scrollTop = this.log.scrollHeight;
  }
  async save(as) {
    let size = 0;
    const { createObjectURL } = URL;
    URL.createObjectURL = (file) => {
      size = file.size;
      return createObjectURL.call(URL, file);
    };
    this.root.getElementById("menu-button").click();
    this.root.getElementById(`menu-${as}`).click();
    while (size === 0) await frame();
    URL.createObjectURL = createObjectURL;
    return size;
  }
}

/** What the browser does by itself. */
class Empty extends Plain {
  async more() {
    return false;
  }
  make() {
    show(`<div id="log" style="${style}"></div>`);
    this.log = document.getElementById("log");
  }
  add() {}
}

export const CONTENDERS = {
  empty: new Empty(),
  element: new Element(),
  list: new List(),
  virtual: new Virtual(),
  "deep-chat": new DeepChat(),
};
