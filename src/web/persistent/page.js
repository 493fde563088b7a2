// What a PersistentWebSocket hears of its page, or its worker.

// As the core counts them.
export const OFFLINE = 11;
export const ONLINE = 12;
const VISIBLE = 13;
const SUSPENDED = 14;
const RESUMED = 15;

const page = globalThis.document;

export const isSeen = () => !page?.hidden;

// A machine without a network still reaches itself.
export function isOffline(url) {
  if (globalThis.navigator?.onLine !== false) return false;
  return !/^wss?:\/\/(localhost|[^/]*\.localhost|127\.[^/]*|\[::1\])([:/]|$)/.test(url);
}

// Calls back with what happens, or with `undefined` where the network has changed. Aborting what is returned ends it.
export function listen(tell) {
  const end = new AbortController();
  const on = (target, kind, handle) => target?.addEventListener?.(kind, handle, { signal: end.signal });
  on(globalThis, "online", () => tell());
  on(globalThis, "offline", () => tell());
  on(globalThis, "pagehide", () => tell(SUSPENDED));
  // The first one of a page has nothing to resume.
  on(globalThis, "pageshow", (event) => event.persisted && tell(RESUMED));
  on(page, "freeze", () => tell(SUSPENDED));
  on(page, "resume", () => tell(RESUMED));
  on(page, "visibilitychange", () => isSeen() && tell(VISIBLE));
  return end;
}
