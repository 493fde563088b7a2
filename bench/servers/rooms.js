// Rooms over plain WebSockets, as the documentation of ws has them: everybody gets everything, with an id, and those who do
// not answer a ping within 30 seconds are cut off. `{"ping":true}` is answered, for clients that ask for a sign of life.
//
// node rooms.js PORT

const { WebSocketServer } = require("ws");

const PING_MS = 30_000;

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]) });
const rooms = new Map();
let last = 0;

server.on("connection", (socket, request) => {
  const room = request.url;
  if (!rooms.has(room)) rooms.set(room, new Set());
  const members = rooms.get(room);
  members.add(socket);
  socket.isAlive = true;
  socket.on("pong", () => (socket.isAlive = true));
  socket.on("error", () => {});
  socket.on("close", () => members.delete(socket));
  socket.on("message", (data) => {
    const said = JSON.parse(data);
    if (said.ping) {
      socket.send('{"pong":true}');
      return;
    }
    last += 1;
    const message = JSON.stringify({ id: last, text: said.text });
    for (const member of members) member.send(message);
  });
});

setInterval(() => {
  for (const socket of server.clients) {
    if (!socket.isAlive) {
      socket.terminate();
      continue;
    }
    socket.isAlive = false;
    socket.ping();
  }
}, PING_MS);

server.on("listening", () => console.log(`ready ${server.address().port}`));
