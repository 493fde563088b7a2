// Where each element of a page is connected, for as long as the tab lives. Nothing here throws.

// In sessionStorage: [place, url, room, name, ...subprotocols], the newest last.
const ENTRANCES = "chat-room entrances";
// How many are remembered, over all the pages that the tab has been to.
const MAX_ENTRANCES = 32;

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
  return read().findLast((it) => it[0] === place)?.slice(1) ?? [];
}

// An empty entrance forgets.
export function remember(number, declared, entrance) {
  const place = placeOf(number, declared);
  const list = read().filter((it) => it[0] !== place);
  if (entrance.length > 0) list.push([place, ...entrance]);
  try {
    sessionStorage.setItem(ENTRANCES, JSON.stringify(list.slice(-MAX_ENTRANCES)));
  } catch {
    // Then it does not come back by itself.
  }
}

// Another page, or an element that asks for something else, does not go where this one was.
function placeOf(number, declared) {
  return JSON.stringify([number, location.pathname, declared]);
}

function read() {
  try {
    const list = JSON.parse(sessionStorage.getItem(ENTRANCES) ?? "[]");
    return list.filter((it) => Array.isArray(it) && it.every((word) => typeof word === "string"));
  } catch {
    return [];
  }
}
