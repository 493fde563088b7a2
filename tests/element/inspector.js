// A key on whatever has the focus in the element.
export function press(element, key) {
  const target = element.shadowRoot.activeElement;
  return target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}
export const focused = (element) => element.shadowRoot.activeElement?.id ?? "";
export const focus = (part) => part.focus();

export function get(element) {
  return element.inspector;
}
export function set(element, value) {
  element.inspector = value;
}

// What the list shows, a line each: the arrow, the size, the text.
export function rows(element) {
  const rows = element.shadowRoot.querySelectorAll("#traffic [role=treeitem]");
  return Array.from(rows, (row) => {
    const cell = (name) => row.querySelector(`.${name}`).textContent;
    const indent = row.getAttribute("aria-level") === "2" ? " " : "";
    return [indent + cell("arrow"), cell("size"), cell("preview")].filter((it) => it !== "").join(" ");
  });
}
export function clickRow(element, text) {
  const rows = [...element.shadowRoot.querySelectorAll("#traffic [role=treeitem]")];
  rows.find((row) => row.textContent.includes(text)).querySelector(".preview").click();
}

// Takes what would be downloaded or copied, until the page is used by the next test.
export function catchFiles() {
  const files = [];
  const { createObjectURL } = URL;
  const { click } = HTMLAnchorElement.prototype;
  URL.createObjectURL = (blob) => {
    files.push(blob);
    return "blob:caught";
  };
  HTMLAnchorElement.prototype.click = function () {
    files.push(this.download);
    URL.createObjectURL = createObjectURL;
    HTMLAnchorElement.prototype.click = click;
  };
  return files;
}
export const textOf = (blob) => blob.text();
export function catchCopies(works) {
  const copies = [];
  const writeText = async (text) => {
    if (!works) throw new Error("not allowed");
    copies.push(text);
  };
  Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
  return copies;
}
export const releaseCopies = () => delete navigator.clipboard;

// How often the list is painted: each paint sets the height of the list.
export function countPaints(element) {
  const { style } = element.shadowRoot.getElementById("traffic");
  const setProperty = style.setProperty;
  const counted = { paints: 0 };
  style.setProperty = function (name, value) {
    if (name === "height") counted.paints += 1;
    return setProperty.call(style, name, value);
  };
  return () => counted.paints;
}
