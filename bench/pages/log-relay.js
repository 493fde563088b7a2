// A relay with a long log, in a thread of its own as the browser's network is. The page has it where its WebSocket would be.

const PAGE = 50;
const CLIENTS = ["44643c0cadbaaf9bacea0264c22cb2b9", "1b4f0e9851971998e732078544c96b36", "6a0ce9459b3b6d841c473c7012ca13a5"];
const NAMES = ["Bob", "Lin", "Ann"];
const WORDS = "It is a long way to the end of this log, and most of what is said in it is of this length.";
const LIMITS = { text_bytes: 16384, name_bytes: 128, message_bytes: 65536, posts_per_second: 50, post_burst: 200, history_entries: 100 };
// How many messages come together at most, as those of one moment do.
const TOGETHER = 50;

let head = 0;

const entry = (seq) => ({
  type: "entry",
  seq,
  prev: seq - 1,
  at: 1_767_225_600_000 + seq * 30_000,
  client: CLIENTS[(seq >> 2) % 2],
  name: NAMES[(seq >> 2) % 2],
  n: seq,
  body: { type: "text", text: `${seq} ${WORDS.slice(0, 20 + (seq * 7) % WORDS.length)}` },
});
const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));
// With their number, so that the page need not read them to know it.
const say = (...frames) => postMessage({ text: JSON.stringify(frames), count: frames.length });

const heard = {
  join() {
    const members = CLIENTS.map((client, index) => ({ client, name: NAMES[index] }));
    const joined = { type: "joined", client: CLIENTS[2], epoch: "epoch", head, recovered: false, accepted: 0, members, count: 3, limits: LIMITS, heartbeat_ms: 20000, restart_ms: 0 };
    say(joined, { type: "history", entries: entries(Math.max(1, head - PAGE + 1), head), start: head <= PAGE });
  },
  history({ before, limit }) {
    const from = Math.max(1, before - limit);
    say({ type: "history", before, entries: entries(from, before - 1), start: from === 1 });
  },
};

const asked = {
  /** The log has so many messages from now on. */
  begin({ messages }) {
    head = messages;
  },
  /** A frame of the project's protocol. */
  hear({ data }) {
    for (const frame of [JSON.parse(data)].flat()) heard[frame.type]?.(frame);
  },
  /** So many of the log from this one on, for those who do not ask in the project's protocol. */
  tell({ from, count }) {
    say(...entries(from, from + count - 1));
  },
  /** New ones, at this rate. */
  async flood({ rate, seconds }) {
    const begun = performance.now();
    const all = rate * seconds;
    for (let said = 0; said < all; ) {
      await new Promise((done) => setTimeout(done, 10));
      const due = Math.min(all, Math.floor(((performance.now() - begun) / 1000) * rate));
      while (said < due) {
        const count = Math.min(TOGETHER, due - said);
        say(...entries(head + 1, head + count));
        head += count;
        said += count;
      }
    }
    postMessage({ isDone: true });
  },
};

onmessage = ({ data }) => asked[data.ask](data);
