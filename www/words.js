// What the page says, in both languages. The element has words of its own.
const asked = new URLSearchParams(location.search);

export const isChinese = /^zh\b/i.test(asked.get("lang") ?? navigator.language);

const english = {
  app: "Chat room",
  rooms: "Rooms",
  share: "Share link",
  elsewhere: "Go to another room",
  name: "Your name",
  anyName: "a guest’s name",
  room: "Room",
  enter: "Enter",
  visited: "Rooms you were in",
  forget: "Forget these rooms",
  copied: "The link to this room is copied.",
  copiedHere: "The link to this room is copied. It works on this machine only.",
  copyThis: "Copy this link:",
  wrongRoom: "A room’s name is one line of at most 128 bytes.",
  noWasm: "This page needs WebAssembly. Please switch it on, or use a current browser.",
  notLoaded:
    "The chat room could not be loaded. Reload the page to try again; if you run this server, build the client with “cargo xtask build”.",
};

const chinese = {
  app: "聊天室",
  rooms: "房间",
  share: "分享链接",
  elsewhere: "去别的房间",
  name: "您的名字",
  anyName: "留空则用访客名",
  room: "房间",
  enter: "进入",
  visited: "去过的房间",
  forget: "清除这些记录",
  copied: "房间链接已复制。",
  copiedHere: "房间链接已复制，但仅在本机有效。",
  copyThis: "请复制此链接：",
  wrongRoom: "房间名须为一行，最多 128 字节。",
  noWasm: "本页面需要 WebAssembly。请启用它，或使用较新的浏览器。",
  notLoaded: "聊天室未能加载。请刷新页面重试；如果这是您的服务器，请用“cargo xtask build”构建客户端。",
};

export const words = isChinese ? chinese : english;
