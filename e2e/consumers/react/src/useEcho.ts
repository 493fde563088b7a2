import { PersistentWebSocket } from "chat-room";
import { useEffect, useState } from "react";

/** What the server says to a text, for as long as the component is there. */
export function useEcho(url: string, text: string): string {
  const [echoed, setEchoed] = useState("");
  useEffect(() => {
    const socket = new PersistentWebSocket(url);
    socket.onmessage = ({ data }) => setEchoed(String(data));
    socket.send(text);
    return () => socket.close();
  }, [url, text]);
  return echoed;
}
