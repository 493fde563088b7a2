// How long it takes until what is sent comes back, or is seen.

import "./control.js";
import init from "/pkg/chat_room.js";
import { io } from "socket.io-client";
import { openSocket } from "./sockets.js";

const ready = init();

/** Sends a text and waits for its echo, with one socket after the other. Gives the ms of each. */
globalThis.echoes = async ({ url, names, rounds, bytes }) => {
  await ready;
  const sockets = await Promise.all(names.map((name) => openSocket(name, url)));
  const text = "x".repeat(bytes);
  const times = names.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    // Each comes after each of the others as often.
    const turn = round % names.length;
    for (let step = 0; step < names.length; step += 1) {
      const index = (turn + step) % names.length;
      times[index].push(await echo(sockets[index], text));
    }
  }
  for (const socket of sockets) socket.close();
  return Object.fromEntries(names.map((name, index) => [name, times[index]]));
};

function echo(socket, text) {
  return new Promise((resolve) => {
    socket.onmessage = () => resolve(performance.now() - begun);
    const begun = performance.now();
    socket.send(text);
  });
}

/**
 * Says texts in a room of the relay and through socket.io, one after the other. Gives the ms until the one who says
 * it knows that it is said, and until another one has it.
 */
globalThis.posts = async ({ relay, socketio, rounds, bytes }) => {
  await ready;
  const rooms = [await joinRoom(relay, "Ada"), await joinRoom(relay, "Ben")];
  const sockets = await Promise.all([joinSocketio(socketio), joinSocketio(socketio)]);
  const times = { relay: { said: [], heard: [] }, socketio: { said: [], heard: [] } };
  for (let round = 0; round < rounds; round += 1) {
    const text = `${round} `.padEnd(bytes, "x");
    note(times.relay, await sayInRoom(rooms, text));
    note(times.socketio, await sayInSocketio(sockets, text));
  }
  for (const { room } of rooms) room.remove();
  for (const socket of sockets) socket.disconnect();
  return times;
};

function note(times, [said, heard]) {
  times.said.push(said);
  times.heard.push(heard);
}

async function joinRoom(url, name) {
  const room = document.createElement("chat-room");
  Object.assign(room, { url, room: "posts", name });
  room.style.blockSize = "20rem";
  const { promise, resolve } = Promise.withResolvers();
  room.addEventListener("statechange", ({ detail }) => detail.joined && resolve());
  document.body.append(room);
  // What the element's own listeners have done with a message can be asked for right after them.
  const told = { room, message: null };
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(...given) {
      super(...given);
      queueMicrotask(() => this.addEventListener("message", () => told.message?.()));
    }
  };
  room.connect();
  await promise;
  globalThis.WebSocket = Native;
  return told;
}

async function sayInRoom([from, to], text) {
  const begun = performance.now();
  const said = new Promise((resolve) => {
    from.message = () => {
      const now = performance.now();
      const last = from.room.messages().at(-1);
      if (last.text === text && last.delivery === "sent") resolve(now - begun);
    };
  });
  const heard = new Promise((resolve) => {
    const listen = ({ data }) => {
      if (data !== text) return;
      to.room.removeEventListener("message", listen);
      resolve(performance.now() - begun);
    };
    to.room.addEventListener("message", listen);
  });
  from.room.send(text);
  return Promise.all([said, heard]);
}

async function joinSocketio(url) {
  const socket = io(url, { transports: ["websocket"], forceNew: true });
  await new Promise((resolve, reject) => socket.on("connect", resolve).on("connect_error", reject));
  return socket;
}

async function sayInSocketio([from, to], text) {
  const begun = performance.now();
  const heard = new Promise((resolve) => to.once("said", () => resolve(performance.now() - begun)));
  const said = new Promise((resolve) => from.emit("say", text, () => resolve(performance.now() - begun)));
  return Promise.all([said, heard]);
}
