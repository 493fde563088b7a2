// What survives a reload: as whom one is in a room, and what was said but not yet seen in the log.
//
// IndexedDB has it, since a browser that is killed loses what localStorage had not written yet. A Web Lock decides who
// owns an identity, since a tab that is duplicated copies what the first one knows. Nothing here throws or rejects: what
// cannot be kept is told. Everything that is read may have been written by another script of this origin.

const DATABASE = "chat-room";
const VERSION = 1;
// {key, url, room, name, next_n, draft, used_at}
const CLIENTS = "clients";
const BY_ADDRESS = "address";
// {key, n, at, body, failed}
const POSTS = "posts";
// In sessionStorage, [url, room, key, whether there is a record] of the identities that this tab has had.
const USED = "chat-room clients";

// A claim that takes longer goes on without what was kept.
const CLAIM_MS = 5_000;
// How long a page that was just reloaded may take to let go of its identity.
const RELOAD_MS = 1_000;
// How long a draft rests before it is written.
const DRAFT_MS = 300;
// Identities of an address that nobody uses and that have no posts: so many stay, for so long.
const MAX_FREE = 20;
const MAX_FREE_MS = 30 * 24 * 60 * 60 * 1_000;
// How many identities of an address are looked at.
const MAX_CLIENTS = 200;
// How many identities a tab remembers.
const MAX_USED = 32;
// Of one identity: four times what may wait at once, since more may be said before each claim is answered.
const MAX_POSTS = 1_024;
// In UTF-16 units, as are the next two: more than any relay takes.
const MAX_BODY = 1_048_576;
// A longer draft could not be sent.
const MAX_DRAFT = 65_536;
const MAX_NAME = 1_024;
// Leaves a million posts before counting ends.
const MAX_N = 2 ** 53 - 2 ** 20;
// How many writes are under way before the next ones wait to be written together.
const MAX_WRITES = 8;

const isKey = (it) => typeof it === "string" && /^[\w-]{32}$/.test(it);

let database = null;
let opening = null;
// The keys that this page has or asks for.
const mine = new Set();
// The keys whose posts this page could not deliver.
const givenUp = new Set();

// One for each element. `tell` gets arrays: ["claimed", …], ["nothing"], ["not kept"], ["saving", whether].
export class Store {
  #tell;
  #claims = 0;
  #claiming = false;
  #identity = null;
  // That one, and those before it that still write.
  #identities = new Set();
  #saving = false;
  // What was typed while the claim was under way.
  #early = {};

  constructor(tell) {
    this.#tell = tell;
  }

  // Lets go of what was claimed and looks for an identity: one's own, or one that was left with posts to be sent.
  async claim(url, room, isOrphan) {
    this.release();
    const claim = this.#claims;
    this.#claiming = true;
    this.#update();
    const search = isOrphan ? findOrphan(url, room) : find(url, room);
    const found = await Promise.race([search, after(CLAIM_MS)]).catch(() => null);
    if (!found || claim !== this.#claims) {
      search.then((late) => late?.unlock(), () => {});
    }
    if (claim !== this.#claims) return;
    this.#claiming = false;
    if (found) this.#own(found);
    if (isOrphan && !found) {
      this.#tell(["nothing"]);
    } else {
      const { key, next_n, name, draft } = found?.record ?? empty(url, room, randomKey());
      this.#tell(["claimed", url, room, key, next_n, name, draft, Boolean(found), found?.posts ?? []]);
    }
    this.#update();
  }

  #own({ record, unlock, isRecorded }) {
    const identity = new Identity(record, unlock, isRecorded, (failed) => {
      if (failed && identity === this.#identity) this.#tell(["not kept"]);
      if (!identity.isBusy() && identity !== this.#identity) this.#identities.delete(identity);
      this.#update();
    });
    this.#identity = identity;
    this.#identities.add(identity);
    const { name, draft } = this.#early;
    if (name !== undefined) identity.keepName(name);
    if (draft !== undefined) identity.keepDraft(draft);
  }

  // Posts and their ends are written together at the next commit, in the order in which they came.
  post(n, at, body, failed) {
    this.#identity?.post({ n, at, body, failed });
  }
  gone(n) {
    this.#identity?.post({ n });
  }
  commit() {
    this.#identity?.commit();
  }

  keepName(name) {
    if (this.#claiming) this.#early.name = name;
    this.#identity?.keepName(name);
  }
  keepDraft(draft) {
    if (this.#claiming) this.#early.draft = draft;
    this.#identity?.keepDraft(draft);
  }

  // The page may end: nothing rests or waits its turn any longer.
  flush() {
    this.#identity?.flush(true);
  }

  // Its posts cannot be delivered: this page does not try again.
  giveUp() {
    if (this.#identity) givenUp.add(this.#identity.key);
  }

  // Lets go of the identity as soon as all of it is written.
  release() {
    this.#claims += 1;
    this.#claiming = false;
    this.#early = {};
    const identity = this.#identity;
    this.#identity = null;
    identity?.close();
    this.#update();
  }

  close() {
    this.#tell = () => {};
    this.release();
  }

  #update() {
    const saving = this.#claiming || [...this.#identities].some((identity) => identity.isBusy());
    if (saving !== this.#saving) {
      this.#saving = saving;
      this.#tell(["saving", saving]);
    }
  }
}

// An identity that this page owns, and what of it is still to be written.
class Identity {
  #record;
  #unlock;
  #isRecorded;
  #changed;
  #posts = [];
  #isDirty = false;
  #writes = 0;
  #isReopening = false;
  #rest = 0;
  #isClosing = false;

  constructor(record, unlock, isRecorded, changed) {
    this.#record = record;
    this.#unlock = unlock;
    this.#isRecorded = isRecorded;
    this.#changed = changed;
  }

  get key() {
    return this.#record.key;
  }

  isBusy() {
    return this.#isDirty || this.#writes > 0 || this.#isReopening;
  }

  post(post) {
    this.#posts.push(post);
    this.#record.next_n = Math.max(this.#record.next_n, post.n + 1);
    this.#isDirty = true;
  }

  commit() {
    if (this.#posts.length > 0) this.flush(false);
  }

  keepName(name) {
    if (name === this.#record.name || name.length > MAX_NAME) return;
    this.#record.name = name;
    this.#isDirty = true;
    this.flush(false);
  }

  // Written after a rest; that it was sent or deleted at once, so that it does not come back.
  keepDraft(draft) {
    const kept = draft.slice(0, MAX_DRAFT);
    if (kept === this.#record.draft) return;
    this.#record.draft = kept;
    this.#isDirty = true;
    clearTimeout(this.#rest);
    if (kept) {
      this.#rest = setTimeout(() => this.flush(false), DRAFT_MS);
      this.#changed(false);
    } else {
      this.flush(false);
    }
  }

  // Everything in one transaction. The browser keeps transactions in the order in which they were made.
  flush(isLast) {
    clearTimeout(this.#rest);
    if (this.#isDirty && !this.#isReopening && (isLast || this.#writes < MAX_WRITES)) {
      try {
        this.#write(begin("readwrite"));
      } catch {
        this.#reopen();
      }
    }
    this.#changed(false);
  }

  close() {
    this.#isClosing = true;
    mine.delete(this.key);
    this.flush(false);
    this.#leave();
  }

  #leave() {
    if (this.#isClosing && !this.isBusy()) this.#unlock();
  }

  #write(transaction) {
    const posts = this.#posts;
    this.#posts = [];
    this.#isDirty = false;
    this.#writes += 1;
    const end = (failed) => {
      this.#writes -= 1;
      this.flush(false);
      this.#leave();
      if (failed) this.#changed(true);
    };
    transaction.oncomplete = () => end(false);
    transaction.onabort = () => end(true);
    const { key, url, room } = this.#record;
    if (!this.#isRecorded) use(url, room, key, true);
    this.#isRecorded = true;
    try {
      transaction.objectStore(CLIENTS).put({ ...this.#record, used_at: Date.now() });
      const store = transaction.objectStore(POSTS);
      for (const post of posts) {
        if (post.body === undefined) store.delete([key, post.n]);
        else store.put({ key, ...post });
      }
      // Without waiting for the answers: the page may be gone before they come.
      transaction.commit?.();
    } catch {
      abort(transaction);
    }
  }

  // The database was closed under us, as when the user clears what sites have kept.
  async #reopen() {
    this.#isReopening = true;
    let failed = false;
    try {
      await open();
      this.#isReopening = false;
      this.#write(begin("readwrite"));
    } catch {
      failed = true;
      this.#isReopening = false;
      this.#isDirty = false;
      this.#posts = [];
    }
    this.#leave();
    this.#changed(failed);
  }
}

// The search for an identity. Each gives {record, posts, unlock, isRecorded}.

async function find(url, room) {
  await open();
  const until = performance.now() + RELOAD_MS;
  for (const [key, isRecorded] of used(url, room)) {
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

async function findOrphan(url, room) {
  await open();
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
  const transaction = begin("readonly");
  const store = transaction.objectStore(POSTS);
  const [record, last, posts] = await Promise.all([
    result(transaction.objectStore(CLIENTS).get(key)),
    result(store.openKeyCursor(postsOf(key), "prev")).then((cursor) => cursor?.key[1] ?? 0),
    result(store.getAll(postsOf(key), MAX_POSTS)),
  ]);
  if (record ? record.url !== url || record.room !== room : isRecorded) return null;
  const counted = Number.isSafeInteger(record?.next_n) ? record.next_n : 1;
  const next_n = Math.max(1, counted, Math.ceil(last) + 1);
  if (next_n > MAX_N) return null;
  const text = (value, max) => (typeof value === "string" && value.length <= max ? value : "");
  const kept = { name: text(record?.name, MAX_NAME), draft: text(record?.draft, MAX_DRAFT), next_n };
  return {
    record: { ...empty(url, room, key), ...kept },
    posts: posts.filter(isReadable).flatMap(({ n, at, body, failed }) => [n, at, body, failed === true]),
    isRecorded: Boolean(record),
  };
}

// The identities of an address that nobody has now, without those that nobody needs any longer.
async function others(url, room) {
  const { held } = await navigator.locks.query();
  const names = new Set(held.map((it) => it.name));
  const transaction = begin("readonly");
  const index = transaction.objectStore(CLIENTS).index(BY_ADDRESS);
  const records = await result(index.getAll([url, room], MAX_CLIENTS));
  const posts = transaction.objectStore(POSTS);
  const all = await Promise.all(
    records
      .filter(({ key }) => isKey(key) && !mine.has(key) && !names.has(lockName(key)))
      .map(async ({ key, used_at }) => ({ key, used_at: Number(used_at) || 0, ...(await left(posts, key)) })),
  );
  const oldest = Date.now() - MAX_FREE_MS;
  const idle = all.filter((it) => !it.hasPosts).sort((a, b) => b.used_at - a.used_at);
  const stale = idle.filter((it, index) => index >= MAX_FREE || it.used_at < oldest);
  return { free: all.filter((it) => !stale.includes(it)), stale };
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

function empty(url, room, key) {
  return { key, url, room, name: "", draft: "", next_n: 1 };
}

// 24 bytes that nobody can guess, in base64url.
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

// The keys of a tab

function readUsed() {
  try {
    const list = JSON.parse(sessionStorage.getItem(USED) ?? "[]");
    return list.filter((it) => Array.isArray(it) && isKey(it[2])).slice(-MAX_USED);
  } catch {
    return [];
  }
}

function writeUsed(list) {
  try {
    sessionStorage.setItem(USED, JSON.stringify(list.slice(-MAX_USED)));
  } catch {
    // Then another identity is found after a reload.
  }
}

function used(url, room) {
  const here = readUsed().filter((it) => it[0] === url && it[1] === room);
  return here.map(([, , key, isRecorded]) => [key, isRecorded === true]);
}

function use(url, room, key, isRecorded) {
  const list = readUsed();
  const place = list.findIndex((it) => it[2] === key);
  if (place < 0) list.push([url, room, key, isRecorded]);
  else list[place] = [url, room, key, isRecorded];
  writeUsed(list);
}

function unuse(key) {
  writeUsed(readUsed().filter((it) => it[2] !== key));
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

function open() {
  opening ??= new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const clients = request.result.createObjectStore(CLIENTS, { keyPath: "key" });
      clients.createIndex(BY_ADDRESS, ["url", "room"]);
      request.result.createObjectStore(POSTS, { keyPath: ["key", "n"] });
    };
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
      const opened = request.result;
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
function begin(mode) {
  return database.transaction([CLIENTS, POSTS], mode, { durability: "strict" });
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
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

function after(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
