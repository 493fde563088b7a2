// `message` to the page, once for each text or buffer.
export function tell(host, data) {
  host.dispatchEvent(new MessageEvent("message", { data }));
}

export function tellTexts(host, texts, ends) {
  let begin = 0;
  for (const end of ends) {
    tell(host, texts.slice(begin, end));
    begin = end;
  }
}
