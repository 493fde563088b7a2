// Has the bench call the page's functions.

const port = new URLSearchParams(location.search).get("control");
const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
socket.onmessage = async ({ data }) => {
  const { name, options } = JSON.parse(data);
  let answer;
  try {
    answer = { result: (await globalThis[name](options)) ?? null };
  } catch (error) {
    answer = { error: `${error}\n${error?.stack ?? ""}` };
  }
  socket.send(JSON.stringify(answer));
};

globalThis.reload = () => {
  location.reload();
  return new Promise(() => {});
};
