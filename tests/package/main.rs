//! What the npm package says of the element, for editors and compilers, against the element's own code.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use serde_json::Value;

const CODE: &str = include_str!("../../src/web/element/element.js");
const TYPES: &str = include_str!("../../src/web/element/element.d.ts");
const MANIFEST: &str = include_str!("../../src/web/element/custom-elements.json");
const EVENTS: &str = include_str!("../../src/web/element/events.js");
const TEXTS: &str = include_str!("../../src/web/element/texts.rs");
const MESSAGES: &str = include_str!("../../src/web/element/messages.js");
const GUIDE: &str = include_str!("../../docs/theming.md");

/// What the browser calls, and nobody else.
const CALLBACKS: [&str; 5] = [
    "constructor",
    "connectedCallback",
    "disconnectedCallback",
    "adoptedCallback",
    "attributeChangedCallback",
];

/// The platform's own property; its attribute is the element's, too.
const LANG: &str = "lang";
/// The style sheet's own attribute: the class is not told of it.
const THEME: &str = "theme";

fn element() -> Value {
    let manifest: Value = serde_json::from_str(MANIFEST).expect("JSON");
    assert_eq!(manifest["schemaVersion"], "2.1.0");
    let [module] = &manifest["modules"].as_array().expect("modules")[..] else {
        panic!("one module is all there is");
    };
    assert_eq!(
        (&module["kind"], &module["path"]),
        (&"javascript-module".into(), &"chat_room.js".into())
    );
    let [element] = &module["declarations"].as_array().expect("declarations")[..] else {
        panic!("one class is all there is");
    };
    for (name, value) in [("kind", "class"), ("name", "ChatRoomElement"), ("tagName", "chat-room")] {
        assert_eq!(element[name], value);
    }
    assert_eq!(element["customElement"], true);
    element.clone()
}

fn list<'a>(element: &'a Value, name: &str) -> &'a [Value] {
    element[name].as_array().unwrap_or_else(|| panic!("no {name}"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn names(element: &Value, kind: &str) -> BTreeSet<String> {
    list(element, kind)
        .iter()
        .map(|it| text(it, "name").to_owned())
        .collect()
}

fn set(names: impl IntoIterator<Item = impl Into<String>>) -> BTreeSet<String> {
    names.into_iter().map(Into::into).collect()
}

/// What stands in double quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

/// A member of the class in the code: `get url`, `set url`, `connect`.
fn members_in_code() -> BTreeSet<String> {
    let (_, class) = CODE.split_once("export class ChatRoomElement").expect("the class");
    let (class, _) = class.split_once("\n}\n").expect("its end");
    let heads = class.lines().filter_map(|line| {
        let line = line.strip_prefix("  ")?;
        let (name, _) = line.split_once('(')?;
        let starts = name.starts_with(|it: char| it.is_ascii_lowercase()) && line.ends_with('{');
        (starts && !CALLBACKS.contains(&name)).then_some(name)
    });
    set(heads)
}

/// The same, as the manifest has it.
fn members_in_manifest(element: &Value) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    for member in list(element, "members") {
        let name = text(member, "name");
        match (text(member, "kind"), member["readonly"] == true) {
            ("method", _) => drop(members.insert(name.to_owned())),
            (_, _) if name.starts_with(|it: char| it.is_ascii_uppercase()) => {}
            (_, readonly) => {
                members.insert(format!("get {name}"));
                if !readonly {
                    members.insert(format!("set {name}"));
                }
            }
        }
    }
    members
}

/// The same, as the declarations have it.
fn members_in_types() -> BTreeSet<String> {
    let (_, class) = TYPES.split_once("export class ChatRoomElement").expect("the class");
    let (class, _) = class.split_once("\n}\n").expect("its end");
    let mut members = BTreeSet::new();
    for line in class.lines().filter_map(|it| it.strip_prefix("  ")) {
        let Some(end) = line.find(['(', ':', '<']) else {
            continue;
        };
        let head = &line[..end];
        let starts = head.starts_with(|it: char| it.is_ascii_lowercase()) && !head.starts_with("static");
        match (head.split_once(' '), line.as_bytes()[end]) {
            _ if !starts || head == "constructor" || head.ends_with("EventListener") => {}
            (Some(("get" | "set", _)), _) | (None, b'(') => drop(members.insert(head.to_owned())),
            (Some(("readonly", name)), _) if name.starts_with(|it: char| it.is_ascii_uppercase()) => {}
            (Some(("readonly", name)), _) => drop(members.insert(format!("get {name}"))),
            _ => members.extend(["get", "set"].map(|it| format!("{it} {head}"))),
        }
    }
    members
}

#[test]
fn the_manifest_has_the_members_of_the_class_and_no_others() {
    let code = members_in_code();
    assert!(
        code.contains("get url") && code.contains("set url") && code.contains("connect"),
        "{code:?}"
    );
    assert_eq!(members_in_manifest(&element()), code);
}

#[test]
fn the_declarations_have_the_members_of_the_class_and_no_others() {
    assert_eq!(members_in_types(), members_in_code());
}

#[test]
fn the_states_are_constants_of_the_class_and_of_each_element() {
    let line = CODE
        .lines()
        .find(|it| it.contains(r#"of ["CONNECTING""#))
        .expect("a list");
    let states: Vec<&str> = quoted(line).collect();
    for is_static in [true, false] {
        let element = element();
        let constants = list(&element, "members").iter().filter(|it| {
            let is_upper = text(it, "name").starts_with(|it: char| it.is_ascii_uppercase());
            is_upper && (it["static"] == true) == is_static
        });
        let told: Vec<_> = constants
            .map(|it| (text(it, "name"), text(it, "default"), &it["readonly"]))
            .collect();
        let word = if is_static { "static readonly" } else { "readonly" };
        assert_eq!(told.len(), states.len());
        for (number, (state, told)) in states.iter().zip(told).enumerate() {
            assert_eq!(told, (*state, number.to_string().as_str(), &Value::Bool(true)));
            assert!(
                TYPES.contains(&format!("\n  {word} {state}: {number};")),
                "{word} {state}"
            );
        }
    }
}

#[test]
fn the_attributes_are_those_that_the_class_observes_and_the_style_sheets() {
    let line = CODE
        .lines()
        .find(|it| it.contains("observedAttributes"))
        .expect("a list");
    let element = element();
    assert_eq!(names(&element, "attributes"), set(quoted(line).chain([THEME])));
    for attribute in list(&element, "attributes") {
        let name = text(attribute, "name");
        if name == LANG {
            continue;
        }
        let field = text(attribute, "fieldName");
        let members = list(&element, "members");
        let member = members.iter().find(|it| it["name"] == field && it["static"] != true);
        let member = member.unwrap_or_else(|| panic!("no {field}"));
        assert_eq!(
            (&member["attribute"], &member["reflects"]),
            (&name.into(), &true.into())
        );
    }
    let reflecting = list(&element, "members").iter().filter(|it| it["reflects"] == true);
    assert_eq!(reflecting.count() + 1, list(&element, "attributes").len());
}

#[test]
fn properties_from_before_the_class_are_all_taken() {
    let line = CODE
        .lines()
        .find(|it| it.contains("for (const name of [\"url\""))
        .expect("a list");
    let settable = members_in_code()
        .into_iter()
        .filter_map(|it| Some(it.strip_prefix("set ")?.to_owned()));
    assert_eq!(set(quoted(line)), settable.collect());
}

#[test]
fn the_events_are_those_that_are_dispatched() {
    let begins = ["tellDetail(host, \"", "Event(\""];
    let dispatched = begins.iter().flat_map(|begin| EVENTS.split(begin).skip(1));
    let dispatched = set(dispatched.filter_map(|rest| rest.split('"').next()));
    assert_eq!(dispatched.len(), 5, "{dispatched:?}");
    let element = element();
    assert_eq!(names(&element, "events"), dispatched);
    let (_, map) = TYPES.split_once("interface ChatRoomElementEventMap").expect("a map");
    let (map, _) = map.split_once("\n}\n").expect("its end");
    for event in list(&element, "events") {
        let line = format!("\n  {}: {};", text(event, "name"), text(&event["type"], "text"));
        assert!(map.contains(&line), "{line}");
    }
    assert_eq!(map.lines().filter(|it| it.ends_with(';')).count(), dispatched.len());
    let handlers = TYPES
        .lines()
        .filter_map(|it| it.strip_prefix("  on")?.split('?').next());
    assert_eq!(set(handlers), dispatched);
}

#[test]
fn parts_and_custom_properties_are_those_of_the_guide() {
    let backquoted = |text: &'static str| text.split('`').skip(1).step_by(2);
    let element = element();
    let (_, parts) = GUIDE.split_once("## Parts").expect("the parts");
    let (table, _) = parts.split_once("```").expect("an example");
    let parts = table.lines().filter(|it| it.starts_with("| `")).flat_map(backquoted);
    assert_eq!(names(&element, "cssParts"), set(parts));
    let rows = || GUIDE.lines().filter(|it| it.starts_with("| `--chat-room-"));
    assert_eq!(
        names(&element, "cssProperties"),
        set(rows().filter_map(|it| backquoted(it).next()))
    );
    for row in rows() {
        let words: Vec<_> = backquoted(row).collect();
        let cells: Vec<_> = row.split(" | ").collect();
        let told = list(&element, "cssProperties").iter().find(|it| it["name"] == words[0]);
        let default = cells[2].starts_with('`').then(|| words[1]);
        assert_eq!(told.and_then(|it| it["default"].as_str()), default, "{}", words[0]);
    }
}

#[test]
fn the_names_of_the_words_are_all_in_their_type_and_no_others() {
    let camel = |snake: &str| {
        let mut words = snake.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| name + &word[..1].to_ascii_uppercase() + &word[1..])
    };
    let names = TEXTS.lines().filter_map(|it| {
        let (name, _) = it.strip_prefix("    ")?.split_once(": \"")?;
        name.chars()
            .all(|it| it.is_ascii_lowercase() || it == '_')
            .then(|| camel(name))
    });
    let (_, told) = TYPES.split_once("export type ChatRoomTextName =").expect("the type");
    let (told, _) = told.split_once(';').expect("its end");
    let names: BTreeSet<String> = names.collect();
    assert!(names.len() > 100);
    assert_eq!(set(quoted(told)), names);
}

#[test]
fn a_message_has_the_fields_that_are_made() {
    let (_, made) = MESSAGES.split_once("list.push({").expect("an object");
    let (made, _) = made.split_once("})").expect("its end");
    let made = made
        .lines()
        .filter_map(|it| it.trim().split([':', ',']).next())
        .filter(|it| !it.is_empty());
    let (_, told) = TYPES.split_once("interface ChatMessage {").expect("the type");
    let (told, _) = told.split_once("\n}\n").expect("its end");
    let told = told
        .lines()
        .filter(|it| it.ends_with(';'))
        .filter_map(|it| it.trim().split(':').next());
    assert_eq!(set(told), set(made));
}
