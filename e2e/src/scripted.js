// A server in the page, where the browser's WebSocket would be: it brings an element into states that a real one has
// only by chance. `scripted` is what a test has of it.
const ME = "6a0ce9459b3b6d841c473c7012ca13a5";
const BOB = "44643c0cadbaaf9bacea0264c22cb2b9";
const LIN = "1b4f0e9851971998e732078544c96b36";
const ANA = "0123456789abcdef0123456789abcdef";
const MINUTE = 60_000;
const sockets = [];

class Scripted extends EventTarget {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  extensions = "";
  protocol = "";
  heard = [];
  constructor(url) {
    super();
    this.url = String(url);
    sockets.push(this);
  }
  send(data) {
    this.heard.push(data);
  }
  close(code = 1005, reason = "") {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    queueMicrotask(() => this.end(code, reason));
  }
  open(protocol = "chat-room.v1") {
    this.protocol = protocol;
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  end(code, reason = "") {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: code !== 1006 }));
  }
  say(data) {
    this.dispatchEvent(new MessageEvent("message", { data: typeof data === "string" ? data : JSON.stringify(data) }));
  }
}
window.WebSocket = Scripted;

window.scripted = {
  ME,
  BOB,
  LIN,
  ANA,
  names: { [ME]: "Ann", [BOB]: "Bob", [LIN]: "Lin\u202Enil", [ANA]: "Ana-Sofia von und zu Habsburg-Lothringen" },
  get socket() {
    return sockets.at(-1);
  },
  get count() {
    return sockets.length;
  },
  // The frames of this type that were heard.
  heard: (type) => (sockets.at(-1)?.heard ?? []).flatMap((it) => JSON.parse(it)).filter((it) => it.type === type),
  entry(seq, client, body, at = Date.now() - 60 * MINUTE + seq * MINUTE) {
    const whole = typeof body === "string" ? { type: "text", text: body } : body;
    return { type: "entry", seq, prev: seq - 1, at, client, name: this.names[client], n: seq, body: whole };
  },
  joined(log, members = [ME, BOB, LIN, ANA]) {
    const limits = {
      text_bytes: 16384,
      name_bytes: 128,
      message_bytes: 65536,
      posts_per_second: 50,
      post_burst: 200,
      history_entries: 200,
    };
    this.socket.say({
      type: "joined",
      client: ME,
      epoch: "e",
      head: log.length,
      recovered: false,
      accepted: 0,
      members: members.map((client) => ({ client, name: this.names[client] })),
      count: members.length,
      limits,
      heartbeat_ms: 1_000_000,
      restart_ms: 0,
    });
    this.socket.say({ type: "history", before: null, entries: log.map(({ type, ...it }) => it), start: true });
  },
  // A conversation with everything in it that there can be.
  conversation(chinese) {
    const day = 24 * 60 * MINUTE;
    const early = Date.now() - 2 * day;
    const say = (english, inChinese) => (chinese ? inChinese : english);
    return [
      this.entry(1, BOB, say("Good morning! Is anybody here?", "早上好！有人在吗？"), early),
      this.entry(2, ME, say("Morning, Bob 👋", "早呀 👋"), early + MINUTE),
      this.entry(3, BOB, say("The tomatoes are late this year. Yours?", "今年的番茄熟得真晚。你家的呢？"), early + day),
      this.entry(
        4,
        ME,
        {
          type: "text",
          reply_to: 3,
          text: say(
            "Mine too. The beans, on the other hand, have climbed over the fence and are on their way to the neighbours.",
            "也一样。不过豆角倒是长得飞快，已经爬过篱笆，到邻居家串门去了。",
          ),
        },
        early + day + 2 * MINUTE,
      ),
      this.entry(5, LIN, "See https://example.org/a/rather/long/address/without/any/place/to/break/it?and=more, mailto:me@example.org"),
      this.entry(6, LIN, "😂"),
      this.entry(7, LIN, "مرحبا بالجميع، كيف حالكم اليوم؟"),
      this.entry(8, BOB, { type: "text", reply_to: 4, text: say("@Ann 👍 let us follow them.", "@Ann 👍 我们跟过去看看。") }),
      this.entry(9, ME, { type: "reaction", of: 8, emoji: "👍", on: true }),
      this.entry(10, LIN, { type: "reaction", of: 8, emoji: "👍", on: true }),
      this.entry(11, LIN, { type: "reaction", of: 8, emoji: "🌻", on: true }),
      this.entry(12, ME, "One line,\nand another, and `code`"),
      this.entry(13, ME, { type: "edit", of: 12, text: "Two lines,\nand another, edited, and `code`" }),
      this.entry(14, ANA, "Something that should not have been said"),
      this.entry(15, ANA, { type: "retract", of: 14 }),
      this.entry(16, ANA, "W".repeat(200)),
      this.entry(17, ME, say("See you at the market.", "市场上见。")),
    ];
  },
};
