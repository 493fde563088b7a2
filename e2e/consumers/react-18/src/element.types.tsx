// React 18 has its elements in another place. Nothing of this is run.
import type { ChatRoomElement } from "chat-room";
import { createRef } from "react";

export const fine = [
  <chat-room key="bare" />,
  <chat-room key="all" ref={createRef<ChatRoomElement>()} style={{ blockSize: "30rem" }} url="/socket" room="lobby" autoconnect>
    <p>The chat needs JavaScript.</p>
  </chat-room>,
];

export const wrong = [
  // @ts-expect-error: there are two themes
  <chat-room key="theme" theme="pink" />,
  // @ts-expect-error: there is no such property
  <chat-room key="rooms" rooms="lobby" />,
  // @ts-expect-error: it is another element's
  <chat-room key="ref" ref={createRef<HTMLAnchorElement>()} />,
  // @ts-expect-error: there is no such element
  <chat-rooms key="tag" />,
];
