// The element and the socket in a page of one's own. The page's address says where their servers are.
import init, { type ChatRoomState } from "chat-room";
import { echo } from "./socket";

const asked = new URLSearchParams(location.search);
const output = (id: string) => document.querySelector<HTMLOutputElement>(`output#${id}`)!;

function show(state: ChatRoomState, members: number): void {
  document.title = `${state}, ${members} here`;
}

await init();

const room = document.createElement("chat-room");
room.url = asked.get("relay");
room.room = "lobby";
room.name = "Vite";
room.lang = "en";
room.texts = { send: "Go" };
room.token = async () => "a token that this relay does not ask for";
room.autoconnect = true;
room.addEventListener("statechange", ({ detail }) => show(detail.state, detail.members));
room.addEventListener("message", ({ data }) => {
  output("heard").value = typeof data === "string" ? data : `${data.byteLength} bytes`;
});
document.body.append(room);

output("echo").value = await echo(asked.get("echo") ?? "", "hello from Vite");
