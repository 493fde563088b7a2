//! The element's skeleton: made once, held by name.

use web_sys::{
    Element, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlLabelElement, HtmlTextAreaElement,
};

use super::dom::{append, classed, make, set, set_text};
use super::texts::Texts;
use crate::text::Language;

/// The parts of the view that change or that listen.
pub(super) struct Parts {
    pub(super) root: HtmlElement,
    pub(super) title: HtmlElement,
    pub(super) header: HtmlElement,
    pub(super) people: HtmlButtonElement,
    pub(super) status: HtmlButtonElement,
    pub(super) status_words: HtmlElement,
    pub(super) status_number: HtmlElement,
    pub(super) now: HtmlButtonElement,
    pub(super) details: HtmlElement,
    pub(super) ending: HtmlElement,
    pub(super) settings: HtmlFormElement,
    pub(super) fields: HtmlElement,
    pub(super) url: HtmlInputElement,
    pub(super) url_error: HtmlElement,
    pub(super) room: HtmlInputElement,
    pub(super) room_error: HtmlElement,
    pub(super) name: HtmlInputElement,
    pub(super) name_error: HtmlElement,
    pub(super) protocols: HtmlInputElement,
    pub(super) protocols_error: HtmlElement,
    pub(super) summary: HtmlElement,
    pub(super) summary_url: HtmlElement,
    pub(super) summary_room: HtmlElement,
    pub(super) summary_name: HtmlElement,
    pub(super) change: HtmlButtonElement,
    pub(super) connect: HtmlButtonElement,
    pub(super) disconnect: HtmlButtonElement,
    /// The conversation, and what is beside it or over it.
    pub(super) middle: HtmlElement,
    pub(super) log: HtmlElement,
    pub(super) older: HtmlElement,
    pub(super) load_older: HtmlButtonElement,
    pub(super) older_words: HtmlElement,
    pub(super) empty: HtmlElement,
    pub(super) newer: HtmlButtonElement,
    pub(super) composer: HtmlFormElement,
    pub(super) text: HtmlTextAreaElement,
    pub(super) hint: HtmlElement,
    pub(super) send: HtmlButtonElement,
    url_label: HtmlLabelElement,
    room_label: HtmlLabelElement,
    name_label: HtmlLabelElement,
    protocols_label: HtmlLabelElement,
    text_label: HtmlLabelElement,
}

impl Parts {
    /// All parts, put together but without words.
    pub(super) fn new() -> Self {
        let parts = Self {
            root: make("section;class=room;part=room"),
            title: make("h2;class=title;part=title;dir=auto"),
            header: make("header;part=header"),
            people: make(
                "button;id=people;type=button;class=quiet;aria-expanded=false;aria-controls=people-panel;hidden",
            ),
            status: make("button;id=status;type=button;aria-expanded=false;aria-controls=details"),
            status_words: make("span;id=status-words"),
            status_number: make("span;id=ready-state"),
            now: make("button;id=now;type=button;class=quiet;hidden"),
            details: make("dl;id=details;hidden"),
            ending: make("p;id=ending;hidden"),
            settings: make("form;id=settings;novalidate"),
            fields: make("div;class=fields"),
            url: make(
                "input;id=url;type=url;inputmode=url;autocomplete=url;autocapitalize=none;spellcheck=false;dir=ltr;placeholder=wss://example.org/socket;aria-describedby=url-error",
            ),
            url_error: make("p;id=url-error;class=error;hidden"),
            room: make(
                "input;id=room;type=text;autocomplete=off;autocapitalize=none;spellcheck=false;dir=auto;aria-describedby=room-error",
            ),
            room_error: make("p;id=room-error;class=error;hidden"),
            name: make(
                "input;id=name;type=text;autocomplete=nickname;spellcheck=false;dir=auto;aria-describedby=name-error",
            ),
            name_error: make("p;id=name-error;class=error;hidden"),
            protocols: make(
                "input;id=protocols;type=text;autocomplete=off;autocapitalize=none;spellcheck=false;dir=ltr;aria-describedby=protocols-error",
            ),
            protocols_error: make("p;id=protocols-error;class=error;hidden"),
            summary: make("p;id=summary;hidden"),
            summary_url: make("bdi;id=summary-url;dir=ltr"),
            summary_room: make("bdi;id=summary-room"),
            summary_name: make("bdi;id=summary-name"),
            change: make("button;id=change;type=button;class=quiet"),
            connect: make("button;id=connect;type=submit"),
            disconnect: make("button;id=disconnect;type=button"),
            middle: make("div;class=middle"),
            log: make("div;id=message;part=log;role=log;aria-live=off;tabindex=0"),
            older: make("div;id=older;hidden"),
            load_older: make("button;id=load-older;type=button;tabindex=-1;class=quiet;hidden"),
            older_words: make("p;id=older-words;hidden"),
            empty: make("p;id=empty"),
            newer: make("button;id=newer;type=button;hidden"),
            composer: make("form;id=composer;novalidate"),
            text: make("textarea;id=text;rows=1;dir=auto;enterkeyhint=send;aria-describedby=mode-words hint"),
            hint: make("p;id=hint"),
            send: make("button;id=send;type=submit;aria-describedby=hint"),
            url_label: make("label;for=url"),
            room_label: make("label;for=room"),
            name_label: make("label;for=name"),
            protocols_label: make("label;for=protocols"),
            text_label: make("label;for=text"),
        };
        parts.put_together();
        parts.name_parts();
        parts
    }

    fn put_together(&self) {
        let div = |class: &str| classed::<Element>("div", class);
        let dot: Element = make("span;class=dot;aria-hidden=true");

        append(&self.status, &[&dot, &self.status_words, &self.status_number]);
        append(&self.header, &[&self.title, &self.people, &self.status, &self.now]);

        let fields: [(&str, [&Element; 3]); 4] = [
            ("field address", [&self.url_label, &self.url, &self.url_error]),
            ("field", [&self.room_label, &self.room, &self.room_error]),
            ("field", [&self.name_label, &self.name, &self.name_error]),
            (
                "field protocols",
                [&self.protocols_label, &self.protocols, &self.protocols_error],
            ),
        ];
        for (class, parts) in fields {
            let field = div(class);
            append(&field, &parts);
            append(&self.fields, &[&field]);
        }
        append(
            &self.summary,
            &[&self.summary_url, &self.summary_room, &self.summary_name, &self.change],
        );
        let buttons = div("buttons");
        append(&buttons, &[&self.connect, &self.disconnect]);
        let place = div("where");
        append(&place, &[&self.summary, &self.ending]);
        append(&self.settings, &[&buttons, &place, &self.fields]);

        let conversation = div("conversation");
        append(&self.older, &[&self.load_older, &self.older_words]);
        append(&self.log, &[&self.older, &self.empty]);
        append(&conversation, &[&self.log, &self.newer]);
        append(&self.middle, &[&conversation]);

        let line = div("line");
        append(&line, &[&self.text, &self.send]);
        append(&self.composer, &[&self.text_label, &line, &self.hint]);

        append(
            &self.root,
            &[
                &self.header,
                &self.settings,
                &self.details,
                &self.middle,
                &self.composer,
            ],
        );
    }

    /// What a page can style: a public interface, told of in docs/theming.md.
    fn name_parts(&self) {
        let parts: [(&Element, &str); 20] = [
            (&self.people, "button"),
            (&self.now, "button"),
            (&self.status, "button status"),
            (&self.details, "details"),
            (&self.ending, "ending"),
            (&self.settings, "settings"),
            (&self.url, "field"),
            (&self.room, "field"),
            (&self.name, "field"),
            (&self.protocols, "field"),
            (&self.summary, "summary"),
            (&self.change, "button"),
            (&self.connect, "button connect"),
            (&self.disconnect, "button disconnect"),
            (&self.load_older, "button"),
            (&self.newer, "button newer"),
            (&self.composer, "composer"),
            (&self.text, "text"),
            (&self.hint, "hint"),
            (&self.send, "button send"),
        ];
        for (part, names) in parts {
            set(part, "part", names);
        }
    }

    /// Puts in the words that never change within a language.
    pub(super) fn speak(&self, language: Language, texts: &Texts) {
        set(&self.root, "lang", language.tag());
        for (part, text) in [
            (&*self.url_label as &Element, texts.url()),
            (&self.room_label, texts.room()),
            (&self.name_label, texts.name()),
            (&self.text_label, texts.text()),
            (&self.change, texts.change()),
            (&self.connect, texts.connect()),
            (&self.disconnect, texts.disconnect()),
            (&self.send, texts.send()),
            (&self.now, texts.now()),
        ] {
            set_text(part, text);
        }
        set_text(&self.protocols_label, texts.protocols());
        self.protocols.set_placeholder(texts.protocols_hint());
        self.room.set_placeholder(texts.room_hint());
        set(&self.log, "aria-label", texts.log());
        set(&self.status, "title", texts.details());
        set(&self.now, "aria-label", texts.reconnect_now());
    }
}
