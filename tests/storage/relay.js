// A relay inside the page, in the place of the native WebSocket. It is told when to answer by the test alone.

const Native = WebSocket;
let sockets = [];
let log = [];
let isHolding = false;
let heldKey = "";
let refused = "";

class Socket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
  readyState = 0;
  bufferedAmount = 0;
  extensions = "";
  protocol = "";
  key = "";
  name = "";
  said = [];

  constructor(url, protocols) {
    super();
    this.url = url;
    sockets.push(this);
    setTimeout(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.protocol = protocols.includes("chat-room.v1") ? "chat-room.v1" : "";
      this.dispatchEvent(new Event("open"));
    });
  }

  send(text) {
    this.said.push(text);
    if (isHolding || this.protocol === "" || (heldKey && `${this.key}${text}`.includes(heldKey))) return;
    for (const frame of [JSON.parse(text)].flat()) setTimeout(() => this.readyState === 1 && this.hear(frame));
  }

  close() {
    if (this.readyState < 2) this.end(1000);
  }

  end(code) {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code, wasClean: code === 1000 }));
  }

  say(frame) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  hear(frame) {
    if (frame.type === "join") {
      Object.assign(this, { key: frame.key, name: frame.name });
      const own = log.filter((it) => it.key === this.key).map((it) => it.frame.n);
      const { epoch, seq } = frame.since ?? {};
      const recovered = epoch === "epoch" && seq <= log.length;
      this.say({
        type: "joined",
        client: `client of ${this.key}`,
        epoch: "epoch",
        head: log.length,
        recovered,
        accepted: Math.max(0, ...own),
        members: [],
        count: 1,
        limits: {
          text_bytes: 16384,
          name_bytes: 128,
          message_bytes: 65536,
          posts_per_second: 1000,
          post_burst: 1000,
          history_entries: 100,
        },
        heartbeat_ms: 600000,
        restart_ms: 0,
      });
      if (recovered) for (const it of log.slice(seq)) this.say(it.frame);
      else this.say({ type: "history", entries: log.map((it) => it.frame), start: true });
    } else if (frame.type === "ping") {
      this.say({ type: "pong" });
    } else if (frame.type === "post") {
      this.post(frame);
    }
  }

  post({ n, body }) {
    if (refused && body.text.includes(refused)) {
      return this.say({ type: "refused", n, code: "forbidden", message: "not that" });
    }
    const known = log.find((it) => it.key === this.key && it.frame.n === n);
    if (known) return this.say(known.frame);
    const frame = {
      type: "entry",
      seq: log.length + 1,
      prev: log.length,
      at: 1,
      client: `client of ${this.key}`,
      name: this.name,
      n,
      body,
    };
    log.push({ key: this.key, frame });
    for (const socket of [...sockets]) if (socket.readyState === 1 && socket.key) socket.say(frame);
  }
}

export function removeAll() {
  for (const element of document.querySelectorAll("chat-room")) element.remove();
}

export function begin() {
  sockets = [];
  log = [];
  isHolding = false;
  heldKey = "";
  refused = "";
  window.WebSocket = Socket;
}
export const end = () => (window.WebSocket = Native);
// What arrives is not answered.
export const hold = (on) => (isHolding = on);
// What arrives from this client is not answered.
export const holdClient = (key) => (heldKey = key);
export const refuse = (word) => (refused = word);
export const posts = () => log.map(({ key, frame }) => `${key[0]} ${frame.n} ${frame.name}: ${frame.body.text}`);
export const open = () => sockets.filter((it) => it.readyState === 1).length;
export const made = () => sockets.length;
export const said = (index) => sockets[index].said;
export const cut = (code) => {
  for (const socket of [...sockets]) if (socket.readyState < 2) socket.end(code);
};

// The clock jumps, as after sleep. No timer of the page knows.
const now = Date.now;
export const sleepFor = (ms) => (Date.now = () => now() + ms);
export const wakeUp = () => (Date.now = now);
export const tell = (target, kind) => (target === "window" ? window : document).dispatchEvent(new Event(kind));
export const place = (number, declared) => JSON.stringify([number, location.pathname, declared]);
