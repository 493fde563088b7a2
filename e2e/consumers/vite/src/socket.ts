import { PersistentWebSocket } from "chat-room";

/** What the server says to a text. */
export function echo(url: string, text: string): Promise<string> {
  const socket = new PersistentWebSocket(async () => url, [], { backoff: { base: 200 }, buffer: { messages: 8 } });
  socket.send(text);
  return new Promise((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => {
      socket.close(1000);
      resolve(String(data));
    });
    socket.addEventListener("giveup", ({ code, reason }) => reject(new Error(`${code} ${reason}`)));
  });
}
