// Tries texts in every place where somebody else's text can come into an element, and tells what became of it.
const ran = "window.ran = (window.ran ?? 0) + 1";
window.hostileTexts = [
  `<script>${ran}</script>`,
  `<img src=x onerror="${ran}">`,
  `"><img src=x onerror='${ran}'>`,
  `'><svg/onload=${ran}>`,
  `<svg><animate onbegin="${ran}" attributeName=x dur=1s>`,
  `<svg><script>${ran}</script></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${ran}&gt;">`,
  `<noscript><p title="</noscript><img src=x onerror=${ran}>">`,
  `<template shadowrootmode=open><img src=x onerror="${ran}"></template>`,
  `<iframe srcdoc="<script>parent.${ran}</script>"></iframe>`,
  `<iframe src="javascript:parent.${ran}"></iframe>`,
  `<object data="javascript:${ran}"></object><embed src="javascript:${ran}">`,
  `<a href="javascript:${ran}">x</a>`,
  `<form action="javascript:${ran}"><button>x</button></form><button formaction="javascript:${ran}">`,
  `<details open ontoggle="${ran}"><summary>x</summary></details>`,
  `<body onload="${ran}"><input autofocus onfocus="${ran}">`,
  `<style>@import "//example.org/x.css"; * { background: url("javascript:${ran}") }</style>`,
  `<link rel=stylesheet href="//example.org/x.css"><base href="//example.org/"><meta http-equiv=refresh content="0;url=javascript:${ran}">`,
  `<video><source onerror="${ran}"></video><audio src=x onerror="${ran}">`,
  `<x style="animation-name: settle" onanimationstart="${ran}" is=x slot=x part=x>`,
  `javascript:${ran}`,
  `JaVaScRiPt:${ran}//https://example.org/`,
  `java\tscript:${ran}`,
  `\u0001javascript:${ran}`,
  `data:text/html,<script>${ran}</script>`,
  `https://example.org/"onmouseover="${ran}"`,
  `https://example.org/?'><img src=x onerror=${ran}>`,
  `vbscript:msgbox(1) blob:https://example.org/x filesystem:x`,
  `]]><![CDATA[<img src=x onerror="${ran}">]]>`,
  `<!--><img src=x onerror="${ran}">--!><!-- <?xml ?><!DOCTYPE x>`,
  `&lt;img src=x onerror="${ran}"&gt; &#60;script&#62;${ran}&#60;/script&#62; &lt;&#x0;`,
  `\uFF1Cscript\uFF1E${ran}\uFF1C/script\uFF1E \u2028 \u2029 \u0000 \uFFFE`,
  `\u202E\u2066<img src=x onerror="${ran}">\u2069\u202C \u200B\uFEFF\u00AD`,
  `+ADw-script+AD4-${ran}+ADw-/script+AD4-`,
  `\${${ran}} {{${ran}}} #{${ran}} <%= ${ran} %> %s %1$s %`,
  `__proto__ constructor prototype toString`,
  `' ; ${ran} ; ' " ; ${ran} ; " \\" ; ${ran} //`,
  `</textarea><script>${ran}</script></title></style></template></section>`,
  `\`\`\`<img src=x onerror="${ran}">\`\`\` *<b>* [x](javascript:${ran}) ![x](javascript:${ran})`,
];

window.tryEverywhere = async (host, texts) => {
  const root = host.shadowRoot;
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const quietly = (work) => {
    try {
      work();
    } catch {
      // What is refused is refused; that is told to the caller as text.
    }
  };
  // Attributes and properties, also those that nobody knows.
  for (const text of texts) {
    for (const name of ["url", "room", "name", "lang", "theme", "texts", "autoconnect2", "style2"]) {
      quietly(() => host.setAttribute(name, text));
    }
    await frame();
    quietly(() => host.connect());
    await frame();
    quietly(() => host.disconnect());
    for (const id of ["url", "room", "name", "protocols"]) {
      const field = root.getElementById(id);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      quietly(() => host.connect());
      await frame();
    }
  }
  host.lang = "en";
  for (const name of ["theme", "texts", "autoconnect2", "style2"]) host.removeAttribute(name);
  root.getElementById("protocols").value = "";
  host.url = "ws://localhost/";
  host.name = "Ann";

  // Everything that a server can say.
  for (const [index, text] of texts.entries()) {
    host.room = `room ${index}`;
    quietly(() => host.disconnect());
    await frame();
    const before = scripted.count;
    host.connect();
    for (let tries = 0; tries < 200 && scripted.count === before; tries++) await frame();
    const socket = scripted.socket;
    socket.open(index % 2 ? "chat-room.v1" : text);
    await frame();
    if (index % 2 === 0) {
      // In plain text everything is shown as it comes.
      for (const each of texts) socket.say(each);
      await frame();
    } else {
      for (let tries = 0; tries < 200 && scripted.heard("join").length === 0; tries++) await frame();
      scripted.names[scripted.BOB] = text.slice(0, 40);
      scripted.names[scripted.LIN] = text.slice(-40);
      scripted.joined([]);
      let seq = 0;
      const say = (client, body) => socket.say(scripted.entry(++seq, client, body));
      for (const each of texts) {
        say(scripted.BOB, each);
        say(scripted.LIN, { type: "text", text: each, reply_to: seq });
        say(scripted.LIN, { type: "edit", of: seq, text: `${each} ` });
        say(scripted.BOB, { type: "reaction", of: 1, emoji: each.slice(0, 20), on: true });
        socket.say({ type: "refused", code: each, message: each });
      }
      socket.say({ type: "presence", joined: [{ client: "cd".repeat(16), name: text.slice(0, 60) }], left: [scripted.BOB], renamed: [], count: 3 });
      socket.say({ type: "typing", client: scripted.LIN, on: true });
      socket.say({ type: text, room: text });
      socket.say(text);
      await frame();
      quietly(() => host.send(text));
      await frame();
    }
    window.inspectEverything();
    const details = root.getElementById("details");
    if (details.hidden) root.getElementById("status").click();
    socket.end(4000 + (index % 2) * 403, text.slice(0, 40));
    await frame();
  }

  // The page's own words.
  host.lang = "zh";
  for (const text of texts) {
    host.texts = Object.fromEntries(window.textNames.map((name) => [name, text]));
    await frame();
  }
  host.texts = { [texts[0]]: texts[0] };
  await frame();
};

// Every element that there has been, however deep, and what about it was not as it should be.
const names = new Set();
const wrong = [];
window.inspectEverything = () => {
  const visit = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (root !== document) {
        names.add(element.localName);
        for (const { name, value } of element.attributes) {
          if (/^(on|src|srcdoc|action|formaction|data$|xlink|is$|slot$)/i.test(name)) wrong.push(`${element.localName} ${name}=${value}`);
          if (name === "href" && !/^(https?|mailto):/i.test(element.href)) wrong.push(`${element.localName} href=${value}`);
        }
      }
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
  return { names: [...names].sort(), wrong, ran: window.ran ?? 0, scripts: document.scripts.length, frames: window.length };
};
