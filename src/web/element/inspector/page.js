// What only a page can do.

// Tells whether the text is in the clipboard. A page that came over plain http from another machine has none.
export function copy(text, told) {
  const copied = navigator.clipboard?.writeText(text) ?? Promise.reject();
  // Where the panel has been closed meanwhile, nobody is there to be told.
  copied.then(() => told(true), () => told(false)).catch(() => {});
}

export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
