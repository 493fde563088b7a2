// A worker that observes a WebSocket and tells what it has seen.
import init, { PersistentWebSocket } from "/www/pkg/chat_room.js";
import { makePlain, scenarios } from "./standard.js";

// Before anything is awaited, or the question would be missed.
onmessage = async ({ data: [name, isNative, server] }) => {
  await init();
  postMessage(await scenarios[name](isNative ? WebSocket : makePlain(PersistentWebSocket), server));
};
