// What a page can observe of a WebSocket, written down: the native one and a PersistentWebSocket that neither reconnects nor
// buffers have to give the same. Each scenario is told a constructor and the test server's address.

// One that neither comes back nor waits: the native one by another name.
export function makePlain(PersistentWebSocket) {
  class Plain extends PersistentWebSocket {
    constructor(url, protocols) {
      if (arguments.length === 0) super();
      else super(url, protocols, { reconnect: false, buffer: false });
    }
  }
  Object.defineProperty(Plain, "length", { value: 1 });
  return Plain;
}

const once = (target, kind) => new Promise((resolve) => target.addEventListener(kind, resolve, { once: true }));

// The name of what `work` throws, or what it gives.
function outcome(work) {
  try {
    return work();
  } catch (error) {
    return `${error.constructor.name} ${error.name}`;
  }
}

// Events as a page sees them, from now on.
function record(socket, log = []) {
  for (const kind of ["open", "message", "error", "close"]) {
    socket.addEventListener(kind, (event) => log.push(describe(event, socket)));
  }
  return log;
}

function describe(event, socket) {
  const { type, bubbles, cancelable, composed, defaultPrevented, data, origin, lastEventId, source, ports } = event;
  const common = [type, event.constructor.name, Object.prototype.toString.call(event), socket.readyState];
  const flags = [bubbles, cancelable, composed, defaultPrevented, event.target === socket, event.eventPhase];
  if (type === "message") return [...common, flags, event.isTrusted, typeof data, String(data), origin, lastEventId, source, ports.length];
  if (type === "close") return [...common, flags, event.code, event.reason, event.wasClean];
  return [...common, flags];
}

const text = async (data) => {
  if (typeof data === "string") return `text ${JSON.stringify(data)}`;
  const kind = data.constructor.name;
  return `${kind} ${new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data)}`;
};

const lone = String.fromCharCode(0xd800);

export const scenarios = {
  shape(Socket) {
    const names = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
    const members = ["url", "readyState", "bufferedAmount", "extensions", "protocol", "binaryType"];
    const handlers = ["onopen", "onmessage", "onerror", "onclose"];
    const socket = new Socket("ws://127.0.0.1:2/");
    const enumerable = [];
    for (const name in socket) enumerable.push(name);
    socket.close();
    return {
      constants: names.map((name) => [Socket[name], socket[name], outcome(() => (socket[name] = 7)), socket[name]]),
      lengths: [Socket.length, socket.send.length, socket.close.length],
      tag: Object.prototype.toString.call(socket),
      instance: [socket instanceof WebSocket, socket instanceof EventTarget],
      enumerable: [...names, ...members, ...handlers, "send", "close"].map((name) => enumerable.includes(name)),
      readonly: members.slice(0, 5).map((name) => outcome(() => (socket[name] = 1))),
      uncalled: outcome(() => Socket("ws://127.0.0.1:2/")),
      missing: outcome(() => new Socket()),
    };
  },

  "new ones"(Socket) {
    const urls = [
      "",
      "ws://",
      "ws://a:b/",
      "ftp://127.0.0.1/",
      "ws://127.0.0.1:2/#",
      "ws://127.0.0.1:2/#part",
      "/socket",
      "?room=1",
      "//127.0.0.1:2/x/../y",
      "http://127.0.0.1:2/?q=1 2",
      "WS://127.0.0.1:2",
      "  ws://127.0.0.1:2/房间  ",
      `ws://127.0.0.1:2/${lone}`,
      new URL("ws://127.0.0.1:2/from-url"),
      { toString: () => "ws://127.0.0.1:2/from-object" },
      Symbol("no url"),
      undefined,
    ];
    const protocols = [
      undefined,
      null,
      "chat",
      "",
      "a b",
      5,
      true,
      [],
      ["a", "b"],
      ["a", "a"],
      ["a", "A"],
      ["a,b"],
      [""],
      [undefined],
      new Set(["a", "b"]),
      {},
      { 0: "a", length: 1 },
      Symbol("no protocol"),
      [Symbol("no protocol")],
      "é",
    ];
    const fresh = (...given) =>
      outcome(() => {
        const socket = new Socket(...given);
        const { url, readyState, bufferedAmount, extensions, protocol, binaryType } = socket;
        const handlers = [socket.onopen, socket.onmessage, socket.onerror, socket.onclose];
        socket.close();
        return [url, readyState, bufferedAmount, extensions, protocol, binaryType, handlers, socket.readyState];
      });
    return { urls: urls.map((it) => fresh(it)), protocols: protocols.map((it) => fresh("ws://127.0.0.1:2/", it)) };
  },

  async handlers(Socket, server) {
    const socket = new Socket(`${server}/greet?n=1`);
    const log = [];
    const kept = [5, "text", {}, [], null, undefined, true, Symbol("no handler")].map((it) => {
      socket.onmessage = it;
      return socket.onmessage === it ? "as it is" : String(socket.onmessage);
    });
    // An object is kept, and is not called.
    socket.onopen = { handleEvent: () => log.push("never") };
    socket.addEventListener("open", () => log.push("first"));
    socket.onopen = function (event) {
      log.push(["second, in the turn of the object", this === socket, event.type, arguments.length]);
      return false;
    };
    socket.addEventListener("open", () => log.push("third"), { once: true });
    socket.onmessage = () => log.push("never");
    socket.onmessage = null;
    socket.addEventListener("message", () => log.push("message, first"));
    socket.onmessage = () => log.push("message, last");
    const handler = () => log.push("removed");
    socket.addEventListener("message", handler);
    socket.removeEventListener("message", handler);
    const ended = new AbortController();
    socket.addEventListener("message", () => log.push("aborted"), { signal: ended.signal });
    ended.abort();
    await once(socket, "message");
    socket.dispatchEvent(new Event("open"));
    socket.dispatchEvent(new MessageEvent("message", { data: "a page's own" }));
    socket.close();
    await once(socket, "close");
    return { kept, log };
  },

  async life(Socket, server) {
    const socket = new Socket(`${server}/greet?n=3`);
    const log = record(socket);
    await once(socket, "message");
    socket.send("echo");
    while (log.length < 5) await once(socket, "message");
    const open = [socket.readyState, socket.protocol, socket.extensions, socket.bufferedAmount];
    socket.close(3456, "bye 再见");
    const closing = socket.readyState;
    await once(socket, "close");
    return { log, open, closing, after: [socket.readyState, socket.protocol, socket.extensions, socket.url] };
  },

  async endings(Socket, server) {
    const paths = ["/close", "/close?code=1000", "/close?code=4001&reason=bye", "/close?code=1001", "/refuse", "/drop"];
    paths.push("/bad-frame", "/close?code=1011&reason=%E5%86%8D");
    const endings = {};
    for (const path of paths) {
      const socket = new Socket(server + path);
      const kinds = [];
      socket.onclose = ({ code, reason, wasClean }) => kinds.push([code, reason, wasClean, socket.readyState]);
      socket.onerror = () => kinds.push(["error", socket.readyState]);
      await once(socket, "close");
      // Whether a lost connection is an error differs between browsers, not between the two.
      endings[path] = kinds;
    }
    return endings;
  },

  async "closed while connecting"(Socket, server) {
    const socket = new Socket(`${server}/hang`);
    const log = record(socket);
    const state = socket.readyState;
    socket.close(1000, "not any more");
    socket.close();
    const closing = socket.readyState;
    await once(socket, "close");
    socket.close();
    return { state, closing, log, sent: outcome(() => socket.send("lost")), buffered: socket.bufferedAmount };
  },

  async "what close takes"(Socket, server) {
    const given = [
      [],
      [undefined],
      [undefined, undefined],
      [undefined, "a reason alone"],
      [null],
      [NaN],
      [999.5],
      [1000.4],
      [1000.5],
      [1001],
      [1005],
      [2999],
      [2999.5],
      [3000],
      [4999.4],
      [4999.5],
      [5000],
      ["1000"],
      ["x"],
      [-1],
      [66536],
      [Infinity],
      [true],
      [Symbol("no code")],
      [1000, "r".repeat(123)],
      [1000, "r".repeat(124)],
      [1000, "再".repeat(41)],
      [1000, "再".repeat(42)],
      [1000, lone.repeat(41)],
      [1000, lone.repeat(42)],
      [1000, null],
      [1000, { toString: () => "an object" }],
      [1000, Symbol("no reason")],
      [1005, "r".repeat(124)],
    ];
    const answers = [];
    const closed = new Socket("ws://127.0.0.1:2/");
    await once(closed, "close");
    for (const them of given) {
      const socket = new Socket(`${server}/echo`);
      await once(socket, "open");
      const thrown = outcome(() => String(socket.close(...them)));
      const state = socket.readyState;
      if (state === 1) socket.close();
      const { code, reason, wasClean } = await once(socket, "close");
      answers.push([thrown, state, code, reason, wasClean, outcome(() => String(closed.close(...them)))]);
    }
    return answers;
  },

  async "what send takes"(Socket, server) {
    const socket = new Socket(`${server}/echo`);
    socket.binaryType = "arraybuffer";
    const early = [outcome(() => socket.send("early")), outcome(() => socket.send())];
    await once(socket, "open");
    const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    const given = [
      "text",
      "",
      "\0",
      "你好 👋",
      lone,
      5,
      null,
      undefined,
      true,
      {},
      [1, [2]],
      { toString: () => "an object" },
      bytes.buffer,
      new ArrayBuffer(0),
      bytes.subarray(2, 5),
      new DataView(bytes.buffer, 6),
      new Float64Array([1.5]),
      new Blob(["blob", bytes]),
      new Blob([]),
    ];
    const answers = [];
    for (const it of given) {
      socket.send(it);
      answers.push(await text((await once(socket, "message")).data));
    }
    socket.binaryType = "blob";
    socket.send(bytes);
    answers.push(await text((await once(socket, "message")).data));
    const bad = [[], [Symbol("no data")], [Object.create(null)]];
    const refused = bad.map((them) => outcome(() => socket.send(...them)));
    socket.close();
    await once(socket, "close");
    return { early, answers, refused };
  },

  async "binary type"(Socket) {
    const socket = new Socket("ws://127.0.0.1:2/");
    const types = ["arraybuffer", "no such", "", null, undefined, "Blob", "blob"].map((it) => {
      socket.binaryType = it;
      return socket.binaryType;
    });
    socket.close();
    return types;
  },

  async buffered(Socket, server) {
    const socket = new Socket(`${server}/mute`);
    await once(socket, "open");
    const amounts = [socket.bufferedAmount];
    // All in one task: nothing leaves in between.
    for (const data of ["four", "再见", new Uint8Array(10), new Blob(["12345"])]) {
      socket.send(data);
      amounts.push(socket.bufferedAmount);
    }
    socket.close();
    for (const data of ["lost", new ArrayBuffer(7)]) {
      socket.send(data);
      amounts.push(socket.bufferedAmount);
    }
    return amounts;
  },

  async subprotocol(Socket, server) {
    const socket = new Socket(`${server}/protocol`, ["one", "two"]);
    await once(socket, "open");
    const seen = socket.protocol;
    socket.close();
    await once(socket, "close");
    return [seen, socket.protocol];
  },

  async "nothing after close"(Socket, server) {
    const socket = new Socket(`${server}/ticker?ms=1`);
    const log = [];
    socket.onmessage = () => log.push("message");
    await once(socket, "message");
    socket.close();
    log.length = 0;
    await once(socket, "close");
    return log;
  },

  async "a listener that throws"(Socket, server) {
    const socket = new Socket(`${server}/echo`);
    const log = [];
    addEventListener("error", (event) => (log.push(event.message.includes("on purpose")), event.preventDefault()), { once: true });
    socket.onopen = () => {
      throw new Error("on purpose");
    };
    socket.addEventListener("open", () => log.push("the next one"));
    await once(socket, "open");
    socket.close();
    await once(socket, "close");
    return log;
  },

  async subclass(Socket, server) {
    class Own extends Socket {
      constructor(path) {
        super(server + path);
        this.own = true;
      }
      get readyStateName() {
        return ["CONNECTING", "OPEN", "CLOSING", "CLOSED"][this.readyState];
      }
    }
    const socket = new Own("/echo");
    const names = [socket.readyStateName];
    await once(socket, "open");
    names.push(socket.readyStateName, socket.own, socket instanceof Own, socket instanceof Socket);
    socket.close();
    await once(socket, "close");
    return names;
  },
};
