/** What a socket can send. */
export type SocketData = string | Blob | BufferSource;

/** The address: fixed, or asked for anew at each attempt. A provider that throws or rejects is a failed attempt. */
export type UrlProvider = string | URL | (() => string | URL | PromiseLike<string | URL>);

export interface BackoffOptions {
  /** The window before the first retry, in milliseconds. Default 500. Each wait is drawn between 0 and the window. */
  base?: number;
  /** The widest window, in milliseconds. The window doubles with each failed attempt. Default 30000. */
  cap?: number;
  /** How long a connection must last for the count of failed attempts to start anew, in milliseconds. Default 10000. */
  stableAfter?: number;
  /** How many attempts in a row may fail. Default Infinity. */
  maxAttempts?: number;
}

export interface BufferOptions {
  /** How many messages may wait for the connection to open. Default 256. */
  messages?: number;
  /** How many bytes of them; texts count as UTF-8. Default 262144. */
  bytes?: number;
}

export interface HeartbeatOptions {
  /** What is sent to ask for a sign of life, or what makes it. */
  ping: SocketData | (() => SocketData);
  /** Tells the answers: they are not dispatched as messages. A text is compared; without it every message is shown. */
  pong?: string | ((data: any) => boolean);
  /** Silence after which the peer is asked, in milliseconds. Default 20000. Anything received is a sign of life. */
  silence?: number;
  /** How long after a ping the connection counts as dead if nothing is heard, in milliseconds. Default 10000. */
  deadline?: number;
  /** The same after the page woke or came online. Default 5000. */
  wakeDeadline?: number;
}

export interface PersistentWebSocketOptions {
  /** Whether it comes back by itself. Default true. */
  reconnect?: boolean;
  /** Whether what is sent before it is open waits for that, and how much may. Default true. */
  buffer?: boolean | BufferOptions;
  /** How long an attempt may take, the provider included, in milliseconds. Default 15000; Infinity without `reconnect`. */
  connectTimeout?: number;
  /** How long the closing handshake may take, in milliseconds. Default 5000; Infinity without `reconnect`. */
  closeTimeout?: number;
  backoff?: BackoffOptions;
  heartbeat?: HeartbeatOptions;
  /**
   * Whether to come back after this close. Default: not after 1000 and 4400 to 4499 (4409 may come back three times).
   * Not asked after a timeout, which the page itself has noticed: it comes back.
   */
  shouldReconnect?: (event: CloseEvent) => boolean;
}

export type ConnectionState = "connecting" | "open" | "closing" | "waiting" | "closed";

/** The connection is lost and comes back: how the last one closed, and when the next attempt begins. */
export interface ReconnectingEvent extends CloseEvent {
  /** Which attempt in a row comes next, from 1. */
  readonly attempt: number;
  /** When it begins, in milliseconds since 1970; null where it waits for the network or for the page. */
  readonly retryAt: number | null;
  /** What the URL provider threw, if that is why. */
  readonly error: unknown;
}

export interface PersistentWebSocketEventMap extends WebSocketEventMap {
  reconnecting: ReconnectingEvent;
  /** It will not come back, although nobody has called close(). A close event follows, which says why. */
  giveup: CloseEvent;
}

/** send() was called with more than may wait. Nothing has been sent or forgotten. */
export class BufferFullError extends RangeError {
  readonly limits: Readonly<Required<BufferOptions>>;
  /** How many messages and bytes wait. */
  readonly waiting: Readonly<Required<BufferOptions>>;
}

/** The native WebSocket's interface, over a connection that comes back by itself. `close` comes once, at the end. */
export class PersistentWebSocket extends EventTarget implements WebSocket {
  static readonly CONNECTING: 0;
  static readonly OPEN: 1;
  static readonly CLOSING: 2;
  static readonly CLOSED: 3;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  constructor(url: UrlProvider, protocols?: string | string[], options?: PersistentWebSocketOptions);
  readonly url: string;
  /** 0 also while it waits for the next attempt. */
  readonly readyState: 0 | 1 | 2 | 3;
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly protocol: string;
  binaryType: BinaryType;
  /** Finer than readyState. */
  readonly state: ConnectionState;
  /** When the next attempt begins, in milliseconds since 1970; null if none is planned. */
  readonly retryAt: number | null;
  /** What was waiting when it closed for good, in order: nobody has got it. Empty before. */
  readonly unsent: readonly SocketData[];
  onopen: ((this: WebSocket, event: Event) => any) | null;
  onmessage: ((this: WebSocket, event: MessageEvent) => any) | null;
  onerror: ((this: WebSocket, event: Event) => any) | null;
  onclose: ((this: WebSocket, event: CloseEvent) => any) | null;
  onreconnecting: ((this: PersistentWebSocket, event: ReconnectingEvent) => any) | null;
  ongiveup: ((this: PersistentWebSocket, event: CloseEvent) => any) | null;
  /**
   * Sends, or keeps until it is open.
   * @throws BufferFullError past the limits; InvalidStateError without `buffer` while connecting, with it once closing.
   */
  send(data: SocketData): void;
  /** Sends a value as JSON. @throws TypeError for what JSON cannot hold. */
  sendJson(value: unknown): void;
  /** Ends it. @throws InvalidAccessError for a code, SyntaxError for a reason, as natively. */
  close(code?: number, reason?: string): void;
  /** Connects now: gives up the wait, or the connection that is there; also after it has closed. */
  reconnect(): void;
  addEventListener<K extends keyof PersistentWebSocketEventMap>(
    type: K,
    listener: (this: PersistentWebSocket, event: PersistentWebSocketEventMap[K]) => any,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof PersistentWebSocketEventMap>(
    type: K,
    listener: (this: PersistentWebSocket, event: PersistentWebSocketEventMap[K]) => any,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}
