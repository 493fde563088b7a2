// The log on the screen: one way to show it a page, named by its address. The bench calls what is in `bench` here.

import { CONTENDERS } from "./log-contenders.js";

const contender = CONTENDERS[new URLSearchParams(location.search).get("contender")];
const relay = new Worker("/log-relay.js", { type: "module" });
let flooded;
// A page that cannot keep up is not waited for: what comes after this moment is not shown.
let until = Infinity;
let taken = 0;
relay.onmessage = ({ data: { text, count, isDone } }) => {
  if (isDone) return flooded();
  if (performance.now() > until) return;
  taken += count;
  contender.take(text);
};

const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const after = (ms) => new Promise((done) => setTimeout(done, ms));

let tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((it) => it.duration))).observe({ type: "longtask" });

/** How long each frame and each task over 50 ms was while something went on. */
async function measured(work) {
  await frame();
  tasks = [];
  const frames = [];
  let last;
  let goes = true;
  const tick = (now) => {
    if (last !== undefined) frames.push(now - last);
    last = now;
    if (goes) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const begun = performance.now();
  const found = await work();
  const took = performance.now() - begun;
  goes = false;
  // Tasks are told a little later.
  await after(200);
  return { took, frames, tasks, ...found };
}

const flood = async (rate, seconds) => {
  taken = 0;
  until = performance.now() + seconds * 1500;
  const { promise, resolve } = Promise.withResolvers();
  flooded = resolve;
  relay.postMessage({ ask: "flood", rate, seconds });
  await promise;
  until = Infinity;
  return { taken };
};

/** Nodes of all kinds, those in open shadow roots too. */
function nodes(root) {
  let count = 0;
  const walker = document.createTreeWalker(root);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    count += 1;
    if (node.shadowRoot) count += nodes(node.shadowRoot);
  }
  return count;
}

globalThis.bench = {
  async open({ messages }) {
    relay.postMessage({ ask: "begin", messages });
    await contender.open(relay);
    await frame();
  },
  /** As many as come within the time, by pages of what is told at once. */
  load: ({ messages, seconds }) =>
    measured(async () => {
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end && (await contender.more(messages))) await frame();
    }),
  count: () => contender.count(),
  /** From where one is to the top and back, in so many seconds, as one drags the scrollbar. */
  drag: ({ seconds }) =>
    measured(async () => {
      const { log } = contender;
      const begun = performance.now();
      for (let part = 0; part < 1; part = (performance.now() - begun) / (seconds * 1000)) {
        // Not quite to the end: whoever is there does not read back.
        log.scrollTop = (0.97 * log.scrollHeight * (1 + Math.cos(2 * Math.PI * part))) / 2;
        await frame();
      }
      log.scrollTop = log.scrollHeight / 2;
      await frame();
    }),
  /** Through what is there, as one turns a wheel. */
  creep: ({ seconds }) =>
    measured(async () => {
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        contender.log.scrollTop -= 200;
        await frame();
      }
    }),
  flood: ({ rate, seconds }) => measured(() => flood(rate, seconds)),
  /** To the newest message, as its reader goes there. */
  end: () =>
    measured(async () => {
      contender.end();
      for (let count = 0; count < 10; count += 1) await frame();
    }),
  /** The log as files, by those who can. */
  save: ({ as }) =>
    measured(async () => {
      const size = await contender.save(as);
      return { size };
    }),
  rest: ({ seconds }) => measured(() => after(seconds * 1000)),
  memory: () => ({ nodes: nodes(document), heap: performance.memory.usedJSHeapSize, wasm: contender.wasm() }),
};
