// Desktop notifications and a tone. Whatever a browser denies is as if it were not wanted.

const TONE_HZ = [660, 880];
const TONE_S = 0.16;
const LOUDNESS = 0.06;

let audio = null;

export function remembered(name) {
  try {
    return localStorage.getItem(`chat-room-${name}`) === "on";
  } catch {
    return false;
  }
}
export function remember(name, on) {
  try {
    localStorage.setItem(`chat-room-${name}`, on ? "on" : "off");
  } catch {
    // It counts until the page is left.
  }
}

// "granted", "denied", "default", or "" where there are none.
export const permission = () => globalThis.Notification?.permission ?? "";

// Asks the user; `target` gets the event "decided".
export async function ask(target) {
  try {
    await Notification.requestPermission();
  } catch {
    // What was decided can be read all the same.
  }
  target.dispatchEvent(new Event("decided"));
}

// A click on it brings the page back.
export function notify(title, body, tag, lang, host) {
  try {
    const shown = new Notification(title, { body, tag, lang });
    shown.addEventListener("click", () => {
      window.focus();
      host.shadowRoot?.getElementById("text")?.focus();
      shown.close();
    });
  } catch {
    // Browsers of phones leave this to service workers.
  }
}

// Two soft notes. Without a click in the page a browser plays nothing.
export function tone() {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
    TONE_HZ.forEach((hz, index) => {
      const from = audio.currentTime + index * (TONE_S * 0.75);
      const note = new OscillatorNode(audio, { frequency: hz });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + TONE_S);
      note.connect(volume).connect(audio.destination);
      note.start(from);
      note.stop(from + TONE_S);
    });
  } catch {
    // No sound, then.
  }
}

export function addPiece(pieces, text) {
  pieces.push(new Blob([text]));
}

export function download(name, type, pieces) {
  const url = URL.createObjectURL(new Blob(pieces, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
