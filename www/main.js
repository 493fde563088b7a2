// The page around the element: its language, which room it shows, and a sentence where the element cannot be.
import { begin } from "./app.js";
import { errand, recall } from "./memory.js";
import { isChinese, words } from "./words.js";

// A page that has begun so long ago, in milliseconds, is shown, and is not held up by a copy of it being made.
const OFFLINE_MS = 2_000;

// Its own scripts come while the page is made. A failure is told below.
const client = import("./pkg/chat_room.js");
client.catch(() => {});
// As early as can be: by the time the client wants it, it is here.
const wasm = fetch(new URL("pkg/chat_room_bg.wasm", import.meta.url));
wasm.catch(() => {});

const room = document.querySelector("chat-room");
const asked = new URLSearchParams(location.search);
document.documentElement.lang = isChinese ? "zh-CN" : "en";

// Whoever was in a room before comes back to the last one.
const memory = recall();
const isAtHome = !asked.has("room");
const comesBack = isAtHome && memory.rooms.length > 0;
if (comesBack) {
  asked.set("room", memory.rooms[0]);
  history.replaceState(null, "", `?${asked}`);
}
// Whatever the address of the page says is data: the element shows and checks it as what a user has typed.
for (const name of ["room", "name"]) {
  if (asked.has(name)) room.setAttribute(name, asked.get(name));
}
// In a room where one was before, the element knows by itself what one was called.
if (memory.name && !asked.has("name") && asked.has("room") && !memory.rooms.includes(asked.get("room"))) {
  room.setAttribute("name", memory.name);
}
const sent = errand(room.getAttribute("room"));
// As an attribute the client's script knows it before the client is there, and is on its way to the relay meanwhile.
if (sent || (comesBack && memory.isIn)) room.setAttribute("autoconnect", "");
const app = begin(room, asked.has("room"));

function sorry(sentence, error) {
  const place = document.getElementById("sorry");
  place.textContent = sentence;
  place.hidden = false;
  room.hidden = true;
  app.hide();
  if (error) console.error(error);
}

if (typeof WebAssembly === "undefined") {
  sorry(words.noWasm);
} else {
  try {
    const { default: init } = await client;
    await init({ module_or_path: wasm });
    if (sent?.name) room.setAttribute("name", sent.name);
    setTimeout(() => import("./offline.js").then((it) => it.begin(), () => {}), OFFLINE_MS);
  } catch (error) {
    sorry(words.notLoaded, error);
  }
}
