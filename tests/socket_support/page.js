// What the socket tests need from the page and web-sys has no words for.

const troubles = [];
for (const kind of ["error", "unhandledrejection"]) {
  addEventListener(kind, (event) => troubles.push(`${kind}: ${event.message ?? event.reason}`));
}

/** What nobody caught since the page was loaded, a line each. */
export const uncaught = () => troubles.join("\n");

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The body of a GET, or undefined if nobody answers. */
export const get = (url) => fetch(url).then((it) => it.text(), () => undefined);

/** The URL the native constructor makes of this one, or undefined if it throws. */
export function nativeUrl(url) {
  try {
    const socket = new WebSocket(url);
    socket.close();
    return socket.url;
  } catch {
    return undefined;
  }
}

/** Whether the native close() takes this code and reason. */
export function nativelyCloses(url, code, reason) {
  const socket = new WebSocket(url);
  try {
    socket.close(code, reason);
    return true;
  } catch {
    socket.close();
    return false;
  }
}

/** From now on every native socket is kept in `sockets`, until the returned function is called. */
const sockets = [];
export function keepSockets() {
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
  return () => {
    globalThis.WebSocket = Native;
    sockets.length = 0;
  };
}

/** Has the last socket kept dispatch a close event, synchronously. */
export const dispatchClose = (code) => void sockets.at(-1).dispatchEvent(new CloseEvent("close", { code }));

/** The code that the last socket kept closes with. */
export const closeCode = () => new Promise((done) => sockets.at(-1).addEventListener("close", (event) => done(event.code)));
