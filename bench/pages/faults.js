// A client that sends numbered messages at a steady pace, and notes what it gets and when its connection comes and goes.
//
// What was asked of it goes on after a reload, and so do its notes: each has the number of the page's life.

import "./control.js";
import { PersistentWebSocket, default as init } from "/pkg/chat_room.js";
import ReconnectingWebSocket from "reconnecting-websocket";
import { WebSocket as PartySocket } from "partysocket";
import { io } from "socket.io-client";

const KEPT = "faults";
// How often it is looked whether something is to be sent, in milliseconds: not more than one message at a time, so that a page
// that comes back sends faster than its pace, but not all at once.
const LOOK_MS = 20;

let options = null;
let life = 0;
let sent = 0;
let begun = 0;
let notes = [];
let isUp = null;

const now = () => performance.timeOrigin + performance.now();
const note = (kind, what) => notes.push({ life, kind, what, at: now() });

const heard = (text) => note("heard", text);
const stood = (isOpen) => {
  if (isOpen !== isUp) note("stood", isOpen);
  isUp = isOpen;
};

/** Each connects, and gives the function that sends; that throws what it does not take. */
const CLIENTS = {
  room: async ({ url, mark }) => {
    await init();
    const element = document.createElement("chat-room");
    Object.assign(element, { url: `${url}socket`, room: "faults", name: mark });
    element.addEventListener("message", ({ data }) => heard(data));
    element.addEventListener("statechange", ({ detail }) => stood(detail.state === "open" && detail.joined));
    element.autoconnect = true;
    document.body.append(element);
    return (text) => element.send(text);
  },

  persistent: async ({ url }) => {
    await init();
    const heartbeat = { ping: '{"ping":true}', pong: '{"pong":true}' };
    return overSocket(new PersistentWebSocket(`${url}room`, [], { heartbeat }), "reconnecting");
  },
  reconnecting: ({ url }) => overSocket(new ReconnectingWebSocket(`${url}room`), "close"),
  partysocket: ({ url }) => overSocket(new PartySocket(`${url}room`), "close"),

  socketio: ({ url }) => {
    const socket = overSocketIo(url.replace("ws:", "http:"), {});
    return (text) => socket.emit("say", text);
  },
  "socketio-log": ({ url }) => {
    const auth = { last: 0 };
    const socket = overSocketIo(url.replace("ws:", "http:"), { auth, ackTimeout: 10_000, retries: 3 });
    socket.on("said", (_, id) => (auth.last = id));
    const page = crypto.randomUUID();
    let count = 0;
    return (text) => socket.emit("say", text, `${page}-${count++}`);
  },
};

function overSocket(socket, end) {
  socket.addEventListener("open", () => stood(true));
  socket.addEventListener(end, () => stood(false));
  socket.addEventListener("message", ({ data }) => {
    const { text } = JSON.parse(data);
    if (text !== undefined) heard(text);
  });
  return (text) => socket.send(JSON.stringify({ text }));
}

function overSocketIo(url, given) {
  const socket = io(url, given);
  socket.on("connect", () => stood(true));
  socket.on("disconnect", () => stood(false));
  socket.on("said", heard);
  return socket;
}

async function run() {
  const send = await CLIENTS[options.client](options);
  const { mark, count, rate } = options;
  setInterval(() => {
    const due = Math.min(count, ((now() - begun) / 1000) * rate);
    if (sent + 1 > due) return;
    const text = `${mark}${sent + 1}`;
    try {
      send(text);
    } catch {
      // It holds as much as it wants to: the same one is for later.
      return;
    }
    sent += 1;
    note("sent", text);
  }, LOOK_MS);
}

/** Begins: `client` is one of those above, at `url`; `mark` stands before its numbers. */
globalThis.begin = (given) => {
  options = given;
  begun = now();
  run();
};

/** What was noted since this was last asked. */
globalThis.look = () => notes.splice(0);

addEventListener("pagehide", () => {
  if (options) sessionStorage.setItem(KEPT, JSON.stringify({ options, life, sent, begun, notes }));
});

const kept = JSON.parse(sessionStorage.getItem(KEPT));
if (kept) {
  ({ options, life, sent, begun, notes } = kept);
  life += 1;
  run();
}
