// The native WebSocket's interface over a connection that comes back by itself. What it does is decided in the core, which
// is Rust; here is what only JavaScript can be: a class, events, and messages that nobody copies.

import { Base, Native, call, follow, get, has, set } from "./native.js";
import { OFFLINE, ONLINE, isOffline, isSeen, listen } from "./page.js";
import { BufferFullError, ReconnectingEvent, byteLength, checkClose, keepName, snapshot, toData, toOptions, toProtocols } from "./values.js";

// The questions to the core, as it counts them, and the outputs that it gives.
const NEW = 0;
const FREE = 1;
const SET = 2;
const CONNECT = 3;
const CLOSE = 4;
const SEND = 5;
const ABANDON = 6;
const OPENED = 7;
const HEARD = 8;
const ENDED = 9;
const TAKE_BACK = 10;
const FIRED = 16;
const WAIT = 17;
const NEXT = 18;
const TICKET = 19;
const STATE = 20;
const GAVE_UP = 21;
const ATTEMPT = 22;
const RETRY_AT = 23;
const WAITING_MESSAGES = 24;
const WAITING_BYTES = 25;
// In the place of a verdict.
const UNDECIDED = -1;
const [OPEN_SOCKET, CLOSE_SOCKET, DROP_SOCKET, GIVE, PROBE, RETURNED] = [1, 2, 3, 4, 5, 6];

// The core's states, in its order.
const STATES = ["connecting", "open", "closing", "closed", "waiting"];
const [CONNECTING, OPEN, CLOSING, CLOSED, WAITING] = STATES.keys();

// How a connection ends that nobody has closed.
const LOST = { code: 1006, reason: "", wasClean: false };

let cores;

export function install(exports) {
  cores = exports;
}

const left = new FinalizationRegistry((core) => cores.persistent_core(core, FREE, 0, 0));

const invalidState = (what) => new DOMException(`PersistentWebSocket: ${what}`, "InvalidStateError");

export class PersistentWebSocket extends Base {
  #core;
  #options;
  #protocols;
  // Gives the address; a fixed one is given as it is.
  #provide;
  // The newest native socket, until another is on its way; and what it was told last.
  #native = null;
  #url = "";
  #binaryType = "blob";
  // The question to the provider that is open.
  #question = null;
  // Messages that wait, by their tickets.
  #kept = new Map();
  #tickets = 0;
  #unsent = [];
  #discarded = 0;
  // What is sent goes out without the core, for as long as nothing else happens.
  #isClear = false;
  // What the core is told right now.
  #ending = LOST;
  #errored = false;
  #error;
  #shown = CONNECTING;
  #isNew = false;
  // A call of the page is under way: what it causes is told in a task of its own.
  #calls = 0;
  #last = 0;
  #timer = 0;
  #page = null;
  #offline = false;
  #handlers = new Map();
  // The object is itself a native socket.
  #isSocket = false;

  constructor(url, protocols = [], options = {}) {
    if (arguments.length === 0) throw new TypeError("PersistentWebSocket: the URL is missing");
    if (!cores) throw invalidState("the module is not initialised: await init() first");
    const isFixed = typeof url !== "function";
    const address = isFixed ? `${url}` : "";
    const offered = toProtocols(protocols);
    const checked = toOptions(options);
    // What the native constructor refuses is thrown from here.
    super(...(isFixed ? [address, offered] : []));
    this.#isSocket = isFixed;
    this.#provide = isFixed ? () => address : url;
    this.#protocols = offered;
    this.#options = checked;
    this.#core = cores.persistent_core(0, NEW, 0, 0);
    left.register(this, this.#core);
    this.#options.numbers.forEach((it, option) => this.#ask(SET, option, it));
    if (isFixed) this.#follow(this);
    this.#begin(isFixed);
  }

  get url() {
    return this.#url;
  }
  get readyState() {
    const state = this.#state();
    if (state === WAITING) return CONNECTING;
    // What the browser knows already and tells soon matters where nothing comes after it.
    const isLast = !this.#options.reconnect || state === CLOSING;
    return isLast && this.#native ? get(this.#native, "readyState") : state;
  }
  get bufferedAmount() {
    return this.#read("bufferedAmount", 0) + this.#ask(WAITING_BYTES) + this.#discarded;
  }
  get extensions() {
    return this.#read("extensions", "");
  }
  get protocol() {
    return this.#read("protocol", "");
  }
  get binaryType() {
    return this.#binaryType;
  }
  set binaryType(given) {
    const type = `${given}`;
    if (type !== "blob" && type !== "arraybuffer") return;
    this.#binaryType = type;
    if (this.#native) set(this.#native, "binaryType", type);
  }

  get state() {
    return STATES[this.#state()];
  }
  get retryAt() {
    const at = this.#ask(RETRY_AT);
    return at < 0 ? null : at;
  }
  get unsent() {
    return [...this.#unsent];
  }

  send(data) {
    if (arguments.length === 0) throw new TypeError("PersistentWebSocket: there is nothing to send");
    const checked = toData(data);
    if (this.#isClear && get(this.#native, "readyState") === OPEN) call(this.#native, "send", checked);
    else if (this.#options.buffers) this.#call(() => this.#sendOrKeep(checked));
    else this.#sendNow(checked);
  }

  sendJson(value) {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`PersistentWebSocket: JSON cannot hold ${String(value)}`);
    this.send(text);
  }

  close() {
    // The native one checks what it is given, each browser in its own way.
    if (this.#native) call(this.#native, "close", ...arguments);
    else checkClose(...arguments);
    const state = this.#state();
    if (state !== CLOSING && state !== CLOSED) this.#call(() => this.#ask(CLOSE));
  }

  reconnect() {
    const state = this.#state();
    if (state === CONNECTING) return;
    this.#call(() => {
      if (state === OPEN) {
        this.#ask(ABANDON);
        this.#drain();
      }
      clearTimeout(this.#last);
      this.#last = 0;
      this.#begin(false);
    });
  }

  #read(name, without) {
    return this.#native ? get(this.#native, name) : without;
  }

  // Of the core, and while the end is not told yet it is still closing.
  #state() {
    return this.#last ? CLOSING : this.#ask(STATE);
  }

  #begin(isMade) {
    this.#unsent = [];
    this.#discarded = 0;
    if (this.#options.reconnect) this.#page ??= listen((what) => this.#hear(what));
    this.#ask(CONNECT);
    // The first socket is there before the core asks for it.
    if (isMade) this.#ask(NEXT);
    this.#drain();
  }

  // Sending

  #sendOrKeep(data) {
    const state = this.#state();
    if (state === CLOSING || state === CLOSED) {
      throw invalidState(`nothing was sent: the socket is ${STATES[state]}; reconnect() opens it again`);
    }
    const goesOut = this.#goesOut();
    const bytes = goesOut ? 0 : byteLength(data);
    const ticket = ++this.#tickets;
    this.#kept.set(ticket, goesOut ? data : snapshot(data));
    if (this.#ask(SEND, ticket, bytes) === 1) return;
    this.#kept.delete(ticket);
    const waiting = { messages: this.#ask(WAITING_MESSAGES), bytes: this.#ask(WAITING_BYTES) };
    throw new BufferFullError(this.#options.limits, waiting, bytes);
  }

  #goesOut() {
    return this.#ask(STATE) === OPEN && this.#ask(WAITING_MESSAGES) === 0 && get(this.#native, "readyState") === OPEN;
  }

  // As the native socket does, but where it comes back nothing is discarded.
  #sendNow(data) {
    const state = this.readyState;
    const isLost = this.#options.reconnect && state === OPEN && get(this.#native, "readyState") !== OPEN;
    if (state === CONNECTING || isLost) throw invalidState("nothing was sent: it is not open yet");
    if (this.#native) call(this.#native, "send", data);
    else this.#discarded += byteLength(data);
  }

  #give(ticket) {
    const data = this.#kept.get(ticket);
    if (get(this.#native, "readyState") === OPEN) {
      this.#kept.delete(ticket);
      call(this.#native, "send", data);
    } else {
      // Closing already, which is told soon.
      this.#ask(TAKE_BACK, ticket, byteLength(data));
    }
  }

  // The native socket

  #open() {
    this.#native = null;
    this.#errored = false;
    this.#error = undefined;
    this.#noteNetwork();
    const question = {};
    this.#question = question;
    const isOpen = () => this.#question === question;
    const fail = (error) => {
      if (!isOpen()) return;
      this.#question = null;
      this.#errored = true;
      this.#error = error;
      this.#ended(LOST);
    };
    const construct = (url) => isOpen() && this.#follow(new Native(`${url}`, this.#protocols));
    // What a provider throws is as good as a promise that it breaks.
    new Promise((resolve) => resolve(this.#provide())).then(construct).then(undefined, fail);
  }

  #follow(native) {
    this.#question = null;
    this.#native = native;
    this.#url = get(native, "url");
    this.#noteNetwork();
    set(native, "binaryType", this.#binaryType);
    const isOwn = native === this;
    const isNewest = () => native === this.#native;
    follow(native, ["open", "error", "close"], (event) => {
      if (isOwn) event.stopImmediatePropagation();
      if (isNewest()) this.#happened(event);
    });
    // Those of the object itself are the page's already, but for pongs.
    if (isOwn && !this.#options.isPong) return;
    follow(native, ["message"], (event) => {
      const isShown = isNewest() && this.#heard(event.data);
      if (isOwn) isShown || event.stopImmediatePropagation();
      else if (isShown) this.dispatchEvent(new MessageEvent("message", { data: event.data, origin: event.origin }));
    });
  }

  #happened({ type, code, reason, wasClean }) {
    if (type === "open") this.#tell(() => this.#ask(OPENED));
    else if (type === "close") this.#ended({ code, reason, wasClean });
    else if (!this.#options.reconnect || this.#state() === CLOSING) this.dispatchEvent(new Event("error"));
    else this.#errored = true;
  }

  // Whether the page is to see it. Only for a heartbeat it matters when.
  #heard(data) {
    const { isPong } = this.#options;
    if (!isPong) return true;
    const isShown = !ask(() => isPong(data));
    this.#tell(() => this.#ask(HEARD));
    return isShown;
  }

  #ended(close) {
    const { reconnect, shouldReconnect } = this.#options;
    const isOurs = !reconnect || this.#state() === CLOSING || !shouldReconnect;
    const verdict = isOurs ? UNDECIDED : (ask(() => Number(Boolean(shouldReconnect(new CloseEvent("close", close))))) ?? UNDECIDED);
    this.#ending = close;
    this.#tell(() => this.#ask(ENDED, close.code, reconnect ? verdict : 0));
  }

  #drop() {
    this.#question = null;
    this.#errored = true;
    this.#ending = LOST;
    const native = this.#native;
    // It is not listened to any more.
    this.#native = null;
    if (native) call(native, "close");
  }

  // A native one is closing already.
  #closeNative() {
    if (this.#native) return;
    this.#question = null;
    this.#errored = true;
    setTimeout(() => this.#state() === CLOSING && this.#ended(LOST));
  }

  // The core

  #ask(what, a = 0, b = 0) {
    return cores.persistent_core(this.#core, what, a, b);
  }

  // A call of the page: its events come later.
  #call(work) {
    this.#calls += 1;
    try {
      this.#tell(work);
    } finally {
      this.#calls -= 1;
    }
  }

  #tell(work) {
    work();
    this.#drain();
  }

  #drain() {
    this.#isClear = false;
    for (let output = this.#ask(NEXT); output !== 0; output = this.#ask(NEXT)) this.#carryOut(output);
    // After what has waited for it.
    if (this.#isNew) {
      this.#isNew = false;
      this.dispatchEvent(new Event("open"));
    }
    this.#isClear = !this.#options.isPong && this.#goesOut();
    clearTimeout(this.#timer);
    const wait = this.#ask(WAIT, isSeen() ? 1 : 0);
    const fire = () => this.#tell(() => this.#ask(FIRED));
    // The timers of a hidden page are late: whatever happens is a time to look at the clock.
    if (wait === 0) fire();
    else if (wait > 0) this.#timer = setTimeout(fire, wait);
  }

  #carryOut(output) {
    if (output === OPEN_SOCKET) this.#open();
    else if (output === CLOSE_SOCKET) this.#closeNative();
    else if (output === DROP_SOCKET) this.#drop();
    else if (output === GIVE) this.#give(this.#ask(TICKET));
    else if (output === PROBE) ask(() => call(this.#native, "send", this.#options.ping()));
    else if (output === RETURNED) this.#returned(this.#ask(TICKET));
    else this.#changed();
  }

  #returned(ticket) {
    this.#unsent.push(this.#kept.get(ticket));
    this.#kept.delete(ticket);
  }

  #changed() {
    const before = this.#shown;
    this.#shown = this.#ask(STATE);
    if (this.#shown === before) return;
    this.#isNew = this.#shown === OPEN;
    if (this.#shown === WAITING) this.#lost();
    if (this.#shown === CLOSED) this.#closed();
  }

  #lost() {
    this.#native = null;
    const event = new ReconnectingEvent({
      ...this.#ending,
      attempt: this.#ask(ATTEMPT),
      retryAt: this.retryAt,
      error: this.#error,
    });
    if (this.#calls > 0) setTimeout(() => this.dispatchEvent(event));
    else this.dispatchEvent(event);
  }

  #closed() {
    this.#page?.abort();
    this.#page = null;
    if (this.#calls > 0) {
      // Given up while there was no socket, which natively is a connection that failed.
      this.#errored = true;
      this.#ending = LOST;
      this.#last = setTimeout(() => this.#end());
    } else {
      this.#end();
    }
  }

  #end() {
    this.#last = 0;
    if (this.#options.reconnect && this.#ask(GAVE_UP) === 1) this.dispatchEvent(new CloseEvent("giveup", this.#ending));
    if (this.#errored) this.dispatchEvent(new Event("error"));
    this.#errored = false;
    this.dispatchEvent(new CloseEvent("close", this.#ending));
  }

  // The page

  #hear(what) {
    if (what === undefined) this.#noteNetwork();
    else this.#tell(() => this.#ask(what));
  }

  #noteNetwork() {
    const offline = this.#options.reconnect && isOffline(this.#url);
    if (offline === this.#offline) return;
    this.#offline = offline;
    this.#tell(() => this.#ask(offline ? OFFLINE : ONLINE));
  }

  // The native one's own are called without a detour.
  static #handler(kind) {
    const name = `on${kind}`;
    const isNative = has(name);
    Object.defineProperty(PersistentWebSocket.prototype, name, {
      get() {
        return isNative && this.#isSocket ? get(this, name) : (this.#handlers.get(kind)?.value ?? null);
      },
      set(given) {
        if (isNative && this.#isSocket) set(this, name, given);
        else this.#handle(kind, typeof given === "object" || typeof given === "function" ? given : null);
      },
      configurable: true,
      enumerable: true,
    });
  }

  // One that replaces another keeps its turn among the listeners.
  #handle(kind, value) {
    const old = this.#handlers.get(kind);
    if (value === null) {
      this.#handlers.delete(kind);
      if (old) this.removeEventListener(kind, old.listener);
    } else if (old) {
      old.value = value;
    } else {
      const handler = { value };
      handler.listener = (event) => {
        if (typeof handler.value !== "function") return;
        if (handler.value.call(this, event) === false) event.preventDefault();
      };
      this.#handlers.set(kind, handler);
      this.addEventListener(kind, handler.listener);
    }
  }

  static {
    keepName(this, "PersistentWebSocket");
    const { prototype } = this;
    ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].forEach((name, value) => {
      for (const place of [this, prototype]) Object.defineProperty(place, name, { value, enumerable: true });
    });
    for (const [name, it] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== "constructor") Object.defineProperty(prototype, name, { ...it, enumerable: true });
    }
    for (const kind of ["open", "message", "error", "close", "reconnecting", "giveup"]) this.#handler(kind);
  }
}

// What the page's own functions throw is told as an error of the page.
function ask(question) {
  try {
    return question();
  } catch (error) {
    reportError(error);
    return undefined;
  }
}
