// What has to compile, and what must not. Nothing of this is run.
import type { ChatMessage, ChatRoomElementEventMap, ChatRoomTexts, ChatRoomToken } from "chat-room";
import { ChatRoomElement } from "chat-room";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const sure = <T extends true>(): T | undefined => undefined;

export function everything(): void {
  const room: ChatRoomElement = document.createElement("chat-room");
  const found = document.querySelector("chat-room");
  sure<Same<typeof found, ChatRoomElement | null>>();
  const made = new ChatRoomElement();
  const native: HTMLElement = made;
  native.hidden = true;

  // Strings go either way; null takes the attribute away, and is never read.
  room.url = "wss://example.org/socket";
  room.url = null;
  sure<Same<typeof room.url, string>>();
  // @ts-expect-error: an address is no number
  room.url = 7;
  room.room = room.name = undefined;
  room.theme = "dark";
  // @ts-expect-error: there are two themes
  room.theme = "pink";
  room.autoconnect = room.inspector = room.noKeep = true;
  // @ts-expect-error: it is there or not
  room.autoconnect = "yes";

  const texts: ChatRoomTexts = { send: "Go", peopleOne: "only you" };
  room.texts = texts;
  // @ts-expect-error: there is no such text
  room.texts = { sned: "Go" };

  const tokens: (ChatRoomToken | null)[] = ["a", () => "b", async () => "c", null];
  for (const token of tokens) room.token = token;
  // @ts-expect-error: a function has to give a string
  room.token = () => 7;

  sure<Same<typeof room.readyState, 0 | 1 | 2 | 3>>();
  sure<Same<typeof ChatRoomElement.CLOSED, 3>>();
  sure<Same<typeof room.OPEN, 1>>();
  // @ts-expect-error: it is told, not set
  room.unread = 0;

  room.connect();
  room.send("hello");
  // @ts-expect-error: texts alone
  room.send(new ArrayBuffer(1));
  room.disconnect();
  const messages: ChatMessage[] = room.messages();
  const [first] = messages;
  sure<Same<typeof first, ChatMessage | undefined>>();
  if (first?.delivery === "failed") console.log(first.text, first.reactions[0]?.clients.length, first.replyTo);
  // @ts-expect-error: there is no such delivery
  if (first?.delivery === "lost") console.log(first);

  room.addEventListener("statechange", function (event) {
    const itself: ChatRoomElement = this;
    itself.connect();
    sure<Same<typeof event, ChatRoomElementEventMap["statechange"]>>();
    sure<Same<typeof event.detail.joined, boolean>>();
    // @ts-expect-error: there is no such state
    if (event.detail.state === "joined") console.log(event);
  });
  room.addEventListener("unreadchange", ({ detail }) => console.log(detail.unread + detail.mentions));
  room.addEventListener("message", ({ data }) => sure<Same<typeof data, string | ArrayBuffer>>());
  room.addEventListener("messages", ({ detail }) => sure<Same<typeof detail, readonly (string | ArrayBuffer)[]>>());
  const closed = ({ code, reason, wasClean }: CloseEvent): void => console.log(code, reason, wasClean);
  room.addEventListener("close", closed, { once: true });
  room.removeEventListener("close", closed);
  room.addEventListener("click", (event) => console.log(event.clientX));
  room.addEventListener("anything else", (event) => console.log(event.type));
}
