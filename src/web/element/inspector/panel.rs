//! The parts of the inspector, put together.

use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement};

use super::super::dom::{append, button, classed, make, set, set_text};
use super::super::texts::Texts;
use super::detail::Detail;
use super::rows::Rows;

pub(super) struct Panel {
    pub(super) section: HtmlElement,
    title: HtmlElement,
    pub(super) close: HtmlButtonElement,
    pub(super) filter: HtmlInputElement,
    /// What of it is shown: what was sent, what was received, all else.
    pub(super) kinds: [HtmlButtonElement; 3],
    pub(super) pause: HtmlButtonElement,
    clear: HtmlButtonElement,
    export_json: HtmlButtonElement,
    export_text: HtmlButtonElement,
    pub(super) status: HtmlElement,
    pub(super) rows: Rows,
    pub(super) empty: HtmlElement,
    pub(super) detail: Detail,
    pub(super) raw: HtmlFormElement,
    pub(super) raw_text: HtmlTextAreaElement,
    pub(super) raw_hex: HtmlButtonElement,
    raw_send: HtmlButtonElement,
    pub(super) raw_hint: HtmlElement,
    limits: HtmlElement,
    facts: [HtmlElement; 6],
}

impl Panel {
    pub(super) fn new() -> Self {
        let toggle = |id: &str, pressed: &str| {
            let button = button(id);
            set(&button, "aria-pressed", pressed);
            button
        };
        let panel = Self {
            section: make("section;id=inspector;part=inspector"),
            title: make("h2"),
            close: button("inspector-close"),
            filter: make(
                "input;id=traffic-filter;type=search;autocomplete=off;autocapitalize=none;spellcheck=false;dir=auto",
            ),
            kinds: ["traffic-sent", "traffic-received", "traffic-events"].map(|id| toggle(id, "true")),
            pause: toggle("traffic-pause", "false"),
            clear: button("traffic-clear"),
            export_json: button("traffic-export-json"),
            export_text: button("traffic-export-text"),
            status: make("p;id=traffic-status"),
            rows: Rows::new(),
            empty: make("p;id=traffic-empty"),
            detail: Detail::new(),
            raw: make("form;id=raw;novalidate"),
            raw_text: make(
                "textarea;id=raw-text;rows=1;dir=auto;autocapitalize=none;autocomplete=off;spellcheck=false;enterkeyhint=send;aria-describedby=raw-hint",
            ),
            raw_hex: toggle("raw-hex", "false"),
            raw_send: make("button;id=raw-send;type=submit"),
            raw_hint: make("p;id=raw-hint"),
            limits: make("summary"),
            facts: core::array::from_fn(|_| make("li")),
        };
        panel.put_together();
        panel
    }

    fn put_together(&self) {
        let div = |class: &str| classed::<Element>("div", class);
        let [sent, received, events] = &self.kinds;
        let (bar, tools, views, line) = (div("bar"), div("tools"), div("views"), div("line"));
        append(&bar, &[&self.title, &self.status, &self.close]);
        append(
            &tools,
            &[
                &self.filter,
                sent,
                received,
                events,
                &self.pause,
                &self.clear,
                &self.export_json,
                &self.export_text,
            ],
        );
        let list = div("list");
        append(&list, &[&self.rows.scroller, &self.empty]);
        append(&views, &[&list, &self.detail.section]);
        append(&line, &[&self.raw_text, &self.raw_hex, &self.raw_send]);
        append(&self.raw, &[&line, &self.raw_hint]);
        let (details, facts) = (make::<Element>("details;id=limits"), make::<Element>("ul"));
        for fact in &self.facts {
            append(&facts, &[fact]);
        }
        append(&details, &[&self.limits, &facts]);
        append(&self.section, &[&bar, &tools, &views, &self.raw, &details]);
    }

    pub(super) fn speak(&self, texts: &Texts) {
        let [sent, received, events] = &self.kinds;
        let [headers, frames, close, sending, secret, courier] = &self.facts;
        for (part, text) in [
            (&*self.title as &Element, texts.inspector()),
            (sent, texts.traffic_sent()),
            (received, texts.traffic_received()),
            (events, texts.traffic_events()),
            (&self.pause, texts.traffic_pause()),
            (&self.clear, texts.traffic_clear()),
            (&self.export_json, texts.traffic_export_json()),
            (&self.export_text, texts.traffic_export_text()),
            (&self.raw_hex, texts.traffic_hex()),
            (&self.raw_send, texts.raw_send()),
            (&self.limits, texts.limits()),
            (headers, texts.limits_headers()),
            (frames, texts.limits_frames()),
            (close, texts.limits_close()),
            (sending, texts.limits_sent()),
            (secret, texts.limits_secret()),
            (courier, texts.limits_courier()),
        ] {
            set_text(part, text);
        }
        for (part, text) in [
            (&*self.section as &Element, texts.inspector()),
            (&self.close, texts.inspector_close()),
            (&self.filter, texts.traffic_filter()),
            (&self.rows.tree, texts.traffic()),
            (&self.raw_text, texts.raw()),
        ] {
            set(part, "aria-label", text);
        }
        self.filter.set_placeholder(texts.traffic_filter());
        self.raw_text.set_placeholder(texts.raw());
        self.detail.speak(texts);
        self.rows.forget();
    }
}
