export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// What a reload does not keep is gone, and what another tab would not have.
export const newTab = () => sessionStorage.clear();
// What a browser that is killed may not have written yet.
export const loseLocalStorage = () => localStorage.clear();
export const tabItem = (name) => sessionStorage.getItem(name);
export const setTabItem = (name, value) => sessionStorage.setItem(name, value);

// The database as another script of the origin sees it.

const result = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

async function withStore(name, mode, work) {
  const database = await result(indexedDB.open("chat-room", 2));
  try {
    const transaction = database.transaction(name, mode);
    const ended = new Promise((done, fail) => {
      transaction.oncomplete = done;
      transaction.onabort = () => fail(transaction.error);
    });
    const value = await work(transaction.objectStore(name));
    await ended;
    return value;
  } finally {
    database.close();
  }
}

// The script gives the records: `({key, …})`, or an array of them.
export const put = (name, script) =>
  withStore(name, "readwrite", async (store) => {
    for (const record of [new Function(`return ${script}`)()].flat()) store.put(record);
  });
export const countOf = (name, key) =>
  withStore(name, "readonly", async (store) => {
    const all = await result(store.getAll());
    return all.filter((it) => it.key === key).length;
  });
export const recordsOf = (url) =>
  withStore("clients", "readonly", async (store) => {
    const all = await result(store.getAll());
    return all.filter((it) => it.url === url).map((it) => it.key);
  });

// As if another tab had the identity. Gives the way to let go of it.
export const hold = (key) =>
  new Promise((answer) => {
    navigator.locks.request(`chat-room ${key}`, () => new Promise((release) => answer(release)));
  });
export const waits = async (key) => {
  const { pending } = await navigator.locks.query();
  return pending.some((it) => it.name === `chat-room ${key}`);
};
export const isHeld = async (key) => {
  const { held } = await navigator.locks.query();
  return held.some((it) => it.name === `chat-room ${key}`);
};

// Another page of this origin, with the storage's own scripts. Without an origin if it is sandboxed.
export async function visit(store, early, search, tab, isSandboxed) {
  const url = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
  const tabUrl = url(tab);
  const searchUrl = url(search.replace("../tab.js", tabUrl));
  const withParts = (text) => text.replace("./tab.js", tabUrl).replace("./storage/search.js", searchUrl);
  const storeUrl = url(withParts(store).replace("./early.js", url(withParts(early))));
  const frame = document.createElement("iframe");
  if (isSandboxed) frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = `<script type="module" onerror="parent.postMessage(['failed'], '*')">
    import { Store } from "${storeUrl}";
    window.Store = Store;
    const store = new Store((told) => parent.postMessage(["told", ...told.slice(0, 9)], "*"));
    window.store = store;
    parent.postMessage(["ready"], "*");
    addEventListener("message", ({ data: [name, ...values] }) => store[name](...values));
  </script>`;
  const told = [];
  let ready;
  let failed;
  const isReady = new Promise((done, fail) => {
    ready = done;
    failed = () => fail(new Error("the storage's scripts do not load in another page"));
  });
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow) return;
    const [kind, ...values] = event.data;
    if (kind === "ready") ready();
    else if (kind === "failed") failed();
    else told.push(values);
  });
  document.body.append(frame);
  await isReady;
  return { frame, told };
}
export const ask = (page, name, values) => page.frame.contentWindow.postMessage([name, ...values], "*");
// Without a message in between: all before this function returns.
export const askAndLeave = (page, calls) => {
  for (const [name, ...values] of calls) page.frame.contentWindow.store[name](...values);
  page.frame.remove();
};
export const leave = (page) => page.frame.remove();
export const toldBy = (page, kind) => page.told.filter((it) => it[0] === kind);

// What a browser or a page may deny. Each gives the way back.

function stub(owner, name, descriptor) {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { configurable: true, ...descriptor });
  return () => (before ? Object.defineProperty(owner, name, before) : delete owner[name]);
}
const thrower = (name) => () => {
  throw new DOMException("denied by the test", name);
};

export async function deny(what) {
  const reopened = async (work) => {
    // The storage reopens its connection: another script wanted a change of version.
    await result(indexedDB.deleteDatabase("chat-room"));
    const listed = stub(IDBFactory.prototype, "databases", { value: thrower("SecurityError") });
    const back = await work();
    return async () => {
      listed();
      await back();
    };
  };
  switch (what) {
    case "no indexedDB":
      return reopened(() => stub(window, "indexedDB", { value: undefined }));
    case "indexedDB throws":
      return reopened(() => stub(window, "indexedDB", { get: thrower("SecurityError") }));
    case "open throws":
      return reopened(() => stub(IDBFactory.prototype, "open", { value: thrower("SecurityError") }));
    case "open fails":
      return reopened(() => {
        return stub(IDBFactory.prototype, "open", {
          value() {
            const request = {};
            queueMicrotask(() => request.onerror());
            return request;
          },
        });
      });
    case "open never answers":
      return reopened(() => stub(IDBFactory.prototype, "open", { value: () => ({}) }));
    case "a newer version": {
      const newer = indexedDB.open("chat-room", 3);
      const database = await result(newer);
      database.close();
      return () => result(indexedDB.deleteDatabase("chat-room"));
    }
    case "another's database":
      return reopened(async () => {
        const request = indexedDB.open("chat-room", 2);
        request.onupgradeneeded = () => request.result.createObjectStore("clients");
        (await result(request)).close();
        return () => result(indexedDB.deleteDatabase("chat-room"));
      });
    case "no locks":
      return stub(navigator, "locks", { value: undefined });
    case "locks throw":
      return stub(LockManager.prototype, "request", { value: thrower("SecurityError") });
    case "locks reject":
      return stub(LockManager.prototype, "request", { value: async () => thrower("SecurityError")() });
    case "locks never answer":
      return stub(LockManager.prototype, "request", { value: () => new Promise(() => {}) });
    case "no sessionStorage":
      return stub(window, "sessionStorage", { get: thrower("SecurityError") });
    case "put throws":
      return stub(IDBObjectStore.prototype, "put", { value: thrower("QuotaExceededError") });
    case "transaction throws":
      return stub(IDBDatabase.prototype, "transaction", { value: thrower("InvalidStateError") });
    case "writes abort": {
      const transaction = IDBDatabase.prototype.transaction;
      return stub(IDBDatabase.prototype, "transaction", {
        value(names, mode, options) {
          const made = transaction.call(this, names, mode, options);
          if (mode === "readwrite") queueMicrotask(() => made.abort());
          if (mode === "readwrite") made.commit = () => {};
          return made;
        },
      });
    }
  }
  throw new Error(`nobody knows how to deny ${what}`);
}
export const allow = async (back) => await back();
export const dropDatabase = () => result(indexedDB.deleteDatabase("chat-room"));

// What the browser of another page may be like.
const BROWSERS = {
  "has no database": ["databases", async () => []],
  "lists none": ["databases", undefined],
  "opens none": ["open", () => ({})],
};
export const pretend = ({ frame }, what) => {
  const [name, value] = BROWSERS[what];
  stub(frame.contentWindow.IDBFactory.prototype, name, { value });
};

// Of the first version, while this connection to it is open: for others the database does not open meanwhile.
async function openFirstVersion() {
  await result(indexedDB.deleteDatabase("chat-room"));
  const request = indexedDB.open("chat-room", 1);
  request.onupgradeneeded = () => {
    const clients = request.result.createObjectStore("clients", { keyPath: "key" });
    clients.createIndex("address", ["url", "room"]);
    request.result.createObjectStore("posts", { keyPath: ["key", "n"] });
  };
  return result(request);
}
// Gives the way to let it go.
export async function holdBack() {
  const older = await openFirstVersion();
  return () => older.close();
}

// As the first version of the storage has made it, with an identity and what it had to send.
export async function makeFirstVersion(record, posts) {
  const database = await openFirstVersion();
  const transaction = database.transaction(["clients", "posts"], "readwrite");
  transaction.objectStore("clients").put(new Function(`return ${record}`)());
  for (const post of new Function(`return ${posts}`)()) transaction.objectStore("posts").put(post);
  await new Promise((done) => (transaction.oncomplete = done));
  database.close();
}

export const logs = () => withStore("logs", "readonly", async (store) => (await result(store.getAll())).map((it) => it.url));

// How many transactions that write are made until it is read; those for logs count apart.
let writes = 0;
let logWrites = 0;
export function countWrites() {
  writes = logWrites = 0;
  const transaction = IDBDatabase.prototype.transaction;
  return stub(IDBDatabase.prototype, "transaction", {
    value(names, mode, options) {
      if (mode === "readwrite" && names === "logs") {
        logWrites += 1;
      } else if (mode === "readwrite") {
        writes += 1;
        if (options?.durability !== "strict") throw new Error("not strict");
      }
      return transaction.call(this, names, mode, options);
    },
  });
}
export const writesCounted = () => writes;
export const logWritesCounted = () => logWrites;
