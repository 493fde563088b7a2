// What the element gives to the page's outside, caught; and what it marks.
export class Outside {
  #undo = [];
  files = [];
  notifications = [];
  tones = 0;
  asked = 0;
  answer = "granted";

  constructor(permission, hidden, storage = true) {
    const outside = this;
    this.#put(globalThis, "Notification", class extends EventTarget {
      static permission = permission;
      static async requestPermission() {
        outside.asked++;
        this.permission = outside.answer;
      }
      constructor(title, options) {
        super();
        outside.notifications.push([title, options.body, options.lang, this]);
      }
      close() {}
    });
    if (permission === "") this.#put(globalThis, "Notification", undefined);
    const node = class {
      gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
      connect = (to) => to;
      start = () => (outside.tones += 0.5);
      stop() {}
    };
    this.#put(globalThis, "OscillatorNode", node);
    this.#put(globalThis, "GainNode", node);
    this.#put(globalThis, "AudioContext", class {
      currentTime = 0;
      state = "running";
    });
    this.#put(document, "hidden", hidden);
    if (!storage) this.#put(globalThis, "localStorage", null);
    this.#put(URL, "createObjectURL", (blob) => {
      outside.files.push(["", blob]);
      return "blob:none";
    });
    this.#put(HTMLAnchorElement.prototype, "click", function () {
      outside.files.at(-1)[0] = this.download;
    });
  }

  #put(target, name, value) {
    const before = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
    this.#undo.push(() => (before ? Object.defineProperty(target, name, before) : delete target[name]));
  }

  show() {
    Object.defineProperty(document, "hidden", { value: false, configurable: true });
  }
  told = () => this.notifications.map(([title, body, lang]) => `${title}: ${body} (${lang})`);
  clickLast = () => this.notifications.at(-1)[3].dispatchEvent(new Event("click"));
  fileNames = () => this.files.map(([name]) => name);
  fileText = () => this.files.at(-1)[1].text();
  fileType = () => this.files.at(-1)[1].type;
  end() {
    for (const undo of this.#undo.reverse()) undo();
    localStorage.removeItem("chat-room-notifications");
    localStorage.removeItem("chat-room-sound");
  }
}

export function withoutHighlights(without) {
  if (without) Object.defineProperty(CSS, "highlights", { value: undefined, configurable: true });
  else delete CSS.highlights;
}
export function marked(host, now) {
  const kind = now ? "now" : "found";
  if (CSS.highlights) return Array.from(CSS.highlights.get(`chat-room-${kind}`) ?? [], String);
  return Array.from(host.shadowRoot.querySelectorAll(`mark.${kind}`), (it) => it.textContent);
}
export const nodes = (host) => host.shadowRoot.querySelectorAll("#message .text mark").length;
