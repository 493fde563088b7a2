// The native sockets below a PersistentWebSocket. The first one of a fixed address is the object itself, so that what it
// hears reaches the page's listeners without a detour.

// Whoever puts the class in the native one's place still needs the native one.
export const Native = globalThis.WebSocket;

// What the class extends: a native socket, if it is told what for.
export function Base(...given) {
  return Reflect.construct(given.length > 0 ? Native : EventTarget, given, new.target);
}
// For those who ask `instanceof WebSocket`, and for its name.
Base.prototype = (Native ?? EventTarget).prototype;

// What a native socket has itself, where the class has its own.
export const get = (native, name) => Reflect.get(Native.prototype, name, native);
export const call = (native, name, ...given) => get(native, name).apply(native, given);
export const set = (native, name, value) => Reflect.set(Native.prototype, name, value, native);
// Where there is no native one, nobody can make one of these either.
export const has = (name) => name in Base.prototype;

// Hands `take` what happens to a native socket, ahead of the page's listeners.
export function follow(native, kinds, take) {
  // What the page tells the object, and what the class tells it, is not the native one's.
  const takeTrusted = (event) => event.isTrusted && take(event);
  for (const kind of kinds) {
    EventTarget.prototype.addEventListener.call(native, kind, takeTrusted, { capture: true });
  }
}
