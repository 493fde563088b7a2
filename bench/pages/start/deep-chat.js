// The same with deep-chat, which is told the history when it asks for it. The socket does not wait for its script.
const history = new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}/`);
  socket.onmessage = ({ data }) => done(JSON.parse(data).map(({ name, text }) => ({ role: name, text })));
});
await import("./deep-chat-bundle.js");
const chat = document.createElement("deep-chat");
// With a font of its own it asks no other server for one.
chat.style.cssText = "inline-size: 60rem; block-size: 40rem; font-family: sans-serif";
chat.connect = { handler: () => {} };
chat.loadHistory = () => history;
document.body.append(chat);
