// What the first element of the page will ask for is on its way while the core still comes: its socket, and who it is. What
// the core does not take is let go.

import { find } from "./storage/search.js";
import { recall } from "./tab.js";

// Without a core by then, nobody is held up any longer.
const LET_GO_MS = 30_000;

let socket = null;
let offer = "";
let search = null;
let address = "";

// Whether a socket is on its way for this element: it opens, at best, while the core of the element still waits.
export const isExpected = (element) => element === first && socket !== null;

// Nothing if there is none for this, or it did not come to much.
export function takeSocket(url, protocols) {
  const taken = socket;
  if (taken?.url !== url || offer !== protocols || taken.readyState > 1) return;
  socket = taken.onmessage = null;
  return taken;
}

export function takeSearch(url, room) {
  if (address !== `${url} ${room}`) return;
  const taken = search;
  search = null;
  return taken;
}

export function letGo() {
  socket?.close();
  search?.then((found) => found?.unlock(), () => {});
  socket = search = null;
}

function begin() {
  const declared = ["url", "room"].map((name) => first.getAttribute(name));
  const [place, known, , ...names] = recall(0, declared.join(" "));
  // What else could be meant is the core's to say.
  if (!place && !/^(https?:|wss?:|[/.?])/.test(declared[0])) return;
  const at = new URL(place ?? declared[0], document.baseURI);
  at.protocol = at.protocol.replace("http", "ws");
  const url = at.href;
  const room = known ?? declared[1].trim();
  if (!room) return;
  setTimeout(letGo, LET_GO_MS);
  // The socket first: its server takes longer than the search.
  if (place || first.hasAttribute("autoconnect")) {
    const protocols = place ? names : ["chat-room.v1"];
    offer = protocols.join();
    socket = new WebSocket(url, protocols);
    // Who speaks before being spoken to is listened to from the beginning.
    socket.onmessage = () => socket?.close();
  }
  address = `${url} ${room}`;
  search = find(url, room);
  search.catch(() => {});
}

const first = globalThis.customElements?.get("chat-room") ? null : globalThis.document?.querySelector("chat-room[url][room]");
try {
  if (first) begin();
} catch {
  // The core will tell what is wrong.
}
