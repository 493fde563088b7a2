// As little as shows the history of a room by the browser's own WebSocket.
const log = document.getElementById("log");
const socket = new WebSocket(`ws://${location.host}/`);
socket.onmessage = ({ data }) => {
  for (const { name, at, text } of JSON.parse(data)) {
    const row = document.createElement("div");
    const who = document.createElement("b");
    who.textContent = name;
    row.append(who, ` ${new Date(at).toLocaleTimeString()} ${text}`);
    log.append(row);
  }
  log.scrollTop = log.scrollHeight;
};
