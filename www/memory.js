// What the page remembers: one's name, the rooms one was in, and whether one was still in the last of them. Nothing here
// throws, and everything that is read may have been written by another script of this origin.

const PLACE = "chat-room page";
// What is said to the next page of this tab: whether it connects at once, and as whom.
const ERRAND = "chat-room errand";
// The rooms that are remembered. Those that one has not been in for longest are forgotten.
const MAX_ROOMS = 12;
const MAX_BYTES = 128;

const bytes = (text) => new TextEncoder().encode(text).length;

// One line with something to be seen, as long as the protocol has it.
export function isRoom(text) {
  return typeof text === "string" && /\S/.test(text) && !/[\p{Cc}\u2028\u2029]/u.test(text) && bytes(text) <= MAX_BYTES;
}

function read(storage, place) {
  try {
    const value = JSON.parse(window[storage].getItem(place));
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

function write(storage, place, value) {
  try {
    if (value) window[storage].setItem(place, JSON.stringify(value));
    else window[storage].removeItem(place);
  } catch {
    // Then the next page begins without.
  }
}

// {name, rooms: [the last one first], isIn}
export function recall() {
  const { name, rooms, isIn } = read("localStorage", PLACE);
  return {
    name: isRoom(name) ? name : "",
    rooms: Array.isArray(rooms) ? [...new Set(rooms.filter(isRoom))].slice(0, MAX_ROOMS) : [],
    isIn: isIn === true,
  };
}

export function remember(name, room) {
  const { rooms } = recall();
  const others = rooms.filter((it) => it !== room);
  write("localStorage", PLACE, { name, rooms: [room, ...others].slice(0, MAX_ROOMS), isIn: true });
}

export function hasLeft(room) {
  const memory = recall();
  if (memory.rooms[0] === room) write("localStorage", PLACE, { ...memory, isIn: false });
}

export function forget() {
  write("localStorage", PLACE, null);
}

export function sendOn(room, name) {
  write("sessionStorage", ERRAND, { room, name });
}

// Nothing if the tab was sent elsewhere, or nowhere.
export function errand(room) {
  const found = read("sessionStorage", ERRAND);
  write("sessionStorage", ERRAND, null);
  return found.room === room ? { name: isRoom(found.name) ? found.name : "" } : null;
}
