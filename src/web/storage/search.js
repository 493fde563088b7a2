// Finds identities in the database of this origin, and takes them. What is kept of logs is there too.
//
// IndexedDB has them, since a browser that is killed loses what localStorage had not written yet. A Web Lock decides who
// owns one, since a tab that is duplicated copies what the first one knows. Everything that is read may have been written
// by another script of this origin. These functions throw where the browser denies storage or locks.

import { isKey, unuse, use, used } from "../tab.js";

const DATABASE = "chat-room";
// 2: with logs.
const VERSION = 2;
// {key, url, room, name, next_n, draft, client, used_at}
export const CLIENTS = "clients";
const BY_ADDRESS = "address";
// {key, n, at, body, failed}
export const POSTS = "posts";
// {url, room, epoch, start, entries, kept_at}: one of each room, by whichever tab has written last.
const LOGS = "logs";
const BY_TIME = "time";

// How long the database may take to open: another page may hold it back.
const OPEN_MS = 3_000;
// How long a page that was just reloaded may take to let go of its identity.
const RELOAD_MS = 1_000;
// Identities of an address that nobody uses and that have no posts: so many stay, for so long.
const MAX_FREE = 20;
const MAX_FREE_MS = 30 * 24 * 60 * 60 * 1_000;
// How many identities of an address are looked at.
const MAX_CLIENTS = 200;
// Of one identity: four times what may wait at once, since more may be said before each claim is answered.
const MAX_POSTS = 1_024;
// In UTF-16 units, as are the next two: more than any relay takes.
const MAX_BODY = 1_048_576;
// A longer draft could not be sent.
export const MAX_DRAFT = 65_536;
export const MAX_NAME = 1_024;
// The same for entries: twelve times what is kept of a log, since control characters grow sixfold and each entry has names.
const MAX_ENTRIES = 3_145_728;
// The logs of so many rooms are kept. Those that were written first leave.
const MAX_LOGS = 32;
// Leaves a million posts before counting ends.
const MAX_N = 2 ** 53 - 2 ** 20;

let database = null;
let opening = null;
// The keys that this page has or asks for.
const mine = new Set();
// The keys whose posts this page could not deliver.
const givenUp = new Set();

// An orphan that cannot be delivered: this page does not try again.
export function giveUp(key) {
  givenUp.add(key);
}

// The key may be asked for again, although its lock is not released before all is written.
export function letGo(key) {
  mine.delete(key);
}

// The search for an identity. Each gives {record, posts, log, unlock, isRecorded}, and a new one `owned`, which fails if the
// browser keeps nothing.

export async function find(url, room) {
  const known = used(url, room);
  const isThere = known.length > 0 || isKept();
  const opened = open();
  // What it fails by is told by what needs it first.
  opened.catch(() => {});
  if (!(await isThere)) return create(url, room, opened);
  const until = performance.now() + RELOAD_MS;
  for (const [key, isRecorded] of known) {
    if (mine.has(key)) continue;
    const found = await take(key, url, room, isRecorded, until - performance.now());
    if (found) return found;
    // Somebody else has it, as when this tab is a copy, or it is no more.
    unuse(key);
  }
  const { free, stale } = await others(url, room);
  if (stale.length > 0) remove(stale).catch(() => {});
  const waiting = free.filter((it) => it.waits).sort((a, b) => a.used_at - b.used_at);
  const rest = free.filter((it) => !it.waits).sort((a, b) => b.used_at - a.used_at);
  for (const { key } of [...waiting, ...rest]) {
    const found = await take(key, url, room, true, 0);
    if (found) {
      use(url, room, key, true);
      return found;
    }
  }
  const key = randomKey();
  const found = await take(key, url, room, false, 0);
  if (found) use(url, room, key, false);
  return found;
}

// Where nothing was kept yet there is nothing to wait for: nobody else has the key. Its lock is asked for before anybody could
// copy the key from this tab.
function create(url, room, opened) {
  const key = randomKey();
  mine.add(key);
  const locked = lock(key, 0);
  use(url, room, key, false);
  const unlock = () => {
    mine.delete(key);
    locked.then((release) => release(), () => {});
  };
  const owned = Promise.all([locked, opened]);
  owned.catch(() => {});
  return { record: empty(url, room, key), posts: [], isRecorded: false, unlock, owned };
}

// An identity that was left with posts to be sent.
export async function findOrphan(url, room) {
  const { free } = await others(url, room);
  const waiting = free.filter((it) => it.waits && !givenUp.has(it.key)).sort((a, b) => a.used_at - b.used_at);
  for (const { key } of waiting) {
    const found = await take(key, url, room, true, 0);
    if (found) return found;
  }
  return null;
}

// Read again under its lock: it may have been used since it was found.
async function take(key, url, room, isRecorded, wait) {
  if (mine.has(key)) return null;
  mine.add(key);
  let release = null;
  let loaded = null;
  try {
    release = await lock(key, wait);
    loaded = release && (await load(key, url, room, isRecorded));
  } finally {
    if (!loaded) {
      mine.delete(key);
      release?.();
    }
  }
  const unlock = () => {
    mine.delete(key);
    release();
  };
  return loaded && { ...loaded, unlock };
}

async function load(key, url, room, isRecorded) {
  await open();
  const transaction = database.transaction([CLIENTS, POSTS, LOGS], "readonly");
  const store = transaction.objectStore(POSTS);
  const [record, last, posts, log] = await Promise.all([
    result(transaction.objectStore(CLIENTS).get(key)),
    result(store.openKeyCursor(postsOf(key), "prev")).then((cursor) => cursor?.key[1] ?? 0),
    result(store.getAll(postsOf(key), MAX_POSTS)),
    result(transaction.objectStore(LOGS).get([url, room])),
  ]);
  if (record ? record.url !== url || record.room !== room : isRecorded) return null;
  const counted = Number.isSafeInteger(record?.next_n) ? record.next_n : 1;
  const next_n = Math.max(1, counted, Math.ceil(last) + 1);
  if (next_n > MAX_N) return null;
  const text = (value, max) => (typeof value === "string" && value.length <= max ? value : "");
  const [name, client] = [record?.name, record?.client].map((it) => text(it, MAX_NAME));
  const kept = { name, client, draft: text(record?.draft, MAX_DRAFT), next_n };
  return {
    record: { ...empty(url, room, key), ...kept },
    log: log && { epoch: text(log.epoch, MAX_NAME), start: log.start === true, entries: text(log.entries, MAX_ENTRIES) },
    posts: posts.filter(isReadable).flatMap(({ n, at, body, failed }) => [n, at, body, failed === true]),
    isRecorded: Boolean(record),
  };
}

// The identities of an address that nobody has now, without those that nobody needs any longer. Those that wait to send
// are among them in any case: a page in the back/forward cache is shown as the owner, but gives way to who asks.
async function others(url, room) {
  await open();
  const { held } = await navigator.locks.query();
  const names = new Set(held.map((it) => it.name));
  const transaction = begin("readonly");
  const index = transaction.objectStore(CLIENTS).index(BY_ADDRESS);
  const records = await result(index.getAll([url, room], MAX_CLIENTS));
  const posts = transaction.objectStore(POSTS);
  const all = await Promise.all(
    records
      .filter(({ key }) => isKey(key) && !mine.has(key))
      .map(async ({ key, used_at }) => ({ key, used_at: Number(used_at) || 0, ...(await left(posts, key)) })),
  );
  const free = all.filter((it) => it.waits || !names.has(lockName(it.key)));
  const oldest = Date.now() - MAX_FREE_MS;
  const idle = free.filter((it) => !it.hasPosts).sort((a, b) => b.used_at - a.used_at);
  const stale = idle.filter((it, index) => index >= MAX_FREE || it.used_at < oldest);
  return { free: free.filter((it) => !stale.includes(it)), stale };
}

// Whether it has posts, and among them one that waits to be sent.
function left(store, key) {
  return new Promise((done, fail) => {
    const request = store.openCursor(postsOf(key));
    let hasPosts = false;
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      hasPosts ||= cursor !== null;
      const waits = cursor !== null && isReadable(cursor.value) && cursor.value.failed !== true;
      if (cursor && !waits) cursor.continue();
      else done({ hasPosts, waits });
    };
  });
}

async function remove(stale) {
  const transaction = begin("readwrite");
  const posts = transaction.objectStore(POSTS);
  for (const { key } of stale) {
    // A post may have come since it was looked at.
    if ((await result(posts.count(postsOf(key)))) === 0) transaction.objectStore(CLIENTS).delete(key);
  }
}

function isReadable({ n, at, body }) {
  return Number.isSafeInteger(n) && Number.isSafeInteger(at) && at >= 0 && typeof body === "string" && body.length <= MAX_BODY;
}

export function empty(url, room, key) {
  return { key, url, room, name: "", draft: "", client: "", next_n: 1 };
}

// Logs. What fails leaves what was kept before, from which a room can go on as well.

export function keepLog(log, isLast) {
  if (log.entries.length > MAX_ENTRIES) return;
  changeLogs((store, transaction) => {
    store.put({ ...log, kept_at: Date.now() });
    // The page may be gone before an answer comes.
    if (isLast) return transaction.commit?.();
    store.index(BY_TIME).getAllKeys().onsuccess = ({ target }) => {
      for (const key of target.result.slice(0, -MAX_LOGS)) store.delete(key);
    };
  });
}

export function loseLog(url, room) {
  changeLogs((store) => store.delete([url, room]));
}

function changeLogs(change) {
  const write = () => {
    const transaction = database.transaction(LOGS, "readwrite");
    change(transaction.objectStore(LOGS), transaction);
  };
  try {
    write();
  } catch {
    // The database was closed under us, or was never open.
    open().then(write).catch(() => {});
  }
}

// 24 bytes that nobody can guess, in base64url.
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

// The browser's own, as promises

function lockName(key) {
  return `chat-room ${key}`;
}

// Gives the way to release it, or null where somebody else has it for as long as one waits.
function lock(key, wait) {
  return new Promise((answer, fail) => {
    const options = wait > 0 ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true };
    const hold = (lock) => lock && new Promise((release) => answer(release));
    const failed = (error) => (/^(Timeout|Abort)Error$/.test(error?.name) ? answer(null) : fail(error));
    navigator.locks.request(lockName(key), options, hold).then(() => answer(null), failed);
  });
}

export function open() {
  opening ??= new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        const clients = request.result.createObjectStore(CLIENTS, { keyPath: "key" });
        clients.createIndex(BY_ADDRESS, ["url", "room"]);
        request.result.createObjectStore(POSTS, { keyPath: ["key", "n"] });
      }
      const logs = request.result.createObjectStore(LOGS, { keyPath: ["url", "room"] });
      logs.createIndex(BY_TIME, "kept_at");
    };
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      fail(new DOMException("the database does not open", "TimeoutError"));
    }, OPEN_MS);
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
      const opened = request.result;
      clearTimeout(late);
      if (isLate) return opened.close();
      database = opened;
      const forget = () => {
        if (database === opened) database = opening = null;
      };
      opened.onclose = forget;
      // Another page deletes the database, or makes it newer.
      opened.onversionchange = () => {
        opened.close();
        forget();
      };
      done();
    };
  }).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

// Throws where the database is closed, or is another one than ours.
export function begin(mode) {
  return database.transaction([CLIENTS, POSTS], mode, { durability: "strict" });
}

// Whether there is the database, asked before it is opened, which makes it.
async function isKept() {
  try {
    // Throws where storage is denied: asked for databases there, Chromium leaves an error in the console.
    if (opening || !localStorage) return true;
    return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
  } catch {
    // A browser that does not say.
    return true;
  }
}

function postsOf(key) {
  return IDBKeyRange.bound([key, 1], [key, Number.MAX_SAFE_INTEGER]);
}

function result(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}
