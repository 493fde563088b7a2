// Measures the log by hand. Nothing is asserted: what a machine can do is its own affair. Tasks over 50 ms are told by
// Chromium alone.
const MESSAGES = Number(new URLSearchParams(location.search).get("messages") ?? 100_000);
const A_SECOND = 2_000;
const SECONDS = 10;
const CLIENTS = ["44643c0cadbaaf9bacea0264c22cb2b9", "1b4f0e9851971998e732078544c96b36", "6a0ce9459b3b6d841c473c7012ca13a5"];
const WORDS = "It is a long way to the end of this log, and most of what is said in it is of this length.";

let socket;
let head = MESSAGES;

const entry = (seq) => ({
  type: "entry",
  seq,
  prev: seq - 1,
  at: 1_767_225_600_000 + seq * 30_000,
  client: CLIENTS[(seq >> 2) % 2],
  name: ["Bob", "Lin"][(seq >> 2) % 2],
  n: seq,
  body: { type: "text", text: `${seq} ${WORDS.slice(0, 20 + (seq * 7) % WORDS.length)}` },
});
const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));

// Where the browser's WebSocket would be: a relay with a long log.
globalThis.WebSocket = class extends EventTarget {
  readyState = 0;
  bufferedAmount = 0;
  protocol = "";
  constructor() {
    super();
    socket = this;
    setTimeout(() => {
      this.protocol = "chat-room.v1";
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }
  send(data) {
    for (const frame of [JSON.parse(data)].flat()) this.hear(frame);
  }
  close() {}
  say(...frames) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frames) }));
  }
  hear(frame) {
    if (frame.type === "join") {
      const limits = { text_bytes: 16384, name_bytes: 128, message_bytes: 65536, posts_per_second: 50, post_burst: 200, history_entries: 100 };
      const members = CLIENTS.map((client, index) => ({ client, name: ["Bob", "Lin", "Ann"][index] }));
      const joined = { type: "joined", client: CLIENTS[2], epoch: "epoch", head, recovered: false, accepted: 0, members, count: 3, limits, heartbeat_ms: 20000, restart_ms: 0 };
      setTimeout(() => this.say(joined, { type: "history", entries: entries(head - 49, head), start: false }));
    } else if (frame.type === "history") {
      const from = Math.max(1, frame.before - frame.limit);
      setTimeout(() => this.say({ type: "history", before: frame.before, entries: entries(from, frame.before - 1), start: from === 1 }));
    }
  }
};

const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const figures = document.getElementById("figures");
const say = (line) => {
  figures.append(`${line}\n`);
  console.log(`FIGURES ${line}`);
};

let tasks = [];
try {
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((it) => it.duration))).observe({ type: "longtask" });
} catch {
  say("this browser does not tell of long tasks");
}

// How long the frames were while something went on, and which tasks took over 50 ms.
async function measured(what, work) {
  await frame();
  tasks = [];
  const frames = [];
  let last = performance.now();
  let goes = true;
  const tick = (now) => {
    frames.push(now - last);
    last = now;
    if (goes) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const begun = performance.now();
  await work();
  const took = performance.now() - begun;
  goes = false;
  await new Promise((done) => setTimeout(done, 200));
  frames.sort((a, b) => a - b);
  const part = (of) => frames[Math.floor((frames.length - 1) * of)]?.toFixed(1);
  const over = tasks.map((it) => it.toFixed(0)).join(", ") || "none";
  say(`${what}: ${(took / 1000).toFixed(1)} s, frames p50 ${part(0.5)} p99 ${part(0.99)} longest ${part(1)} ms, tasks over 50 ms: ${over}`);
}

const module = await import("/www/pkg/chat_room.js");
const { memory } = await module.default();
const room = document.querySelector("chat-room");
const log = room.shadowRoot.getElementById("message");
const tell = () => {
  const nodes = room.shadowRoot.querySelectorAll("*").length;
  const rows = room.shadowRoot.querySelectorAll(".row").length;
  const heap = performance.memory ? `, JavaScript ${(performance.memory.usedJSHeapSize / 1e6).toFixed(0)} MB` : "";
  say(`  ${room.messages().length} messages, ${rows} rows, ${nodes} elements; wasm ${(memory.buffer.byteLength / 1e6).toFixed(0)} MB${heap}`);
};

room.connect();
while (!room.shadowRoot.querySelector("[data-state=open]")) await frame();
await frame();
tell();
let first = 0;
await measured(`loading ${MESSAGES} by pages of 50`, async () => {
  while (true) {
    log.scrollTop = 0;
    await frame();
    const words = room.shadowRoot.getElementById("older-words");
    if (!words.hidden) break;
    first += 1;
  }
});
tell();
await measured("scrolling 200 px a frame", async () => {
  for (let index = 0; index < 300; index += 1) {
    log.scrollTop += 200;
    await frame();
  }
});
// Not to the end: whoever is there reads back no longer, and what is old is let go.
await measured("dragging the scrollbar about", async () => {
  for (let index = 0; index < 200; index += 1) {
    log.scrollTop = log.scrollHeight * 0.97 * Math.abs(Math.sin(index / 3));
    await frame();
  }
});
tell();
async function flood() {
  const begun = performance.now();
  let said = 0;
  while (said < A_SECOND * SECONDS) {
    await new Promise((done) => setTimeout(done, 10));
    const due = Math.min(A_SECOND * SECONDS, Math.floor(((performance.now() - begun) / 1000) * A_SECOND));
    while (said < due) {
      const count = Math.min(50, due - said);
      socket.say(...entries(head + 1, head + count));
      head += count;
      said += count;
    }
  }
}
const { createObjectURL } = URL;
URL.createObjectURL = (file) => {
  say(`  a file of ${(file.size / 1e6).toFixed(1)} MB`);
  return createObjectURL.call(URL, file);
};
for (const as of ["text", "json"]) {
  await measured(`export as ${as}`, async () => {
    room.shadowRoot.getElementById("menu-button").click();
    room.shadowRoot.getElementById(`menu-${as}`).click();
    await frame();
  });
}
log.scrollTop = log.scrollHeight / 2;
await frame();
await measured(`${A_SECOND} a second below a reader of ${MESSAGES}`, flood);
tell();
await measured("to the end", async () => {
  room.shadowRoot.getElementById("newer").click();
  await frame();
  await frame();
});
tell();
await measured(`${A_SECOND} a second at the end`, flood);
tell();
say("done");
