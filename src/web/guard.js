// Rust compiled to WebAssembly cannot catch a panic; JavaScript around it can.
export function attempt(work) {
  work();
}
