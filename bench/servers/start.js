// Serves a folder as the relay serves its own: compressed once at brotli's best, with an ETag, always asked about. A WebSocket is
// sent the newest of a history as JSON. Started with the folder, and how many messages are sent.

const { createServer } = require("node:http");
const { createHash } = require("node:crypto");
const { readdirSync, readFileSync } = require("node:fs");
const { extname, join } = require("node:path");
const { brotliCompressSync } = require("node:zlib");
const { WebSocketServer } = require("ws");

const [folder, messages] = process.argv.slice(2);
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".wasm": "application/wasm" };

const files = new Map();
for (const found of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const type = TYPES[extname(found.name)];
  if (!found.isFile() || !type) continue;
  const path = join(found.parentPath ?? found.path, found.name);
  const body = brotliCompressSync(readFileSync(path));
  files.set(path.slice(folder.length), { type, body, etag: `"${createHash("sha256").update(body).digest("hex")}"` });
}

const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const file = files.get(path);
  if (!file) return response.writeHead(404).end();
  const headers = { ETag: file.etag, Vary: "Accept-Encoding", "Cache-Control": "no-cache" };
  if (request.headers["if-none-match"] === file.etag) return response.writeHead(304, headers).end();
  response.writeHead(200, { ...headers, "Content-Type": file.type, "Content-Encoding": "br", "Content-Length": file.body.length });
  response.end(file.body);
});

const history = Array.from({ length: Number(messages) }, (_, index) => ({
  name: index % 2 ? "Lin" : "Bob",
  at: 1_767_225_600_000 + index * 30_000,
  text: `message ${index + 1} of the room, as long as most of them are`,
}));
new WebSocketServer({ server }).on("connection", (socket) => socket.send(JSON.stringify(history)));

server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
