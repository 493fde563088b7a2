import type { ChatRoomElement, ChatRoomState } from "chat-room";
import { useRef, useState } from "react";
import { useEcho } from "./useEcho";

const texts = { send: "Go" };
const token = async () => "a token that this relay does not ask for";

export function App({ relay, echo }: { relay: string; echo: string }) {
  const room = useRef<ChatRoomElement>(null);
  const [state, setState] = useState<ChatRoomState>("idle");
  const [heard, setHeard] = useState("");
  const echoed = useEcho(echo, "hello from React");
  return (
    <>
      <chat-room
        ref={room}
        className="mine"
        url={relay}
        room="lobby"
        name="React"
        lang="en"
        autoconnect
        texts={texts}
        token={token}
        onstatechange={({ detail }) => setState(detail.state)}
        onmessage={({ data }) => setHeard(String(data))}
      />
      <p>
        <output id="state">{state}</output> <output id="heard">{heard}</output> <output id="echo">{echoed}</output>
      </p>
      <button id="wave" disabled={state !== "open"} onClick={() => room.current?.send("A wave from React.")}>
        Wave
      </button>
    </>
  );
}
