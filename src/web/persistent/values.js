// What goes into a PersistentWebSocket and comes out of it, converted as the standard's IDL does.

// A class has the name that people read, whatever those who shorten scripts call it.
export function keepName(type, value) {
  Object.defineProperty(type, "name", { value });
}

// send() was called with more than may wait.
export class BufferFullError extends RangeError {
  static {
    keepName(this, "BufferFullError");
  }

  constructor(limits, waiting, bytes) {
    super(
      `PersistentWebSocket: the buffer is full: ${waiting.messages} messages with ${waiting.bytes} bytes wait, and one of ` +
        `${bytes} bytes does not fit (limits: ${limits.messages} messages, ${limits.bytes} bytes); ` +
        "wait until it is open, or set larger limits",
    );
    this.name = "BufferFullError";
    this.limits = limits;
    this.waiting = waiting;
  }
}

// The close event of a connection that comes back. A server that renders pages loads this, and has no such events.
export class ReconnectingEvent extends (globalThis.CloseEvent ?? Event) {
  static {
    keepName(this, "ReconnectingEvent");
  }

  constructor(init) {
    super("reconnecting", init);
    this.attempt = init.attempt;
    this.retryAt = init.retryAt;
    this.error = init.error;
  }
}

// (DOMString or sequence<DOMString>)
export function toProtocols(given) {
  const isObject = (typeof given === "object" && given !== null) || typeof given === "function";
  return isObject && given[Symbol.iterator] != null ? Array.from(given, (it) => `${it}`) : `${given}`;
}

const getter = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get;
const isOf = (brand, it) => {
  try {
    brand.call(it);
    return true;
  } catch {
    return false;
  }
};
const blobSize = getter(Blob, "size");
const bufferLength = getter(ArrayBuffer, "byteLength");

// (Blob or BufferSource or USVString)
export function toData(given) {
  if (typeof given === "object" && (isOf(blobSize, given) || isOf(bufferLength, given) || ArrayBuffer.isView(given))) {
    return given;
  }
  return `${given}`;
}

export function byteLength(data) {
  if (typeof data === "string") return new TextEncoder().encode(data).length;
  return data.byteLength ?? data.size;
}

// As the native send() takes the bytes at once, whatever becomes of their buffer.
export function snapshot(data) {
  if (ArrayBuffer.isView(data)) {
    if (!isOf(bufferLength, data.buffer)) throw new TypeError("PersistentWebSocket: shared memory cannot be sent: copy it");
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
  }
  return isOf(bufferLength, data) ? data.slice(0) : data;
}

// What the native close() refuses, where there is none that could.
export function checkClose(code, reason) {
  const number = code === undefined ? 1000 : Math.round(Number(code)) || 0;
  if (number !== 1000 && !(number >= 3000 && number <= 4999)) {
    throw new DOMException(
      `PersistentWebSocket: close code ${number} cannot be sent; use 1000, or a number from 3000 to 4999`,
      "InvalidAccessError",
    );
  }
  const bytes = reason === undefined ? 0 : byteLength(`${reason}`);
  if (bytes > 123) {
    throw new DOMException(
      `PersistentWebSocket: the close reason has ${bytes} bytes of UTF-8 and at most 123 fit; shorten it`,
      "SyntaxError",
    );
  }
}

const BACKOFF = { base: 500, cap: 30_000, stableAfter: 10_000, maxAttempts: Infinity };
const LIMITS = { messages: 256, bytes: 262_144 };
const HEARTBEAT = { silence: 20_000, deadline: 10_000, wakeDeadline: 5_000 };

const bad = (name, what, given) => new TypeError(`PersistentWebSocket: option ${name} must be ${what}, not ${String(given)}`);

function number(given, standard, name, least = 0) {
  if (given === undefined) return standard;
  if (typeof given !== "number" || !(given >= least)) throw bad(name, `a number from ${least} on`, given);
  return given;
}

function numbers(given, standards, name, least) {
  if (typeof given !== "object" || given === null) throw bad(name, "an object", given);
  const entries = Object.entries(standards);
  return Object.fromEntries(entries.map(([key, it]) => [key, number(given[key], it, `${name}.${key}`, least?.[key])]));
}

function toHeartbeat(given) {
  if (given === undefined || given === null) return null;
  const times = numbers(given, HEARTBEAT, "heartbeat", { silence: 1, deadline: 1, wakeDeadline: 1 });
  const { ping, pong } = given;
  if (ping === undefined) throw bad("heartbeat.ping", "what is sent, or a function that makes it", ping);
  return {
    times: Object.values(times),
    ping: typeof ping === "function" ? ping : () => ping,
    isPong: typeof pong === "function" ? pong : (data) => pong !== undefined && data === pong,
  };
}

export function toOptions(given) {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`PersistentWebSocket: the options must be an object, not ${String(given)}`);
  }
  const { reconnect = true, buffer = true, backoff = {}, heartbeat, shouldReconnect } = given;
  if (shouldReconnect !== undefined && typeof shouldReconnect !== "function") {
    throw bad("shouldReconnect", "a function", shouldReconnect);
  }
  const ends = (standard) => (reconnect ? standard : Infinity);
  const limits = numbers(typeof buffer === "boolean" ? {} : buffer, LIMITS, "buffer");
  const beats = toHeartbeat(heartbeat);
  return {
    reconnect: Boolean(reconnect),
    buffers: Boolean(buffer),
    limits: Object.freeze(limits),
    ping: beats?.ping,
    isPong: beats?.isPong,
    shouldReconnect,
    // As the core counts them.
    numbers: [
      number(given.connectTimeout, ends(15_000), "connectTimeout", 1),
      number(given.closeTimeout, ends(5_000), "closeTimeout", 1),
      ...Object.values(numbers(backoff, BACKOFF, "backoff", { maxAttempts: 1 })),
      ...Object.values(limits),
      ...(beats?.times ?? []),
    ],
  };
}
