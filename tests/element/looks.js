// What is to be seen of an element, measured: colours as pixels, contrasts as WCAG counts them.

const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
  willReadFrequently: true,
});
const known = new Map();

// Red, green, blue from 0 to 255, and alpha from 0 to 1, of any colour that CSS knows.
function pixel(color) {
  if (!known.has(color)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    known.set(color, [r, g, b, a / 255]);
  }
  return known.get(color);
}
const over = ([r, g, b, a], under) => [r, g, b].map((it, i) => it * a + under[i] * (1 - a)).concat(1);
function luminance(color) {
  const [r, g, b] = color.map((it) => (it / 255 <= 0.04045 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null;

function background(element) {
  if (!element) return [255, 255, 255, 1];
  const style = getComputedStyle(element);
  const color = pixel(style.backgroundColor);
  return color[3] === 1 ? color : over(color, background(parent(element)));
}
// An element that is faded shows its text less, too.
function opacity(element) {
  return element ? Number(getComputedStyle(element).opacity) * opacity(parent(element)) : 1;
}
const isLarge = (style) => {
  const size = parseFloat(style.fontSize);
  return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
};
// For ears, and for eyes only when pointed at.
const isForEyes = (element) =>
  element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) &&
  !element.closest("[hidden]") &&
  !["inset(50%)"].includes(getComputedStyle(element).clipPath);
const called = (element) =>
  `${element.localName}${element.id && `#${element.id}`}.${element.className} in ${parent(element)?.className}`;

// Ends what is on its way from one look to another.
const settle = (root) => root.getAnimations?.().forEach((it) => it.effect.getComputedTiming().endTime < 1e4 && it.finish());

// A line for each text, boundary of a field and placeholder with too little contrast.
export function faint(host) {
  const root = host.shadowRoot;
  settle(root);
  const lines = [];
  const check = (what, ratio, least) => {
    if (!(ratio >= least)) lines.push(`${what}: ${ratio.toFixed(2)} < ${least}`);
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !isForEyes(element)) continue;
    const style = getComputedStyle(element);
    const under = background(element);
    const [r, g, b, a] = pixel(style.color);
    const shown = over([r, g, b, a * opacity(element)], under);
    check(`${JSON.stringify(node.data.slice(0, 20))} of ${called(element)}`, contrast(shown, under), isLarge(style) ? 3 : 4.5);
  }
  for (const field of root.querySelectorAll("input, textarea, select")) {
    if (!isForEyes(field)) continue;
    const style = getComputedStyle(field);
    const around = background(parent(field));
    if (field.type !== "checkbox" && field.type !== "radio") {
      check(`the edge of ${called(field)}`, contrast(over(pixel(style.borderTopColor), around), around), 3);
    }
    const inside = background(field);
    check(`the text of ${called(field)}`, contrast(over(pixel(style.color), inside), inside), 4.5);
    if (field.placeholder) {
      const color = pixel(getComputedStyle(field, "::placeholder").color);
      check(`the placeholder of ${called(field)}`, contrast(over(color, inside), inside), 4.5);
    }
  }
  for (const button of root.querySelectorAll("#connect:enabled, #send:enabled, #restart:enabled")) {
    if (isForEyes(button)) check(`the button ${called(button)}`, contrast(background(button), background(parent(button))), 3);
  }
  return lines;
}

// A line for each control whose focus cannot be seen.
export function unfocused(host) {
  const root = host.shadowRoot;
  const before = root.activeElement;
  const lines = [];
  for (const control of root.querySelectorAll("button:enabled, input, textarea, select, a[href], [tabindex='0']")) {
    if (!isForEyes(control)) continue;
    control.focus({ focusVisible: true });
    settle(root);
    const style = getComputedStyle(control);
    const around = background(parent(control));
    const ratio = contrast(over(pixel(style.outlineColor), around), around);
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && ratio >= 3;
    if (root.activeElement === control && !seen) {
      lines.push(`${called(control)}: ${style.outlineStyle} ${style.outlineWidth} ${ratio.toFixed(2)}`);
    }
  }
  if (before) before.focus();
  else root.activeElement?.blur();
  return lines;
}

// A line for each control that a finger would miss: WCAG's least is 24, what the element promises is 44 for what stands alone.
export function small(host, least) {
  const lines = [];
  for (const control of host.shadowRoot.querySelectorAll("#connect, #disconnect, #send, #status, #change, #text, input, #newer")) {
    if (!isForEyes(control)) continue;
    const { width, height } = control.getBoundingClientRect();
    const after = getComputedStyle(control, "::after");
    const more = after.content === '""' && after.position === "absolute" ? -2 * parseFloat(after.top) : 0;
    if (width < least || height + more < least) lines.push(`${called(control)}: ${width} × ${height}`);
  }
  return lines;
}

export function textColor(host, selector) {
  settle(host.shadowRoot);
  return pixel(getComputedStyle(host.shadowRoot.querySelector(selector)).color).join();
}
export function paint(host, selector) {
  settle(host.shadowRoot);
  return background(host.shadowRoot.querySelector(selector)).join();
}
export const pixelOf = (color) => pixel(color).join();
export const style = (host, selector, name) => getComputedStyle(host.shadowRoot.querySelector(selector)).getPropertyValue(name);
export const hues = (host) => [...new Set(Array.from(host.shadowRoot.querySelectorAll("[data-hue]"), (it) => it.dataset.hue))].sort().join("");
export const partNames = (host) => [...new Set(Array.from(host.shadowRoot.querySelectorAll("[part]")).flatMap((it) => [...it.part]))].sort();
export const place = (host, id) => {
  const { left, top, width, height } = host.shadowRoot.getElementById(id).getBoundingClientRect();
  const box = host.getBoundingClientRect();
  return [left - box.left, top - box.top, width, height].map(Math.round).join();
};
// What sticks out of the element, or out of a part that does not scroll sideways.
export function wide(host) {
  const all = [host, ...host.shadowRoot.querySelectorAll("*")].filter((it) => isForEyes(it));
  const box = host.getBoundingClientRect();
  return all
    .filter((it) => it.getClientRects().length > 0 && !it.closest(".emoji, bdi, .title"))
    .filter((it) => {
      const rect = it.getBoundingClientRect();
      return rect.left < box.left - 1 || rect.right > box.right + 1;
    })
    .map((it) => `${called(it)} ${it.getBoundingClientRect().left} ${it.getBoundingClientRect().right} of ${box.left} ${box.right}`);
}
export function sheet(css) {
  // What a test has left that failed is not for the next one.
  document.querySelector("style[data-test]")?.remove();
  const element = document.createElement("style");
  element.dataset.test = "";
  element.textContent = css;
  document.head.append(element);
  return element;
}
// A style sheet of the user's, as an extension puts it everywhere.
export function insideSheet(host, css) {
  const it = new CSSStyleSheet();
  it.replaceSync(css);
  host.shadowRoot.adoptedStyleSheets.push(it);
  return () => {
    host.shadowRoot.adoptedStyleSheets = host.shadowRoot.adoptedStyleSheets.filter((other) => other !== it);
  };
}
export const run = (script) => new Function(script)();
export const setProperty = (host, name, value) => {
  host[name] = value;
};
export const getProperty = (host, name) => host[name];

// What the console is warned of meanwhile.
export function warnings() {
  const lines = [];
  const warn = console.warn;
  console.warn = (...words) => lines.push(words.join(" "));
  return { lines, stop: () => (console.warn = warn) };
}
export const warned = (it) => it.lines;
export const stopWarnings = (it) => it.stop();
export const prefersDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

// The rules of a sheet, as the browser has read them.
export function rulesOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return Array.from(sheet.cssRules, (rule) => rule.cssText);
}
