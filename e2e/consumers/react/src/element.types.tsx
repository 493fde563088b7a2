// What has to compile, and what must not. Nothing of this is run.
import type { ChatRoomElement } from "chat-room";
import { createRef } from "react";

export const fine = [
  <chat-room key="bare" />,
  <chat-room key="all" id="a" style={{ blockSize: "30rem" }} tabIndex={-1} room="lobby" theme="dark" noKeep inspector={false} />,
  <chat-room key="children" ref={createRef<ChatRoomElement>()} onClick={(event) => event.currentTarget.connect()}>
    <p>The chat needs JavaScript.</p>
  </chat-room>,
  <chat-room key="events" onclose={({ code }) => console.log(code)} onunreadchange={(event) => event.detail.mentions} />,
];

export const wrong = [
  // @ts-expect-error: there are two themes
  <chat-room key="theme" theme="pink" />,
  // @ts-expect-error: it is there or not
  <chat-room key="autoconnect" autoconnect="yes" />,
  // @ts-expect-error: there is no such text
  <chat-room key="texts" texts={{ sned: "Go" }} />,
  // @ts-expect-error: a function has to give a string
  <chat-room key="token" token={() => 7} />,
  // @ts-expect-error: there is no such property
  <chat-room key="rooms" rooms="lobby" />,
  // @ts-expect-error: it is another element's
  <chat-room key="ref" ref={createRef<HTMLAnchorElement>()} />,
  // @ts-expect-error: there is no such element
  <chat-rooms key="tag" />,
];
