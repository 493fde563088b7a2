// What a browser does at a field, step by step: "down Enter 229 composing", "start", "update 你", "write 你好 composing",
// "end 你好", "up Enter 13". Gives which of the keys were prevented.
export function play(field, steps) {
  const prevented = [];
  for (const step of steps) {
    const composing = step.endsWith(" composing");
    const [kind, what = "", code = "0"] = step.replace(/ composing$/, "").split(" ");
    const init = { bubbles: true, composed: true, cancelable: true, isComposing: composing };
    if (kind === "down" || kind === "up") {
      const event = new KeyboardEvent(`key${kind}`, { ...init, key: what, keyCode: Number(code) });
      if (!field.dispatchEvent(event)) prevented.push(what);
    } else if (kind === "write") {
      field.value = what;
      field.dispatchEvent(new InputEvent("input", { ...init, data: what, inputType: "insertCompositionText" }));
    } else {
      field.dispatchEvent(new CompositionEvent(`composition${kind}`, { ...init, data: what }));
    }
  }
  return prevented;
}
export function key(field, name, modifier) {
  const init = { key: name, keyCode: 1, bubbles: true, composed: true, cancelable: true };
  if (modifier) init[`${modifier}Key`] = true;
  return !field.dispatchEvent(new KeyboardEvent("keydown", init));
}
export const height = (part) => part.getBoundingClientRect().height;
export const top = (part) => part.getBoundingClientRect().top;
export const focused = (host) => host.shadowRoot.activeElement?.id ?? "";
export const caret = (field) => field.selectionStart;
export const isVisible = (part) => getComputedStyle(part).visibility === "visible";
export const widthOf = (part) => part.getBoundingClientRect().width;
