// Elements, made here so that one call makes a whole one. A text is put in as a text, never as markup.

// As `button;type=button;hidden`: the tag, and the attributes.
export function make(what) {
  const [tag, ...attributes] = what.split(";");
  const element = document.createElement(tag);
  for (const attribute of attributes) {
    const [name, value = ""] = attribute.split("=");
    element.setAttribute(name, value);
  }
  return element;
}

// What has been copied before, by what it is; `Sketch` and `copy` take nothing but constants.
const models = new Map();

export function copy(what) {
  if (!models.has(what)) models.set(what, make(what));
  return models.get(what).cloneNode();
}

// What a step of a `Sketch` does.
const OPEN = 0;
const CLOSE = 1;
const TEXT = 2;
const NAME = 3;

// A step has in its lowest bits what is done, and above how much of the words it is done with.
export function draw(parent, words, steps) {
  const open = [];
  let name;
  let at = 0;
  for (const step of steps) {
    const part = words.slice(at, (at += step >> 3));
    const what = step & 7;
    if (what === OPEN) {
      open.push(parent);
      parent = copy(part);
    } else if (what === CLOSE) {
      const child = parent;
      parent = open.pop();
      parent.append(child);
    } else if (what === TEXT) {
      parent.append(part);
    } else if (what === NAME) {
      name = part;
    } else {
      parent.setAttribute(name, part);
    }
  }
}
