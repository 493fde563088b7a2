// The sockets that are compared, by their names.

import { PersistentWebSocket } from "/pkg/chat_room.js";
import ReconnectingWebSocket from "reconnecting-websocket";
import { WebSocket as PartySocket } from "partysocket";

const CLASSES = {
  native: WebSocket,
  persistent: PersistentWebSocket,
  returned: PersistentWebSocket,
  reconnecting: ReconnectingWebSocket,
  partysocket: PartySocket,
};

/** Opens the one of that name. */
export async function openSocket(name, url) {
  const socket = new CLASSES[name](url);
  await opened(socket, url);
  if (name === "returned") {
    socket.reconnect();
    await opened(socket, url);
  }
  return socket;
}

export async function opened(socket, url) {
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`cannot connect to ${url}`));
  });
  socket.onerror = null;
}
