// What only a page can do.

// Tells whether the text is in the clipboard. A page that came over plain http from another machine has none.
export function copy(text, told) {
  const copied = navigator.clipboard?.writeText(text) ?? Promise.reject();
  // Where the panel has been closed meanwhile, nobody is there to be told.
  copied.then(() => told(true), () => told(false)).catch(() => {});
}
