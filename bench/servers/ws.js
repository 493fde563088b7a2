// A server that sends every message to everybody, as the documentation of ws shows.

"use strict";

const WebSocket = require("ws");
const { WebSocketServer } = WebSocket;

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });

server.on("connection", (socket) => {
  socket.on("error", console.error);
  socket.on("message", (data, isBinary) => {
    server.clients.forEach((client) => {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    });
  });
});

server.on("listening", () => console.log(`ready ${server.address().port}`));
