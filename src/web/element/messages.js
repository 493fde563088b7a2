// Objects for the page: to make them here is quicker, and smaller, than field by field from Rust.
const DELIVERIES = [null, "waiting", "sent", "failed"];

// The words of all of them come as one. Numbers that are not there are below zero.
export function add(list, words, numbers) {
  let from = 0;
  const take = (length) => words.slice(from, (from += length));
  const known = (number) => (number < 0 ? null : number);
  for (let index = 0; index < numbers.length; index += 9) {
    const [seq, at, client, name, text, delivery, edited, deleted, replyTo] = numbers.subarray(index, index + 9);
    list.push({
      seq: known(seq),
      at,
      client: take(client),
      name: take(name),
      text: take(text),
      own: delivery > 0,
      delivery: DELIVERIES[delivery],
      edited: edited > 0,
      deleted: deleted > 0,
      replyTo: known(replyTo),
      reactions: [],
    });
  }
}

export const react = (list, emoji, clients) => list.at(-1).reactions.push({ emoji, clients });
