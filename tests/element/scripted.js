// A server that says what the test tells it to: it stands where the browser's WebSocket would be.

const native = globalThis.WebSocket;
const { random } = Math;
let sockets = [];

class Scripted extends EventTarget {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  extensions = "";
  protocol = "";
  heard = [];

  constructor(url, protocols = []) {
    super();
    this.url = url;
    this.offered = [...protocols];
    sockets.push(this);
  }
  send(data) {
    // Bytes are copied, as the browser does: they may stand in memory that changes.
    this.heard.push(typeof data === "string" ? data : Uint8Array.from(data));
  }
  close(code = 1005, reason = "") {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    queueMicrotask(() => this.end(code, reason));
  }
  open(protocol) {
    this.protocol = protocol;
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  end(code, reason) {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: code !== 1006 }));
  }
}

const last = () => sockets.at(-1);

export function install() {
  sockets = [];
  globalThis.WebSocket = Scripted;
  // A wait before another attempt is as long as chance has it: long enough to be seen.
  Math.random = () => 0.9;
}
export function uninstall() {
  globalThis.WebSocket = native;
  Math.random = random;
}
export const attempts = () => sockets.length;
export const offered = () => last()?.offered ?? [];
export const open = (protocol) => last().open(protocol);
export const say = (text) => last().dispatchEvent(new MessageEvent("message", { data: text }));
export const end = (code, reason) => last().end(code, reason);
// All that the last socket was told, frame by frame.
export const heard = () => (last()?.heard ?? []).flatMap((it) => JSON.parse(it)).map((it) => JSON.stringify(it));
// All messages that the last socket was told, as they are: texts, or numbers of bytes joined by commas.
export const told = () => (last()?.heard ?? []).map((it) => (typeof it === "string" ? it : it.join()));
export const sayBytes = (bytes) => last().dispatchEvent(new MessageEvent("message", { data: Uint8Array.from(bytes).buffer }));
