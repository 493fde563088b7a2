// A browser lets a page copy after a press alone, and not in every page.
export function copy(text, done) {
  const tell = (is) => {
    try {
      done(is);
    } catch {
      // The element has left meanwhile.
    }
  };
  const copied = navigator.clipboard?.writeText(text) ?? Promise.reject();
  copied.then(() => tell(true), () => tell(false));
}
