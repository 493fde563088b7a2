// The page of the tests: the package's exports, and a way to wait for what a script gives.
import init, * as room from "/www/pkg/chat_room.js";
import { scenarios } from "./standard.js";
import * as stories from "./stories.js";

await init();

// Neither comes back nor waits: the native one by another name.
class Plain extends room.PersistentWebSocket {
  constructor(url, protocols, ...rest) {
    if (arguments.length === 0) super();
    else super(url, protocols, { reconnect: false, buffer: false }, ...rest);
  }
}
Object.defineProperty(Plain, "length", { value: 1 });

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
globalThis.names = Object.keys(scenarios);
globalThis.story = (name, ...given) => run(() => stories[name](...given));
document.title = "ready";
