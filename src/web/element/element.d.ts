
/** Where the connection stands. `waiting`: it was lost and comes back by itself. */
export type ChatRoomState = "idle" | "connecting" | "open" | "closing" | "waiting" | "closed";

/** What a room's server asks for at the door: a text, or a function that is asked for one anew at each join. */
export type ChatRoomToken = string | (() => string | PromiseLike<string>);

/** A message that is loaded. */
export interface ChatMessage {
  /** Its place in the room's log; null where it has none yet, and in plain text. */
  seq: number | null;
  /** When it was said, in milliseconds since 1970. */
  at: number;
  /** Who said it, by the relay's id; empty in plain text. */
  client: string;
  /** What they were called; empty in plain text. */
  name: string;
  text: string;
  /** Whether it was said here. */
  own: boolean;
  /** What has become of one's own. `sent`: it is in the room's log. */
  delivery: "waiting" | "sent" | "failed" | null;
  edited: boolean;
  deleted: boolean;
  /** The `seq` of the message that it answers. */
  replyTo: number | null;
  reactions: ChatReaction[];
}

export interface ChatReaction {
  emoji: string;
  /** Who reacts, by the relay's ids. */
  clients: string[];
}

export interface ChatRoomStateDetail {
  state: ChatRoomState;
  /** As the native WebSocket has it. */
  readyState: 0 | 1 | 2 | 3;
  /** Whether the relay has let one in, or plain text is spoken. */
  joined: boolean;
  /** How many are in the room. */
  members: number;
}

export interface ChatRoomUnreadDetail {
  /** How many messages have come that were not seen. */
  unread: number;
  /** How many of them name the user. */
  mentions: number;
}

/** Its own events neither bubble nor leave a shadow tree. */
export interface ChatRoomElementEventMap extends HTMLElementEventMap {
  statechange: CustomEvent<ChatRoomStateDetail>;
  unreadchange: CustomEvent<ChatRoomUnreadDetail>;
  /**
   * All that others have said and that has come together, in its order; after `preventDefault()` there is no `message` for
   * each of it.
   */
  messages: CustomEvent<readonly (string | ArrayBuffer)[]>;
  /** Somebody else has said something. In plain text `data` can be binary. */
  message: MessageEvent<string | ArrayBuffer>;
  /** A socket has closed, as with the native one. It may come back: `statechange` tells. */
  close: CloseEvent;
}

/** `<chat-room>`. Defined once the module's default export, `init()`, has been awaited. */
export class ChatRoomElement extends HTMLElement {
  static readonly observedAttributes: readonly string[];
  static readonly CONNECTING: 0;
  static readonly OPEN: 1;
  static readonly CLOSING: 2;
  static readonly CLOSED: 3;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  constructor();

  /** The server's address, as the native WebSocket takes it. Reflects `url`; null takes the attribute away. */
  get url(): string;
  set url(value: string | null | undefined);
  /** The room. Without one it speaks plain text. Reflects `room`; null takes the attribute away. */
  get room(): string;
  set room(value: string | null | undefined);
  /** What the user is called. Reflects `name`; null takes the attribute away. */
  get name(): string;
  set name(value: string | null | undefined);
  /** Connects at once, and again when `url` or `room` changes. Reflects `autoconnect`. */
  autoconnect: boolean;
  /** Shows every frame. Reflects `inspector`. */
  inspector: boolean;
  /** Keeps nothing of what was said for the next visit. Reflects `nokeep`. */
  noKeep: boolean;
  /** `light` or `dark`; without either, as the user prefers. Reflects `theme`. */
  get theme(): string;
  set theme(value: "light" | "dark" | "" | null | undefined);
  /** The page's own words in the place of the element's; `%` stands for what is filled in. A copy is taken. */
  get texts(): ChatRoomTexts;
  set texts(words: ChatRoomTexts | null | undefined);
  /**
   * Sent with each join, and never stored, shown or reflected. A function that throws, rejects, gives no string or takes
   * longer than 8 seconds is a failed attempt, which comes back. At most 8,192 bytes.
   */
  get token(): ChatRoomToken | null;
  set token(value: ChatRoomToken | null | undefined);

  /** 0 connecting or about to reconnect, 1 open, 2 closing, 3 closed. */
  readonly readyState: 0 | 1 | 2 | 3;
  /** How many messages have come that were not seen. */
  readonly unread: number;

  /** Connects to the address in the field. Throws if that is none, or if the element is in no document. */
  connect(): void;
  /** Leaves, or cancels an attempt. */
  disconnect(): void;
  /** Sends now, or once connected. Throws if the text is empty or too long, or if there is no connection. */
  send(text: string): void;
  /** What is loaded, the oldest first. */
  messages(): ChatMessage[];

  addEventListener<K extends keyof ChatRoomElementEventMap>(
    type: K,
    listener: (this: ChatRoomElement, event: ChatRoomElementEventMap[K]) => any,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof ChatRoomElementEventMap>(
    type: K,
    listener: (this: ChatRoomElement, event: ChatRoomElementEventMap[K]) => any,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * `<chat-room>` in JSX. React 19 sets properties and listens by `on…`; React 18 knows attributes alone: leave a boolean
 * out rather than giving `false`, and set the others by a `ref`.
 */
export interface ChatRoomElementAttributes {
  url?: string | null | undefined;
  room?: string | null | undefined;
  name?: string | null | undefined;
  lang?: string | undefined;
  theme?: "light" | "dark" | "" | null | undefined;
  autoconnect?: boolean | undefined;
  inspector?: boolean | undefined;
  noKeep?: boolean | undefined;
  nokeep?: boolean | "" | undefined;
  texts?: ChatRoomTexts | null | undefined;
  token?: ChatRoomToken | null | undefined;
  onstatechange?: ((event: ChatRoomElementEventMap["statechange"]) => void) | undefined;
  onunreadchange?: ((event: ChatRoomElementEventMap["unreadchange"]) => void) | undefined;
  onmessages?: ((event: ChatRoomElementEventMap["messages"]) => void) | undefined;
  onmessage?: ((event: ChatRoomElementEventMap["message"]) => void) | undefined;
  onclose?: ((event: ChatRoomElementEventMap["close"]) => void) | undefined;
}

// @ts-ignore: where there is no React there is nobody who asks.
type ReactProps = import("react").DetailedHTMLProps<import("react").HTMLAttributes<ChatRoomElement>, ChatRoomElement>;

declare global {
  interface HTMLElementTagNameMap {
    "chat-room": ChatRoomElement;
  }
  // For React 18.
  namespace JSX {
    interface IntrinsicElements {
      "chat-room": ReactProps & ChatRoomElementAttributes;
    }
  }
}

// For React 19.
// @ts-ignore: as above.
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "chat-room": ReactProps & ChatRoomElementAttributes;
    }
  }
}

/** The names of the element's words, as docs/theming.md lists them. */
export type ChatRoomTextName =
  | "title" | "url" | "room" | "roomHint" | "name" | "guest" | "protocols" | "protocolsHint" | "change" | "connect"
  | "disconnect" | "send" | "text" | "textHint" | "log" | "you" | "received" | "idle" | "connecting" | "joining"
  | "open" | "closing" | "waiting" | "waitingNow" | "waitingPaused" | "waitingOffline" | "offlineEnding" | "peopleOne"
  | "people" | "says" | "isTyping" | "areTyping" | "severalTyping" | "comma" | "closed" | "details" | "state"
  | "address" | "members" | "protocol" | "none" | "attempt" | "lastClose" | "clean" | "unclean" | "reason"
  | "emptyIdle" | "emptyOpen" | "emptyRoom" | "loadOlder" | "loadingOlder" | "beginning" | "olderFull" | "hole"
  | "connectedTo" | "connectedWith" | "joinedRoom" | "logReset" | "missed" | "notKept" | "unreadable" | "noToken"
  | "serverRefused" | "lost" | "ended" | "deliveryWaiting" | "deliveryFailed" | "deliverySent" | "sendAgain"
  | "discard" | "edited" | "deleted" | "binary" | "cut" | "namesTwo" | "namesThree" | "namesMore" | "somePeople"
  | "somebody" | "haveJoined" | "haveLeft" | "hasNewName" | "haveNewNames" | "clauses" | "today" | "yesterday"
  | "unreadLine" | "newerOne" | "newerMany" | "newest" | "quoteElsewhere" | "goToSource" | "sourceSought"
  | "sourceGone" | "actions" | "reply" | "react" | "edit" | "delete" | "copy" | "copied" | "copyFailed" | "askDelete"
  | "keep" | "ownEmoji" | "putEmoji" | "refusedEmpty" | "refusedTooLong" | "refusedCongested" | "refusedNotConnected"
  | "refusedClosing" | "refusedFull" | "willBeSent" | "waitsForYou" | "noRoomsHere" | "whyDisconnected" | "whyTimeout"
  | "whySilent" | "whyUnanswered" | "whySuspended" | "whyGaveUp" | "whyRefused" | "urlEmpty" | "urlUnreadable"
  | "urlNoBase" | "urlScheme" | "urlFragment" | "urlRefused" | "mixedContent" | "blocked" | "protocolEmpty"
  | "protocolBad" | "protocolTwice" | "fieldBlank" | "fieldControl" | "fieldTooLong" | "fieldOther" | "codeNormal"
  | "codeGoingAway" | "codeProtocolError" | "codeUnsupported" | "codeNone" | "codeAbnormal" | "codePayload"
  | "codePolicy" | "codeTooBig" | "codeExtension" | "codeInternal" | "codeRestart" | "codeTryLater" | "codeGateway"
  | "codeTls" | "codeUnauthorized" | "codeForbidden" | "codeTimeout" | "codeReserved" | "codeLibrary" | "codePrivate"
  | "roomToken" | "roomForbidden" | "roomElsewhere" | "roomRestart" | "roomSlow" | "cancel" | "replyingTo" | "editing"
  | "deleteInstead" | "editedIsGone" | "answeredIsGone" | "held" | "suggestions" | "suggested" | "commands"
  | "nickAbout" | "meAbout" | "nickMeaning" | "meMeaning" | "helpMeaning" | "twoSlashes" | "helpKeys" | "bareCommand"
  | "needsRoom" | "noCommand" | "calledNow" | "close" | "findPeople" | "nobodyFound" | "andMore" | "youMark" | "types"
  | "menu" | "search" | "exportText" | "exportJson" | "notifications" | "sound" | "now" | "reconnectNow"
  | "turnedAway" | "endedForGood" | "searchField" | "searchOlder" | "searchNewer" | "searchPlace" | "searchNothing"
  | "answers" | "holeInFile" | "saved" | "sentenceGap" | "olderNotInFile" | "mentionedBy" | "notificationsOn"
  | "notificationsOff" | "notificationsDenied" | "notificationsMissing" | "soundOn" | "soundOff" | "inspector"
  | "inspectorClose" | "traffic" | "trafficFilter" | "trafficSent" | "trafficReceived" | "trafficEvents"
  | "trafficPause" | "trafficClear" | "trafficExportJson" | "trafficExportText" | "trafficCount" | "trafficPaused"
  | "trafficEmpty" | "trafficNothing" | "trafficSize" | "trafficHeartbeat" | "trafficBegan" | "trafficConnecting"
  | "trafficOffering" | "trafficAttempt" | "trafficRefused" | "trafficOpen" | "trafficProtocol" | "trafficExtensions"
  | "trafficNotSent" | "trafficClosing" | "trafficErrored" | "trafficClosed" | "trafficDropped" | "trafficDetail"
  | "trafficJson" | "trafficText" | "trafficHex" | "trafficCopy" | "trafficCopied" | "trafficNotCopied"
  | "trafficMore" | "trafficCut" | "raw" | "rawSend" | "rawHint" | "rawPastRoom" | "rawDigit" | "rawHalf" | "limits"
  | "limitsHeaders" | "limitsFrames" | "limitsClose" | "limitsSent" | "limitsSecret" | "limitsCourier";

export type ChatRoomTexts = { [name in ChatRoomTextName]?: string };
