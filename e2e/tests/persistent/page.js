// The page of the tests: the package's exports, and a way to wait for what a script gives.
import init, * as room from "/www/pkg/chat_room.js";
import { makePlain, scenarios } from "./standard.js";
import * as stories from "./stories.js";

await init();
const Plain = makePlain(room.PersistentWebSocket);

Object.assign(globalThis, room);
globalThis.run = (work) => {
  globalThis.outcome = undefined;
  Promise.resolve()
    .then(work)
    .then(
      (value) => (globalThis.outcome = { value: value ?? null }),
      (error) => (globalThis.outcome = { error: String(error?.stack ?? error) }),
    );
};
globalThis.standard = (name, isNative, server) => run(() => scenarios[name](isNative ? WebSocket : Plain, server));
// The same in a worker, which has no window.
globalThis.inWorker = (...asked) =>
  run(() => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(asked);
    }).finally(() => worker.terminate());
  });
globalThis.names = Object.keys(scenarios);
globalThis.story = (name, ...given) => run(() => stories[name](...given));
document.title = "ready";
