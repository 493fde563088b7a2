// A socket.io server: it floods whoever asks, and passes on what is said, acknowledging it.

const { createServer } = require("node:http");
const { Server } = require("socket.io");

// How many events are emitted before what was written gets its turn.
const BATCH = 256;
// More than this is not left waiting inside of node.
const MAX_WAITING = 4 * 1024 * 1024;

const server = createServer();
const io = new Server(server, { cors: { origin: "*" } });

const entry = (seq, bytes) => ({
  type: "entry",
  seq,
  prev: seq - 1,
  at: 1767225600000 + seq,
  client: String(seq % 20).padStart(32, "0"),
  name: `Author ${seq % 20}`,
  n: seq,
  body: { type: "text", text: `${seq} ${"what people say to one another ".repeat(bytes)}`.slice(0, bytes) },
});

function flood(socket, { count, bytes }) {
  let seq = 0;
  const more = () => {
    if (!socket.connected) return;
    const waits = socket.conn.transport.socket?.bufferedAmount ?? 0;
    const end = waits > MAX_WAITING ? seq : Math.min(count, seq + BATCH);
    while (seq < end) socket.emit("entry", entry(++seq, bytes));
    if (seq < count) setImmediate(more);
  };
  more();
}

io.on("connection", (socket) => {
  socket.on("flood", (asked) => flood(socket, asked));
  socket.on("say", (text, acknowledge) => {
    socket.broadcast.emit("said", text);
    acknowledge();
  });
});

server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
