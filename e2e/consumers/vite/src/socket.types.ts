// What has to compile, and what must not. Nothing of this is run.
import { BufferFullError, PersistentWebSocket } from "chat-room";
import type { ConnectionState, PersistentWebSocketOptions, ReconnectingEvent } from "chat-room";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const sure = <T extends true>(): T | undefined => undefined;

export function everything(): void {
  const options: PersistentWebSocketOptions = {
    connectTimeout: 10_000,
    backoff: { base: 250, cap: 10_000, maxAttempts: 20 },
    buffer: { messages: 16, bytes: 65_536 },
    heartbeat: { ping: () => JSON.stringify({ ping: Date.now() }), pong: (data) => data === "pong" },
    shouldReconnect: (event) => event.code !== 4001,
  };
  // @ts-expect-error: there is no such option
  const misspelt: PersistentWebSocketOptions = { reconect: true };
  const socket = new PersistentWebSocket(async () => new URL("wss://example.org/"), ["one", "two"], options);
  // Whoever takes a WebSocket, or its constructor, takes this.
  const native: WebSocket = socket;
  const made: new (url: string, protocols?: string | string[]) => WebSocket = PersistentWebSocket;
  // @ts-expect-error: an address is no number
  new PersistentWebSocket(7);

  socket.send("text");
  socket.send(new Uint8Array([1]));
  socket.send(new Blob());
  socket.sendJson({ any: ["thing"] });
  // @ts-expect-error: an object is sent by sendJson
  socket.send({});
  sure<Same<typeof socket.state, ConnectionState>>();
  sure<Same<typeof socket.retryAt, number | null>>();
  sure<Same<typeof PersistentWebSocket.CLOSED, 3>>();
  socket.addEventListener("reconnecting", (event) => {
    sure<Same<typeof event, ReconnectingEvent>>();
    console.log(event.attempt, event.retryAt, event.code);
  });
  socket.addEventListener("giveup", (event) => console.log(event.code));
  socket.onreconnecting = (event) => console.log(event.error);
  try {
    socket.send("more");
  } catch (error) {
    if (error instanceof BufferFullError) console.log(error.waiting.messages, error.limits.bytes, socket.unsent.length);
  }
  socket.reconnect();
  socket.close(4000, "bye");
  console.log(misspelt, native.readyState, made.name);
}
