// Asks a page for its token once. What it gives when nobody waits for it any more is told to nobody.
export class Question {
  #tell;

  constructor(token, tell) {
    this.#tell = tell;
    answer(token).then(
      (given) => this.#tell?.(true, given),
      (error) => this.#tell?.(false, String(error?.message ?? error)),
    );
  }

  forget() {
    this.#tell = null;
  }
}

// Not in the midst of what asks: a page's function may call back.
async function answer(token) {
  await null;
  const given = await (typeof token === "function" ? token() : token);
  if (typeof given !== "string") throw new TypeError(`it is ${given === null ? "null" : typeof given}, not a string`);
  return given;
}
