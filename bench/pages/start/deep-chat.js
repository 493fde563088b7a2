// The same with deep-chat, which is told the history when it asks for it. The socket does not wait for its script.
const history = new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}/`);
  socket.onmessage = ({ data }) => done(JSON.parse(data).map(({ name, text }) => ({ role: name, text })));
});
const chat = document.querySelector("deep-chat");
chat.connect = { handler: () => {} };
chat.loadHistory = () => history;
