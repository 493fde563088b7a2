// What a tab remembers as long as it lives, also across reloads: sessionStorage. Nothing here throws, and everything that
// is read may have been written by another script of this origin.

// [url, room, key, whether there is a record] of the identities that this tab has had, the newest last.
const CLIENTS = "chat-room clients";
// [place, url, room, name, ...subprotocols] of where its elements are connected, the newest last.
const ENTRANCES = "chat-room entrances";
// How many of each are remembered.
const MAX_REMEMBERED = 32;

// 24 bytes in base64url.
export const isKey = (it) => typeof it === "string" && /^[\w-]{32}$/.test(it);

// The identities that this tab has had for an address, as [key, whether there is a record].
export function used(url, room) {
  const here = readClients().filter((it) => it[0] === url && it[1] === room);
  return here.map(([, , key, isRecorded]) => [key, isRecorded === true]);
}

export function use(url, room, key, isRecorded) {
  const list = readClients();
  const place = list.findIndex((it) => it[2] === key);
  if (place < 0) list.push([url, room, key, isRecorded]);
  else list[place] = [url, room, key, isRecorded];
  write(CLIENTS, list);
}

export function unuse(key) {
  write(CLIENTS, readClients().filter((it) => it[2] !== key));
}

function readClients() {
  return read(CLIENTS).filter((it) => isKey(it[2]));
}

const taken = new Set();

// The first number that no other element of this page has: the same elements get the same ones after a reload.
export function take() {
  let number = 0;
  while (taken.has(number)) number += 1;
  taken.add(number);
  return number;
}

export function leave(number) {
  taken.delete(number);
}

export function recall(number, declared) {
  const place = placeOf(number, declared);
  return readEntrances().findLast((it) => it[0] === place)?.slice(1) ?? [];
}

// An empty entrance forgets.
export function remember(number, declared, entrance) {
  const place = placeOf(number, declared);
  const list = readEntrances().filter((it) => it[0] !== place);
  if (entrance.length > 0) list.push([place, ...entrance]);
  write(ENTRANCES, list);
}

// Another page, or an element that asks for something else, does not go where this one was.
function placeOf(number, declared) {
  return JSON.stringify([number, location.pathname, declared]);
}

function readEntrances() {
  return read(ENTRANCES).filter((it) => it.every((word) => typeof word === "string"));
}

function read(name) {
  try {
    const list = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    return list.filter((it) => Array.isArray(it));
  } catch {
    return [];
  }
}

function write(name, list) {
  try {
    sessionStorage.setItem(name, JSON.stringify(list.slice(-MAX_REMEMBERED)));
  } catch {
    // Then the tab finds another identity after a reload, and does not connect by itself.
  }
}
