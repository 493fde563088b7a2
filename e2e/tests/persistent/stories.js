// What a PersistentWebSocket does that the native one does not. Each story gives what a test compares.

const once = (target, kind) => new Promise((resolve) => target.addEventListener(kind, resolve, { once: true }));
// Attempts follow one another at once.
const quick = { backoff: { base: 1, cap: 1 } };
const make = (url, options, protocols = []) => new PersistentWebSocket(url, protocols, { ...quick, ...options });
const nobody = "ws://127.0.0.1:2/";

function thrown(work) {
  try {
    work();
    return "nothing";
  } catch (error) {
    return { name: error.name, kind: error.constructor.name, message: error.message };
  }
}

function record(socket) {
  const log = [];
  for (const kind of ["open", "reconnecting", "giveup", "error", "close"]) {
    socket.addEventListener(kind, (event) => log.push(event.code === undefined ? kind : `${kind} ${event.code}`));
  }
  return log;
}

// Echoes come in the order of what was sent.
async function echoes(socket, count) {
  const heard = [];
  while (heard.length < count) heard.push((await once(socket, "message")).data);
  return heard;
}

export async function waitsAndKeepsOrder(url) {
  const socket = make(url);
  const states = [[socket.state, socket.readyState]];
  const log = record(socket);
  socket.onopen = () => {
    states.push([socket.state, socket.readyState, socket.bufferedAmount]);
    socket.send("from the listener");
  };
  socket.send("first 一");
  socket.sendJson({ second: [2] });
  const waiting = socket.bufferedAmount;
  const heard = await echoes(socket, 3);
  socket.send("fourth");
  heard.push(...(await echoes(socket, 1)));
  socket.close(3000, "done");
  const { code, reason, wasClean } = await once(socket, "close");
  return { states, waiting, heard, log, closed: [code, reason, wasClean, socket.state, socket.unsent] };
}

// The test cuts the connection while it is open, and heals it when the page says that it waits.
export async function comesBack(url) {
  const socket = make(url, { backoff: { base: 50, cap: 50 } });
  globalThis.socket = socket;
  const log = record(socket);
  await once(socket, "open");
  let away;
  // Asked at once: a busy machine may make the next attempt in the same task.
  socket.addEventListener("reconnecting", () => (away ??= [socket.state, socket.readyState, typeof socket.retryAt]));
  globalThis.stage = "open";
  const lost = await once(socket, "reconnecting");
  const seen = [lost.code, lost.wasClean, lost.attempt, typeof lost.retryAt, lost.error === undefined, lost.constructor.name];
  for (let number = 1; number <= 5; number += 1) socket.send(`away ${number}`);
  globalThis.stage = "away";
  const heard = await echoes(socket, 5);
  const back = [socket.state, socket.readyState, socket.retryAt];
  socket.close();
  await once(socket, "close");
  return { seen, away, heard, back, log: [...new Set(log)], last: log.at(-1) };
}

export async function limits() {
  const socket = make(nobody, { buffer: { messages: 3, bytes: 10 } });
  const results = [];
  for (const data of ["四四四", "1", "", "x"]) results.push(thrown(() => socket.send(data)));
  const full = socket.bufferedAmount;
  socket.close();
  await once(socket, "close");
  const unsent = socket.unsent;
  const bytes = make(nobody, { buffer: { bytes: 4 } });
  results.push(thrown(() => bytes.send(new Uint8Array(4))), thrown(() => bytes.send("x")), thrown(() => bytes.send("")));
  let error;
  try {
    bytes.send(new Blob(["12345"]));
  } catch (it) {
    error = [it instanceof BufferFullError, it instanceof RangeError, it.limits, it.waiting];
  }
  bytes.close();
  const standard = make(nobody);
  for (let number = 0; number < 256; number += 1) standard.send("");
  results.push(thrown(() => standard.send("")));
  standard.close();
  const large = make(nobody);
  large.send(new ArrayBuffer(262_144));
  results.push(thrown(() => large.send("x")));
  large.close();
  const none = make(nobody, { buffer: false });
  results.push(thrown(() => none.send("x")));
  none.close();
  return { results, full, unsent, error };
}

export async function keepsWhatWasGiven(url) {
  const socket = make(url);
  socket.binaryType = "arraybuffer";
  const bytes = new Uint8Array([1, 2, 3, 4]);
  socket.send(bytes.subarray(1, 3));
  socket.send(bytes.buffer);
  socket.send(new Blob(["blob"]));
  socket.send("text");
  bytes.fill(9);
  const shared = thrown(() => socket.send(new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer)));
  const heard = (await echoes(socket, 4)).map((it) => (typeof it === "string" ? it : [...new Uint8Array(it)]));
  socket.close();
  return { heard, shared: shared.name };
}

export async function providers(url) {
  const asked = [];
  const answers = [
    () => {
      throw new Error("no address now");
    },
    () => Promise.reject(new Error("nor later")),
    () => "ws://",
    () => undefined,
    () => new Promise(() => {}),
    () => new URL(url),
  ];
  const provider = () => {
    asked.push(asked.length);
    return answers[asked.length - 1]();
  };
  const socket = make(provider, { connectTimeout: 300 });
  const before = [socket.url, socket.readyState, socket.protocol];
  const errors = [];
  socket.addEventListener("reconnecting", ({ error, attempt }) => errors.push([attempt, error?.name ?? null, error?.message ?? null]));
  socket.send("kept");
  const heard = await echoes(socket, 1);
  const after = [socket.url === url, socket.state];
  socket.close();
  await once(socket, "close");
  return { before, asked: asked.length, errors: errors.map(([attempt, name]) => [attempt, name]), first: errors[0][2], heard, after };
}

export async function synchronousProvider(url) {
  const socket = make(() => url);
  await once(socket, "open");
  const seen = socket.url === url;
  socket.close();
  await once(socket, "close");
  return seen;
}

export async function givesUp(server) {
  const results = {};
  const end = async (name, socket) => {
    const log = record(socket);
    socket.send("never sent");
    await once(socket, "close");
    results[name] = [log, socket.state, socket.readyState, socket.unsent];
  };
  await end("attempts", make(nobody, { backoff: { base: 1, cap: 1, maxAttempts: 2 } }));
  await end("refused provider", make(() => Promise.reject(new Error("no")), { backoff: { base: 1, cap: 1, maxAttempts: 1 } }));
  await end("without reconnect", make(nobody, { reconnect: false }));
  // What waits is sent to a server that closes at once: it is not unsent, and may be lost.
  for (const code of [1000, 4400]) {
    const socket = make(`${server}/close?code=${code}`);
    const log = record(socket);
    await once(socket, "close");
    results[code] = log;
  }
  return results;
}

export async function asksWhetherToComeBack(server) {
  const asked = [];
  const shouldReconnect = (event) => {
    asked.push([event.type, event.code, event.reason, event.wasClean, event.constructor.name]);
    return asked.length < 3;
  };
  const socket = make(`${server}/close?code=1000&reason=again`, { shouldReconnect });
  const log = record(socket);
  await once(socket, "close");
  const errors = [];
  addEventListener("error", (event) => (errors.push(event.message.includes("on purpose")), event.preventDefault()), { once: true });
  const throwing = make(`${server}/close?code=1000`, {
    shouldReconnect() {
      throw new Error("on purpose");
    },
  });
  await once(throwing, "close");
  return { asked, log, errors };
}

export async function heartbeat(server) {
  const pings = [];
  const beat = { silence: 20, deadline: 2_000, ping: () => (pings.push(pings.length), "ping"), pong: (data) => data === "ping" };
  const socket = make(`${server}/echo`, { heartbeat: beat });
  const shown = [];
  socket.onmessage = ({ data }) => shown.push(data);
  await once(socket, "open");
  while (pings.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  socket.send("not a pong");
  await once(socket, "message");
  const alive = socket.state;
  socket.close();
  const mute = make(`${server}/mute`, { heartbeat: { ping: "ping", pong: "pong", silence: 20, deadline: 20 } });
  const log = record(mute);
  const { code } = await once(mute, "reconnecting");
  mute.close();
  await once(mute, "close");
  return { shown, alive, code, log: log.slice(0, 2) };
}

// What a page dispatches is told to its listeners, and is not what the connection does: on its first native socket and later.
export async function dispatches(url) {
  const socket = make(url);
  const log = record(socket);
  socket.addEventListener("message", ({ data }) => log.push(data));
  const states = [];
  const dispatch = async () => {
    await once(socket, "open");
    for (const kind of ["open", "error"]) socket.dispatchEvent(new Event(kind));
    socket.dispatchEvent(new CloseEvent("close", { code: 4000 }));
    socket.dispatchEvent(new MessageEvent("message", { data: "dispatched" }));
    states.push([socket.state, socket.readyState]);
    socket.send("sent");
    await once(socket, "message");
  };
  await dispatch();
  socket.reconnect();
  await dispatch();
  socket.close();
  await once(socket, "close");
  return { states, log };
}

export async function leavesInAnyState(server) {
  const results = {};
  const leave = async (name, socket) => {
    const log = record(socket);
    socket.send("unsent");
    socket.close(4000, "left");
    const closing = [socket.state, socket.readyState, log.length];
    const sent = thrown(() => socket.send("x"));
    socket.close();
    await once(socket, "close");
    const late = thrown(() => socket.send("x")).name;
    results[name] = { closing, sent: sent.name, late, log, unsent: socket.unsent, after: [socket.state, socket.readyState] };
  };
  await leave("connecting", make(`${server}/hang`));
  await leave("asking", make(() => new Promise(() => {})));
  const waiting = make(nobody, { backoff: { base: 100_000, cap: 100_000 } });
  await once(waiting, "reconnecting");
  await leave("waiting", waiting);
  const mute = make(`${server}/mute`, { closeTimeout: 30 });
  await once(mute, "open");
  mute.close(4000);
  const { code, wasClean } = await once(mute, "close");
  results.mute = [code, wasClean];
  return results;
}

export async function reconnects(server) {
  const waiting = make(nobody, { backoff: { base: 100_000, cap: 100_000 } });
  await once(waiting, "reconnecting");
  waiting.reconnect();
  const now = waiting.state;
  await once(waiting, "reconnecting");
  waiting.close();
  waiting.reconnect();
  const afterClose = waiting.state;
  waiting.close();
  await once(waiting, "close");

  const open = make(`${server}/greet?n=1`);
  const log = record(open);
  await once(open, "message");
  open.reconnect();
  const again = [open.state, log.length];
  open.send("meanwhile");
  await once(open, "reconnecting");
  await once(open, "open");
  const heard = await echoes(open, 2);
  open.reconnect();
  open.reconnect();
  await once(open, "open");
  open.close();
  await once(open, "close");
  open.reconnect();
  await once(open, "open");
  const reopened = [open.state, open.readyState];
  open.close();
  await once(open, "close");
  return { now, afterClose, again, heard, reopened, log };
}

export async function sleeps(server) {
  const socket = make(`${server}/echo`);
  await once(socket, "open");
  const lost = once(socket, "reconnecting");
  document.dispatchEvent(new Event("freeze"));
  const { retryAt, attempt } = await lost;
  const asleep = [socket.state, socket.retryAt];
  document.dispatchEvent(new Event("resume"));
  await once(socket, "open");
  socket.close();
  await once(socket, "close");
  // Nothing of the page is listened to any more.
  document.dispatchEvent(new Event("freeze"));
  document.dispatchEvent(new Event("resume"));
  return { retryAt, attempt, asleep, after: socket.state };
}

export function options() {
  const bad = [
    null,
    5,
    { backoff: 1 },
    { backoff: { base: -1 } },
    { backoff: { cap: "1" } },
    { backoff: { maxAttempts: 0 } },
    { buffer: null },
    { buffer: { messages: NaN } },
    { connectTimeout: 0 },
    { closeTimeout: "soon" },
    { heartbeat: true },
    { heartbeat: {} },
    { heartbeat: { ping: "x", silence: 0 } },
    { shouldReconnect: 1 },
  ];
  return bad.map((it) => thrown(() => new PersistentWebSocket(nobody, [], it)));
}

export async function json(url) {
  const socket = make(url);
  const round = {};
  round.self = round;
  const refused = [undefined, () => {}, round, 1n].map((it) => thrown(() => socket.sendJson(it)).name);
  socket.sendJson({ text: "你好", list: [1, null] });
  const [heard] = await echoes(socket, 1);
  socket.close();
  return { refused, heard: JSON.parse(heard) };
}

// A library that makes its own sockets, by the class that it is given.
export async function inALibrary(url) {
  class Library {
    constructor(Socket) {
      this.socket = new Socket(url);
      this.socket.binaryType = "arraybuffer";
    }
    ask(text) {
      return new Promise((resolve) => {
        this.socket.onmessage = ({ data }) => resolve(data);
        if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
        else this.socket.onopen = () => this.socket.send(text);
      });
    }
  }
  class Quick extends PersistentWebSocket {
    constructor(address) {
      super(address, [], quick);
    }
  }
  const library = new Library(Quick);
  const answers = [await library.ask("one"), await library.ask("two")];
  library.socket.close();
  await once(library.socket, "close");
  return answers;
}

// Rounds of full buffers, so that what is kept of them is freed and taken again.
export async function keepsMany(url) {
  for (let round = 0; round < 5; round += 1) {
    const sockets = Array.from({ length: 4 }, () => make(url, { buffer: { messages: 1000 } }));
    for (const socket of sockets) for (let number = 0; number < 1000; number += 1) socket.send(`${number}`);
    const heard = await Promise.all(sockets.map((socket) => echoes(socket, 1000)));
    const wrong = heard.find((all) => all.some((it, number) => it !== `${number}`));
    if (wrong) return wrong;
    for (const socket of sockets) socket.close();
  }
  return true;
}
