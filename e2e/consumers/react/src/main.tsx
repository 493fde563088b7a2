import init from "chat-room";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";

// First the class, so that React finds its properties.
await init();

const asked = new URLSearchParams(location.search);
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App relay={asked.get("relay") ?? ""} echo={asked.get("echo") ?? ""} />
  </StrictMode>,
);
