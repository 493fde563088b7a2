// The browser's own encoder, straight into the memory of the wasm.
const encoder = new TextEncoder();

export function encode(text, into) {
  const { read, written } = encoder.encodeInto(text, into);
  return read < text.length ? undefined : written;
}
