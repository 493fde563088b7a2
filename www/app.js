// What is beside the element: rooms, a card to come in, a link to share, and the page's title.
import { forget, hasLeft, isRoom, recall, remember, sendOn } from "./memory.js";
import { words } from "./words.js";

// How long a sentence is shown, in milliseconds. One with a link stays until the next one.
const TOAST_MS = 4_000;

const isLocal = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);

function make(name, properties = {}, children = []) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// The address of a room: without the name of whoever is in it.
function addressOf(room) {
  const lang = new URLSearchParams(location.search).get("lang");
  const query = new URLSearchParams(lang ? { room, lang } : { room });
  return `${location.pathname}?${query}`;
}

export function begin(element, hasRoom) {
  const place = document.getElementById("app");
  const declared = element.getAttribute("room");
  // Which room is shown, and, of one that was named, its name in the title.
  let room = declared;
  let isNamed = hasRoom;

  const field = (id, label, value, placeholder) => {
    const input = make("input", { id, value, placeholder, autocomplete: "off", maxLength: 128 });
    input.setAttribute("enterkeyhint", id === "go-name" ? "next" : "go");
    return [make("label", { htmlFor: id, textContent: label }), input];
  };
  const [nameLabel, name] = field("go-name", words.name, recall().name, words.anyName);
  const [roomLabel, where] = field("go-room", words.room, "", "");
  where.required = true;
  const complaint = make("p", { id: "go-complaint", hidden: true });
  complaint.setAttribute("role", "alert");
  const title = make("h2", { textContent: words.elsewhere });
  const form = make("form", { id: "go", noValidate: true }, [
    title,
    nameLabel,
    name,
    roomLabel,
    where,
    complaint,
    make("button", { textContent: words.enter }),
  ]);
  const list = make("ul");
  const clear = make("button", { type: "button", className: "quiet", textContent: words.forget });
  const visited = make("nav", { id: "visited" }, [make("h2", { id: "visited-title", textContent: words.visited }), list, clear]);
  visited.setAttribute("aria-labelledby", "visited-title");
  const sheet = make("div", { id: "sheet" }, [form, visited]);

  const toggle = make("button", { type: "button", id: "rooms", textContent: words.rooms });
  toggle.setAttribute("aria-controls", "sheet");
  const share = make("button", { type: "button", id: "share", textContent: words.share });
  const bar = make("div", { id: "bar" }, [toggle, share]);
  place.setAttribute("aria-label", words.app);
  place.replaceChildren(bar, sheet);

  const open = (isOpen) => {
    place.toggleAttribute("data-open", isOpen);
    toggle.setAttribute("aria-expanded", String(isOpen));
  };
  const showRooms = () => {
    const { rooms } = recall();
    visited.hidden = rooms.length === 0;
    const items = rooms.map((it) => {
      const link = make("a", { href: addressOf(it), textContent: it, dir: "auto" });
      if (it === room) link.setAttribute("aria-current", "page");
      // Whoever follows it goes on talking there; in a window of its own it waits for “Connect”.
      link.addEventListener("click", () => sendOn(it, recall().name));
      return make("li", {}, [link]);
    });
    list.replaceChildren(...items);
  };
  const showTitle = () => {
    const unread = element.unread > 0 ? `(${element.unread}) ` : "";
    const title = isNamed ? room : words.app;
    document.title = unread + title;
    document.getElementById("headline").textContent = title;
  };

  toggle.addEventListener("click", () => open(!place.hasAttribute("data-open")));
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !place.hasAttribute("data-open")) return;
    open(false);
    toggle.focus();
  });
  // It lies over the conversation: whoever goes back to that has done with it.
  const leave = ({ target }) => {
    if (!place.contains(target)) open(false);
  };
  document.addEventListener("pointerdown", leave);
  document.addEventListener("focusin", leave);
  where.addEventListener("input", () => complain(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const to = where.value.trim();
    if (!isRoom(to)) return complain(words.wrongRoom);
    sendOn(to, name.value.trim());
    location.assign(addressOf(to));
  });
  function complain(sentence) {
    complaint.textContent = sentence;
    complaint.hidden = !sentence;
    where.setAttribute("aria-invalid", String(Boolean(sentence)));
    if (sentence) where.focus();
  }
  clear.addEventListener("click", () => {
    forget();
    showRooms();
    where.focus();
  });
  share.addEventListener("click", () => shareLink(new URL(addressOf(room), location.href).href, room));

  element.addEventListener("unreadchange", showTitle);
  element.addEventListener("statechange", ({ detail }) => {
    const value = (id) => element.shadowRoot.getElementById(id)?.value.trim() ?? "";
    // A room of another server is none that this page could come back to.
    const isHere = value("url") === new URL(element.url, location.href).href.replace(/^http/, "ws");
    if (detail.joined && value("room") && isHere) {
      room = value("room");
      isNamed = true;
      // What the address names was asked for; what was typed into the element's own fields is for this once.
      if (hasRoom && room === declared) remember(value("name") || recall().name, room);
      open(false);
    } else if (detail.state === "closed" && hasRoom) {
      hasLeft(room);
    }
    showRooms();
    showTitle();
  });

  showRooms();
  showTitle();
  open(false);
  return { hide: () => (place.hidden = true) };
}

async function shareLink(url, title) {
  try {
    // Where there is a finger, the system's own ways to share are better than a clipboard.
    if (navigator.share && matchMedia("(pointer: coarse)").matches) return await navigator.share({ title, url });
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  try {
    await navigator.clipboard.writeText(url);
    toast(isLocal ? words.copiedHere : words.copied);
  } catch {
    toast(words.copyThis, url);
  }
}

let resting = 0;

function toast(sentence, link) {
  const place = document.getElementById("toast");
  clearTimeout(resting);
  place.replaceChildren(sentence);
  if (link) place.append(" ", make("code", { textContent: link, tabIndex: 0 }));
  else resting = setTimeout(() => place.replaceChildren(), TOAST_MS);
}
