// A room by socket.io with its defaults; with "recovery" its connection state recovery; with "log FILE" the server of its own
// tutorial, whose clients send again what was not acknowledged, and get what they missed out of a log.
//
// node socketio.js PORT [recovery | log FILE]

const fs = require("node:fs");
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const [port, mode, file] = process.argv.slice(2);
const http = createServer();
const options = { cors: { origin: "*" } };
if (mode) options.connectionStateRecovery = {};
const io = new Server(http, options);

// What was said, and under which key of its sender's. The tutorial has it in a database.
const log = [];
const keys = new Set();
if (file && fs.existsSync(file)) {
  for (const line of fs.readFileSync(file, "utf8").split("\n").slice(0, -1)) note(JSON.parse(line));
}

function note(entry) {
  log.push(entry);
  keys.add(entry.key);
}

let last = 0;

io.on("connection", (socket) => {
  socket.join("room");
  if (mode !== "log") {
    socket.on("say", (text) => {
      last += 1;
      io.to("room").emit("said", text, last);
    });
    return;
  }
  socket.on("say", (text, key, done) => {
    if (!keys.has(key)) {
      const entry = { text, key };
      fs.appendFileSync(file, `${JSON.stringify(entry)}\n`);
      note(entry);
      io.to("room").emit("said", text, log.length);
    }
    done();
  });
  if (socket.recovered) return;
  const from = socket.handshake.auth.last ?? 0;
  for (let id = from + 1; id <= log.length; id += 1) socket.emit("said", log[id - 1].text, id);
});

http.listen(Number(port), "127.0.0.1", () => console.log(`ready ${http.address().port}`));
