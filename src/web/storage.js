// What survives a reload: as whom one is in a room, what was said but not yet seen in the log, and the newest of the log.
//
// Nothing here throws or rejects: what cannot be kept is told.

import { takeSearch } from "./early.js";
import {
  CLIENTS,
  MAX_DRAFT,
  MAX_NAME,
  POSTS,
  begin,
  empty,
  find,
  findOrphan,
  keepLog,
  letGo,
  loseLog,
  open,
  randomKey,
} from "./storage/search.js";
import { use } from "./tab.js";

// A claim that takes longer goes on without what was kept.
const CLAIM_MS = 5_000;
// How long a draft rests before it is written.
const DRAFT_MS = 300;
// How long a log changes before it is written: it is written as a whole.
const LOG_MS = 1_000;
// How many writes are under way before the next ones wait to be written together.
const MAX_WRITES = 8;

// One for each element. `tell` gets arrays: ["claimed", …], ["nothing"], ["not kept"], ["log"], ["saving", whether].
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
  #logTimer = 0;
  #isLast = false;
  #keepsNoLog = false;

  constructor(tell) {
    this.#tell = tell;
  }

  // Lets go of what was claimed and looks for an identity: one's own, or one that was left with posts to be sent.
  async claim(url, room, isOrphan) {
    this.release();
    const claim = this.#claims;
    this.#claiming = true;
    this.#update();
    const search = isOrphan ? findOrphan(url, room) : (takeSearch(url, room) ?? find(url, room));
    const found = await Promise.race([search, after(CLAIM_MS)]).catch(() => null);
    if (!found || claim !== this.#claims) {
      search.then((late) => late?.unlock(), () => {});
    }
    if (claim !== this.#claims) return;
    this.#claiming = false;
    const { key, next_n, name, draft, client } = found?.record ?? empty(url, room, randomKey());
    if (found) this.#own(found);
    if (this.#keepsNoLog) loseLog(url, room);
    const { epoch, start, entries } = (!this.#keepsNoLog && found?.log) || {};
    if (isOrphan && !found) {
      this.#tell(["nothing"]);
    } else {
      this.#tell(["claimed", url, room, key, next_n, name, draft, Boolean(found), found?.posts ?? [], client, epoch, start, entries]);
    }
    this.#update();
  }

  #own({ record, unlock, isRecorded, owned }) {
    const identity = new Identity(record, unlock, isRecorded, owned, (failed) => {
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
  client(id) {
    this.#identity?.keepClient(id);
  }
  commit() {
    this.#identity?.commit();
  }

  // The core is asked for the log when it is time, and answers by `keepLog` at once.
  logChanged() {
    if (this.#identity && !this.#keepsNoLog) this.#logTimer ||= setTimeout(() => this.flushLog(), LOG_MS);
  }
  flushLog(isLast) {
    if (!this.#logTimer) return;
    this.#restLog();
    this.#isLast = isLast === true;
    this.#tell(["log"]);
  }
  keepLog(epoch, start, entries) {
    const [url, room] = this.#identity?.address() ?? [];
    if (room !== undefined) keepLog({ url, room, epoch, start, entries }, this.#isLast);
  }
  keepNoLog(no) {
    this.#keepsNoLog = no;
    const address = this.#identity?.address();
    if (!no || !address) return;
    this.#restLog();
    loseLog(...address);
  }
  #restLog() {
    clearTimeout(this.#logTimer);
    this.#logTimer = 0;
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
    this.flushLog(true);
  }

  // Lets go of the identity as soon as all of it is written.
  release() {
    this.#claims += 1;
    this.#claiming = false;
    this.#early = {};
    this.#restLog();
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
  // Until then nothing is written.
  #owned;
  #changed;
  #posts = [];
  #isDirty = false;
  #writes = 0;
  #isReopening = false;
  #rest = 0;
  #isClosing = false;

  constructor(record, unlock, isRecorded, owned, changed) {
    this.#record = record;
    this.#unlock = unlock;
    this.#isRecorded = isRecorded;
    this.#owned = owned;
    this.#changed = changed;
    owned?.then(() => (this.#owned = undefined), () => changed(true));
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

  address() {
    return [this.#record.url, this.#record.room];
  }

  // An identity that has kept nothing yet has said nothing that would have to be known as its own.
  keepClient(id) {
    if (id === this.#record.client || id.length > MAX_NAME) return;
    this.#record.client = id;
    if (!this.#isRecorded) return;
    this.#isDirty = true;
    this.flush(false);
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
      if (this.#owned) this.#reopen();
      else this.#begin();
    }
    this.#changed(false);
  }

  #begin() {
    try {
      this.#write(begin("readwrite"));
    } catch {
      this.#reopen();
    }
  }

  close() {
    this.#isClosing = true;
    letGo(this.#record.key);
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

  // The database is not open yet, or was closed under us, as when the user clears what sites have kept.
  async #reopen() {
    this.#isReopening = true;
    let failed = false;
    try {
      await this.#owned;
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

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

function after(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
