// Finding text as people read it, and marking it: by the browser's own highlights where it has them, else by <mark>
// around text nodes.

const MAX_MARKS = 1000;
const CLUSTER = /\P{M}\p{M}*|\p{M}+/gu;

// Without case, and without the width and the form of letters.
export const fold = (text) => text.normalize("NFKC").toLowerCase();
export const has = (text, needle) => fold(text).includes(needle);

function highlight(name) {
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
}

// Where in `text` the needle is: pieces of text nodes, since a match may go on in a link.
function pieces(text, needle) {
  const letters = [];
  let folded = "";
  const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const node = nodes.currentNode;
    for (const { 0: cluster, index } of node.data.matchAll(CLUSTER)) {
      const letter = fold(cluster);
      folded += letter;
      for (let unit = 0; unit < letter.length; unit++) letters.push([node, index, index + cluster.length]);
    }
  }
  const found = [];
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + needle.length)) {
    let piece = null;
    for (const [node, from, to] of letters.slice(at, at + needle.length)) {
      if (piece?.node === node) piece.to = to;
      else found.push((piece = { node, from, to }));
    }
  }
  return found;
}

export class Marks {
  #ranges = [];
  #marks = [];

  // Marks what is found in the texts of the log; that of the row `current` stands out.
  show(log, needle, current) {
    this.clear();
    if (!needle) return;
    const native = Boolean(CSS.highlights);
    for (const text of log.querySelectorAll(".text")) {
      if (this.#ranges.length + this.#marks.length >= MAX_MARKS) return;
      if (!has(text.textContent, needle)) continue;
      const kind = current?.contains(text) ? "now" : "found";
      // From the end, so that what comes before keeps its place when a node is split.
      for (const piece of pieces(text, needle).reverse()) {
        if (native) this.#range(piece, kind);
        else this.#wrap(piece, kind);
      }
    }
  }

  clear() {
    for (const [kind, range] of this.#ranges) highlight(kind).delete(range);
    for (const mark of this.#marks) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent?.normalize();
    }
    this.#ranges = [];
    this.#marks = [];
  }

  #range({ node, from, to }, kind) {
    const range = new Range();
    range.setStart(node, from);
    range.setEnd(node, to);
    highlight(`chat-room-${kind}`).add(range);
    this.#ranges.push([`chat-room-${kind}`, range]);
  }

  #wrap({ node, from, to }, kind) {
    const rest = node.splitText(from);
    rest.splitText(to - from);
    const mark = document.createElement("mark");
    mark.className = kind;
    rest.replaceWith(mark);
    mark.append(rest);
    this.#marks.push(mark);
  }
}
