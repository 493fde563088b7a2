// A page's function that gives tokens when the test says so, and counts how often it was asked.
export class Provider {
  #questions = [];
  ask = (...given) => {
    if (given.length > 0) throw new Error("it is called without anything");
    return new Promise((give, refuse) => this.#questions.push({ give, refuse }));
  };
  asked() {
    return this.#questions.length;
  }
  give(number, token) {
    this.#questions[number].give(token);
  }
  refuse(number, words) {
    this.#questions[number].refuse(new Error(words));
  }
}
export const throwing = (words) => () => {
  throw words;
};
export const giving = (value) => () => value;
// A function of the page's that calls back into the element that asks.
export const meddling = (element) => () => {
  element.disconnect();
  element.connect();
  return "meddled";
};
