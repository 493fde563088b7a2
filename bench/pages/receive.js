// How fast messages arrive: one client after another gets the same flood.

import "./control.js";
import init from "/pkg/chat_room.js";
import { Centrifuge } from "centrifuge";
import { io } from "socket.io-client";
import { openSocket, opened } from "./sockets.js";

const ready = init();

/** Opens the socket of that name, asks for so many texts of so many bytes, and tells in how many ms they came. */
globalThis.texts = async ({ name, url, count, bytes }) => {
  await ready;
  const socket = await openSocket(name, url);
  const arrival = new Arrival(count);
  let total = 0;
  socket.onmessage = (event) => {
    total += event.data.length;
    arrival.one();
  };
  socket.send(JSON.stringify({ count, bytes }));
  const took = await arrival.all;
  await closed(socket);
  if (total !== count * bytes) throw new Error(`${name} got ${total} bytes of ${count * bytes}`);
  return took;
};

/** Has a client receive so many entries of a room, and tells in how many ms they were where the page can use them. */
globalThis.entries = async ({ name, url, count, bytes }) => {
  await ready;
  return CLIENTS[name](url, { count, bytes });
};

const CLIENTS = {
  // One entry a message.
  native: (url, asked) => parsed(url, asked, (log, entry) => keep(log, entry)),
  // Many entries a message.
  arrays: (url, asked) =>
    parsed(url, asked, (log, entries) => {
      for (const entry of entries) keep(log, entry);
    }),

  async socketio(url, asked) {
    const socket = io(url, { transports: ["websocket"], forceNew: true });
    await new Promise((resolve, reject) => socket.on("connect", resolve).on("connect_error", reject));
    const log = new Log(asked.count);
    socket.on("entry", (entry) => keep(log, entry));
    socket.emit("flood", asked);
    const took = await log.arrival.all;
    socket.disconnect();
    return took;
  },

  async centrifugo(url, asked) {
    const client = new Centrifuge(url);
    const subscription = client.newSubscription("room");
    const log = new Log(asked.count);
    subscription.on("publication", ({ data }) => keep(log, data));
    const subscribed = new Promise((resolve) => subscription.on("subscribed", resolve));
    subscription.subscribe();
    client.connect();
    await subscribed;
    await client.send(asked);
    const took = await log.arrival.all;
    client.disconnect();
    return took;
  },

  // A room in an element, as a page has it: what is heard is in its timeline, and on the screen soon after.
  async room(url, asked) {
    const room = await joined(url);
    const arrived = heard(room, asked.count);
    room.send(JSON.stringify(asked));
    const took = await arrived;
    leave(room);
    return took;
  },
};

/** Opens a room for others to speak in, and counts what they say from now on. Gives the room's name. */
globalThis.listen = async ({ url, count }) => {
  await ready;
  const room = await joined(url);
  listening = { room, arrived: heard(room, count) };
  return room.room;
};

let listening;

/** In how many ms all of it was there. */
globalThis.listened = async () => {
  const { room, arrived } = listening;
  const took = await arrived;
  leave(room);
  return took;
};

// The time from the first of so many to the last.
class Arrival {
  #left;
  #begun;
  #resolve;

  constructor(count) {
    this.#left = count;
    const { promise, resolve } = Promise.withResolvers();
    this.all = promise;
    this.#resolve = resolve;
  }

  one() {
    this.some(1);
  }

  some(count) {
    this.#begun ??= performance.now();
    this.#left -= count;
    if (this.#left === 0) this.#resolve(performance.now() - this.#begun);
  }
}

// What a page keeps of a room without ours: as many entries as ours keeps.
const KEPT = 500;

class Log {
  entries = [];

  constructor(count) {
    this.arrival = new Arrival(count);
  }
}

function keep(log, entry) {
  log.entries.push(entry);
  if (log.entries.length === 2 * KEPT) log.entries.splice(0, KEPT);
  log.arrival.one();
}

async function parsed(url, asked, take) {
  const socket = new WebSocket(url);
  const log = new Log(asked.count);
  socket.onmessage = (event) => take(log, JSON.parse(event.data));
  await opened(socket, url);
  socket.send(JSON.stringify(asked));
  const took = await log.arrival.all;
  await closed(socket);
  return took;
}

async function joined(url) {
  const room = document.createElement("chat-room");
  room.style.blockSize = "30rem";
  room.url = url;
  // Nobody has said anything in it, in no other browser either.
  room.room = `flood ${performance.timeOrigin + performance.now()}`;
  room.name = "Ada";
  const { promise, resolve } = Promise.withResolvers();
  room.addEventListener("statechange", ({ detail }) => detail.joined && resolve());
  document.body.append(room);
  room.connect();
  await promise;
  return room;
}

async function heard(room, count) {
  const arrival = new Arrival(count);
  let last;
  room.addEventListener("messages", (event) => {
    event.preventDefault();
    last = event.detail.at(-1);
    arrival.some(event.detail.length);
  });
  const took = await arrival.all;
  const shown = room.messages().at(-1)?.text;
  if (shown !== last) throw new Error(`the timeline ends with "${shown}", and "${last}" was said`);
  return took;
}

function leave(room) {
  room.disconnect();
  room.remove();
}

function closed(socket) {
  return new Promise((resolve) => {
    socket.onclose = resolve;
    socket.close();
  });
}
