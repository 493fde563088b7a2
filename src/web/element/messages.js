// Objects for the page: to make them here is quicker, and smaller, than field by field from Rust.
export function add(list, seq, at, client, name, text, delivery, edited, deleted, replyTo) {
  list.push({
    seq: seq ?? null,
    at,
    client,
    name,
    text,
    own: delivery != null,
    delivery: delivery ?? null,
    edited,
    deleted,
    replyTo: replyTo ?? null,
    reactions: [],
  });
}
export const react = (list, emoji, clients) => list.at(-1).reactions.push({ emoji, clients });
