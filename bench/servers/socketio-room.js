// A server that sends every message to everybody, as the documentation of Socket.IO shows.

"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const server = createServer();
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("message", (text) => io.emit("message", text));
});

server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
