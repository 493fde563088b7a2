//! The conversation by the keyboard: one stop of the Tab key, and arrows from there.

use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::events::on;
use super::{Shared, actions};
use crate::room::ItemId;

pub(super) fn listen(shared: &Rc<Shared>) -> EventListener {
    on(shared, &shared.view.parts.log, "keydown", keydown)
}

fn keydown(shared: &Rc<Shared>, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    let Some(target) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else {
        return;
    };
    if event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
        return;
    }
    let rows = &shared.view.rows;
    let here = rows.item_of(&target).or_else(|| rows.active());
    let is_inside = rows.item_of(&target).is_some() && !target.class_list().contains("row");
    let is_field = target.is_instance_of::<HtmlInputElement>();
    let done = match event.key().as_str() {
        "Escape" if is_inside => here.is_some_and(|item| leave_bar(shared, item)),
        "Escape" => shared.view.parts.text.focus().is_ok(),
        "Enter" if is_field => {
            actions::put_own_emoji(shared);
            true
        }
        _ if is_field => false,
        "ArrowLeft" | "ArrowRight" if is_inside => here.is_some_and(|item| {
            let step = if event.key() == "ArrowLeft" { -1 } else { 1 };
            step_inside(shared, item, &target, step)
        }),
        "ArrowRight" | "Enter" if !is_inside => here.is_some_and(|item| {
            actions::enter_bar(shared, item);
            true
        }),
        "ArrowUp" => go(shared, here, -1),
        "ArrowDown" => go(shared, here, 1),
        "PageUp" => go(shared, here, -page(shared)),
        "PageDown" => go(shared, here, page(shared)),
        "Home" => go(shared, here, isize::MIN),
        "End" => go(shared, here, isize::MAX),
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

/// As many rows as are in sight, but one.
fn page(shared: &Rc<Shared>) -> isize {
    let rows = shared.view.rows.in_sight(&shared.view.parts.log);
    isize::try_from(rows.saturating_sub(1).max(1)).unwrap_or(1)
}

/// To the row so many below this one, or above it.
fn go(shared: &Rc<Shared>, from: Option<ItemId>, by: isize) -> bool {
    let (rows, log) = (&shared.view.rows, &shared.view.parts.log);
    let place = shared.driver.read(|room| {
        let timeline = room.timeline();
        let last = timeline.len().checked_sub(1)?;
        let now = from.and_then(|it| timeline.position(it)).unwrap_or(last);
        let next = now.saturating_add_signed(by).min(last);
        Some((timeline.at(next)?.id(), next, next == last))
    });
    let Some((item, position, is_last)) = place else {
        return false;
    };
    if is_last {
        rows.to_end(log);
        shared.paint();
    } else if rows.element_of(item).is_none() {
        let height = f64::from(log.client_height());
        rows.show_item(item, if by < 0 { 8.0 } else { height * 0.75 });
        shared.paint();
    }
    if let Some(row) = rows.element_of(item) {
        rows.set_active(item);
        // A row can take it, and is scrolled into sight.
        drop(row.focus());
    }
    if position == 0 {
        rows.stay(log);
        shared.load_older();
    }
    true
}

/// To the next thing in the row that can be pressed; before the first one to the row itself.
fn step_inside(shared: &Rc<Shared>, item: ItemId, from: &Element, by: isize) -> bool {
    let Some(row) = shared.view.rows.element_of(item) else {
        return false;
    };
    let Ok(all) = row.query_selector_all("a, button, input") else {
        return false;
    };
    let all: Vec<HtmlElement> = (0..all.length())
        .filter_map(|it| all.get(it)?.dyn_into().ok())
        .collect();
    let Some(now) = all.iter().position(|it| **it == *from) else {
        return false;
    };
    let next = now.checked_add_signed(by).map_or(Some(&row), |it| all.get(it));
    // Beyond the last one there is nothing.
    next.is_none_or(|it| it.focus().is_ok())
}

/// From what can be done with a message back to it.
fn leave_bar(shared: &Rc<Shared>, item: ItemId) -> bool {
    actions::done(shared, item);
    shared.view.rows.element_of(item).is_some_and(|row| {
        actions::focus_row(&row);
        true
    })
}
