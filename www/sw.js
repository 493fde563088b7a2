// Opens the page without a network. The network comes first; where it does not answer, the page comes out of a set of files
// that belong together. A page and all its files come from the network or from one set, never from both: a glue of one build
// would break with the wasm of another.

// So long a page waits for the network, in milliseconds.
const PATIENCE_MS = 3_000;
// More files than a set has: a page that leads to more is not ours.
const MAX_FILES = 64;
const PREFIX = `chat-room ${self.registration.scope} `;
// Stands in a set that is complete.
const COMPLETE = new URL("complete", self.registration.scope).href;

const page = self.registration.scope;
// Which set the files of a page come from, by client.
const offline = new Map();
// The sets that open pages use.
const MAX_OFFLINE = 100;
let refreshing = null;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(refresh());
});

self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(refresh());
  if (event.data === "remove") event.waitUntil(remove());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(page)) return;
  if (request.mode === "navigate") {
    if (isPage(url)) event.respondWith(open(event));
  } else if (offline.has(event.clientId) && url.href !== self.location.href) {
    event.respondWith(fromSet(offline.get(event.clientId), request));
  }
});

function isPage(url) {
  return [page, `${page}index.html`].includes(url.origin + url.pathname);
}

async function open(event) {
  const coming = fetch(event.request);
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS, null));
  const response = await Promise.race([coming, late]).catch(() => null);
  // A server that has the page no longer does not want it kept.
  if (isGone(response)) event.waitUntil(remove());
  if (response && response.status < 500) return response;
  const set = await newest();
  const kept = set && (await match(set, page));
  if (!kept) return response ?? coming;
  coming.catch(() => {});
  if (offline.size >= MAX_OFFLINE) offline.delete(offline.keys().next().value);
  offline.set(event.resultingClientId, set);
  return kept;
}

function isGone(response) {
  return response?.status === 404 || response?.status === 410;
}

async function fromSet(set, request) {
  return (await match(set, request.url)) ?? Response.error();
}

async function match(set, url) {
  return (await caches.open(set)).match(url, { ignoreSearch: true, ignoreVary: true });
}

async function sets() {
  return (await caches.keys()).filter((it) => it.startsWith(PREFIX));
}

async function newest() {
  for (const set of (await sets()).reverse()) {
    if (await match(set, COMPLETE)) return set;
  }
  return null;
}

// One at a time. What fails leaves the set that is there.
function refresh() {
  refreshing ??= renew()
    .catch(() => {})
    .finally(() => (refreshing = null));
  return refreshing;
}

async function renew() {
  const first = await collect();
  if (!first) return remove();
  const name = `${PREFIX}${await digest(first)}`;
  if ((await newest()) === name) return;
  // The server may have got another build between two files. If all are the same again, they were there together.
  const second = await collect();
  if (!second || name !== `${PREFIX}${await digest(second)}`) return;
  await caches.delete(name);
  const set = await caches.open(name);
  for (const [url, { response }] of first) await set.put(url, response);
  await set.put(COMPLETE, new Response());
  for (const other of await sets()) {
    if (other !== name && ![...offline.values()].includes(other)) await caches.delete(other);
  }
}

// The page and all that it leads to. Nothing if there is no page any longer.
async function collect() {
  const files = new Map();
  const waiting = [page];
  while (waiting.length > 0) {
    const url = waiting.shift();
    if (files.has(url)) continue;
    if (files.size === MAX_FILES) throw new Error("too many files");
    const response = await fetch(url, { cache: "no-cache" });
    if (isGone(response)) {
      if (url === page) return null;
      // It only looked like an address.
      continue;
    }
    if (!response.ok || response.redirected) throw new Error(`${url}: ${response.status}`);
    const bytes = await response.clone().arrayBuffer();
    files.set(url, { response, bytes });
    if (url === page || /\.(js|webmanifest)$/.test(url)) waiting.push(...links(new TextDecoder().decode(bytes), url));
  }
  return files;
}

// What is named in quotes and could be a file of ours: by href, src, from, import() and new URL().
function links(text, base) {
  const found = text.matchAll(/(?:\b(?:href|src)=|\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(|"src":\s*)["']([\w./-]+\.\w+)["']/g);
  const urls = [...found].map(([, path]) => new URL(path, base).href);
  return urls.filter((url) => url.startsWith(page) && url !== self.location.href);
}

async function digest(files) {
  const parts = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([url, { bytes }]) => [url, bytes]);
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return [...new Uint8Array(hash)].map((it) => it.toString(16).padStart(2, "0")).join("");
}

async function remove() {
  for (const set of await sets()) await caches.delete(set);
  await self.registration.unregister();
}
