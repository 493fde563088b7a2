// Tells when a page that is being opened shows the newest message, and is connected. What is measured has it put before its own
// scripts: `NEWEST` is the text, and `ERRAND` what the project's page finds when one comes from its card for a room.
if (location.protocol === "http:") {
  if ("ERRAND") sessionStorage.setItem("chat-room errand", JSON.stringify({ room: "ERRAND", name: "Ann" }));
  const isShown = () => {
    const element = document.querySelector("chat-room, deep-chat");
    // The project's element shows what it has kept before it is in the room.
    if (element?.localName === "chat-room" && !globalThis.isJoined) return false;
    const log = (element?.shadowRoot ?? document).querySelector("#message, #messages, #log");
    return log?.textContent.includes("NEWEST") ?? false;
  };
  addEventListener("statechange", ({ detail }) => (globalThis.isJoined = detail?.joined), true);
  globalThis.shown = new Promise((done) => {
    // After a frame has been drawn.
    const look = () => {
      if (!isShown()) return requestAnimationFrame(() => setTimeout(look));
      done({ at: performance.now() });
    };
    requestAnimationFrame(() => setTimeout(look));
  });
}
