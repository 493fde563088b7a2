// The page around the element: its language, who is where, and a sentence where the element cannot be.
const asked = new URLSearchParams(location.search);
const chinese = /^zh\b/i.test(asked.get("lang") ?? navigator.language);
document.documentElement.lang = chinese ? "zh-CN" : "en";
document.title = chinese ? "聊天室" : "Chat room";
// Whatever the address of the page says is data: the element shows and checks it as what a user has typed.
for (const name of ["room", "name"]) {
  if (asked.has(name)) document.querySelector("chat-room").setAttribute(name, asked.get(name));
}

function sorry(english, inChinese, error) {
  const place = document.getElementById("sorry");
  place.textContent = chinese ? inChinese : english;
  place.hidden = false;
  document.querySelector("chat-room").hidden = true;
  if (error) console.error(error);
}

if (typeof WebAssembly === "undefined") {
  sorry(
    "This page needs WebAssembly. Please switch it on, or use a current browser.",
    "本页面需要 WebAssembly。请启用它，或使用较新的浏览器。",
  );
} else {
  try {
    const { default: init } = await import("./pkg/chat_room.js");
    await init();
  } catch (error) {
    sorry(
      "The chat room could not be loaded. Reload the page to try again; if you run this server, build the client with “cargo xtask build”.",
      "聊天室未能加载。请刷新页面重试；如果这是您的服务器，请用“cargo xtask build”构建客户端。",
      error,
    );
  }
}
