// How fast messages arrive: one class of sockets after another gets the same flood.

import "./control.js";
import { PersistentWebSocket, default as init } from "/pkg/chat_room.js";
import ReconnectingWebSocket from "reconnecting-websocket";
import { WebSocket as PartySocket } from "partysocket";

const ready = init();

const CLASSES = { native: WebSocket, persistent: PersistentWebSocket, reconnecting: ReconnectingWebSocket, partysocket: PartySocket };

/** Opens one, asks for so many messages of so many bytes, and tells in how many ms they came. */
globalThis.receive = async ({ name, url, count, bytes }) => {
  await ready;
  const socket = new CLASSES[name](url);
  const { promise, resolve, reject } = Promise.withResolvers();
  let left = count;
  let total = 0;
  let begun;
  socket.onmessage = ({ data }) => {
    begun ??= performance.now();
    total += data.length;
    left -= 1;
    if (left === 0) resolve(performance.now() - begun);
  };
  socket.onopen = () => socket.send(JSON.stringify({ count, bytes }));
  socket.onerror = () => reject(new Error(`${name} cannot connect to ${url}`));
  const took = await promise;
  socket.onerror = null;
  socket.close();
  if (total !== count * bytes) throw new Error(`${name} got ${total} bytes of ${count * bytes}`);
  return took;
};
