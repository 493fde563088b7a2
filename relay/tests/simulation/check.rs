//! What must hold, at every moment and at the end.

use std::collections::{BTreeMap, BTreeSet};

use chat_room::room::{Content, Delivery, KeptLog, MAX_ITEMS_READING, MAX_KEPT_ENTRIES, Room};
use chat_room_relay::log::Query;
use chat_room_wire::{Body, Entry, ServerFrame};

use crate::world::{Tab, World};

/// The most posts that wait in a tab before a further one is refused.
pub(crate) const OUTBOX: usize = 256;
/// The most that can be there nevertheless: what was kept comes back to what was said before it did.
const OUTBOX_AND_KEPT: usize = OUTBOX + 1_024;

pub(crate) fn bounds(world: &World) -> Result<(), String> {
    if let Some(rooms) = &world.house.rooms {
        let most = rooms.connections() * (world.house.limits.posts_on_way + 64) + 64;
        if rooms.posts_on_way() > most {
            return Err(format!("{} posts are on their way into the log", rooms.posts_on_way()));
        }
    }
    for tab in &world.tabs {
        let Some(room) = &tab.room else { continue };
        let (items, posts) = (room.timeline().iter().len(), room.waiting_posts());
        if items > MAX_ITEMS_READING || posts > OUTBOX_AND_KEPT {
            return Err(format!("a tab holds {items} items and {posts} posts"));
        }
    }
    Ok(())
}

/// What is kept of the log is a part of it without a gap, and ends with the newest that the tab has without one.
pub(crate) fn kept(world: &World, log: &KeptLog) -> Result<(), String> {
    let frames = ServerFrame::decode(&log.entries).map_err(|bad| bad.to_string())?;
    if frames.is_empty() || frames.len() > MAX_KEPT_ENTRIES {
        return Err(format!("{} entries are kept", frames.len()));
    }
    let kept: Vec<Entry> = frames
        .into_iter()
        .map(|frame| match frame {
            Ok(ServerFrame::Entry(entry)) => Ok(entry),
            other => Err(format!("{other:?} is kept of the log")),
        })
        .collect::<Result<_, _>>()?;
    let query = Query::Before {
        room: "lobby".to_owned(),
        before: kept.last().map(|last| last.seq + 1),
        limit: kept.len() as u64,
    };
    let found = world.house.store.find(&query).map_err(|error| error.to_string())?;
    if found.entries != kept || log.start && kept[0].seq != 1 {
        return Err(format!("{kept:?} is kept, the log has {:?}", found.entries));
    }
    Ok(())
}

/// Whoever knows what is its own knows it in what was kept of the log, too: nothing is shown there and as waiting.
pub(crate) fn doubles(tab: &Tab) -> Result<(), String> {
    let Some(room) = tab.room.as_ref().filter(|_| tab.knows_itself) else {
        return Ok(());
    };
    let (mut in_log, mut waits) = (BTreeSet::new(), BTreeSet::new());
    for item in room.timeline().iter() {
        if let Content::Said(said) = item.content() {
            let texts = if item.seq().is_some() { &mut in_log } else { &mut waits };
            texts.insert(said.text());
        }
    }
    match waits.intersection(&in_log).next() {
        Some(text) => Err(format!("{text:?} is in the log, and waits")),
        None => Ok(()),
    }
}

/// In order, nothing twice, and no gap without a mark.
pub(crate) fn timeline(tab: &Tab) -> Result<(), String> {
    let Some(room) = &tab.room else { return Ok(()) };
    let mut last: Option<u64> = None;
    let mut hole = false;
    let mut pending = false;
    for item in room.timeline().iter() {
        if let Some(seq) = item.seq() {
            // What changes other entries is not shown.
            let gap = last.is_some_and(|last| (last + 1..seq).any(|it| !room.timeline().holds(it)));
            if pending || last.is_some_and(|last| seq <= last) || gap != hole && last.is_some() {
                return Err(format!(
                    "entry {seq} stands after {last:?} (a hole: {hole}, a pending one: {pending})"
                ));
            }
            last = Some(seq);
            hole = false;
            continue;
        }
        match item.content() {
            Content::Hole => hole = true,
            Content::Said(said) if said.delivery != Some(Delivery::Sent) => pending = true,
            Content::Said(_) => return Err("something was sent and has no place".to_owned()),
            _ => {}
        }
    }
    Ok(())
}

pub(crate) fn at_the_end(world: &mut World) -> Result<(), String> {
    let log = whole_log(world)?;
    every_text_once(world, &log)?;
    authors_keep_their_order(world, &log)?;
    let expected = folded(&log);
    for (number, tab) in world.tabs.iter().enumerate() {
        let room = tab.room.as_ref().ok_or("a tab is closed")?;
        let shown = shown(room);
        if shown != expected {
            return Err(format!("tab {number} shows {shown:?}, the log has {expected:?}"));
        }
    }
    presence(world)?;
    let unsent = world.disk.unsent();
    if unsent.is_empty() {
        Ok(())
    } else {
        Err(format!("the disk still has {unsent:?}"))
    }
}

/// Every open tab sees every open tab, each once, and nobody else.
pub(crate) fn presence(world: &World) -> Result<(), String> {
    let open = |tab: &(usize, &Tab)| tab.1.room.is_some();
    let expected: Vec<String> = world
        .tabs
        .iter()
        .enumerate()
        .filter(open)
        .map(|(tab, _)| format!("tab {tab}"))
        .collect();
    for (number, tab) in world.tabs.iter().enumerate() {
        let Some(room) = &tab.room else { continue };
        let mut present: Vec<&str> = room.members().iter().map(|(_, name)| name).collect();
        present.sort_unstable();
        let count = room.members().count();
        if present != expected || count != expected.len() as u64 {
            return Err(format!(
                "tab {number} sees {present:?}, {count} in all, and not {expected:?}"
            ));
        }
    }
    Ok(())
}

fn whole_log(world: &World) -> Result<Vec<Entry>, String> {
    let query = Query::Before {
        room: "lobby".to_owned(),
        before: None,
        limit: 100_000,
    };
    let found = world.house.store.find(&query).map_err(|error| error.to_string())?;
    for (index, entry) in found.entries.iter().enumerate() {
        if entry.seq != index as u64 + 1 || entry.prev != index as u64 {
            return Err(format!("the log has {} after {} at {index}", entry.seq, entry.prev));
        }
    }
    Ok(found.entries)
}

fn every_text_once(world: &World, log: &[Entry]) -> Result<(), String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in log {
        if let Body::Text { text, .. } = &entry.body {
            *times.entry(text).or_default() += 1;
        }
    }
    for said in &world.said {
        match (times.remove(said.text.as_str()), said.promised) {
            (Some(1), _) | (None, false) => {}
            (None, true) => return Err(format!("{:?} is lost", said.text)),
            (Some(times), _) => return Err(format!("{:?} is in the log {times} times", said.text)),
        }
    }
    match times.pop_first() {
        Some((text, _)) => Err(format!("nobody has said {text:?}")),
        None => Ok(()),
    }
}

/// What one page said stands in the log in the order in which it was said.
fn authors_keep_their_order(world: &World, log: &[Entry]) -> Result<(), String> {
    let place = |text: &str| {
        log.iter()
            .position(|entry| matches!(&entry.body, Body::Text { text: it, .. } if it == text))
    };
    let mut last: BTreeMap<u64, (usize, &str)> = BTreeMap::new();
    for said in world.said.iter().filter(|said| !said.out_of_order) {
        let Some(place) = place(&said.text) else { continue };
        if let Some((before, text)) = last.insert(said.page, (place, &said.text))
            && place < before
        {
            return Err(format!(
                "{:?} stands before {text:?}, which was said before it",
                said.text
            ));
        }
    }
    Ok(())
}

/// What is to be seen of an entry: its place, author and text, whether it was edited or retracted, its reactions.
type Seen = (u64, String, String, bool, BTreeMap<String, BTreeSet<String>>);

/// What everybody should see, worked out anew from the log.
fn folded(log: &[Entry]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut gone = BTreeSet::new();
    for entry in log {
        let target = entry.body.of().and_then(|of| seen.iter_mut().find(|it| it.0 == of));
        match (&entry.body, target) {
            (Body::Text { text, .. }, _) => {
                seen.push((entry.seq, entry.client.clone(), text.clone(), false, BTreeMap::new()));
            }
            (Body::Edit { text, .. }, Some(target)) if target.1 == entry.client && !gone.contains(&target.0) => {
                target.2 = text.clone();
                target.3 = true;
            }
            (Body::Retract { of }, Some(target)) if target.1 == entry.client => {
                gone.insert(*of);
                target.2 = String::new();
                target.3 = false;
            }
            (Body::Reaction { emoji, on, .. }, Some(target)) => {
                let clients = target.4.entry(emoji.clone()).or_default();
                if *on {
                    clients.insert(entry.client.clone());
                } else {
                    clients.remove(&entry.client);
                }
                target.4.retain(|_, clients| !clients.is_empty());
            }
            _ => {}
        }
    }
    seen
}

fn shown(room: &Room) -> Vec<Seen> {
    let shown = room.timeline().iter().filter_map(|item| match item.content() {
        Content::Said(said) => {
            let reactions = said.reactions.iter();
            let reactions = reactions.map(|it| (it.emoji.clone(), it.clients.iter().cloned().collect()));
            let place = item.seq().unwrap_or(u64::MAX);
            Some((
                place,
                said.client.clone(),
                said.text().to_owned(),
                said.is_edited(),
                reactions.collect(),
            ))
        }
        Content::Hole => Some((u64::MAX, "a hole".to_owned(), String::new(), false, BTreeMap::new())),
        _ => None,
    });
    shown.collect()
}

pub(crate) fn describe(world: &mut World) -> String {
    let tabs = world.tabs.iter().map(|tab| match &tab.room {
        None => "closed".to_owned(),
        Some(room) => format!(
            "{:?}, joined {}, {} posts, wakes at {:?}",
            room.state(),
            room.is_joined(),
            room.waiting_posts(),
            room.poll_timeout().map(|at| at.as_millis() as i64 - world.now as i64)
        ),
    });
    let tabs: Vec<String> = tabs.collect();
    format!(
        "{tabs:#?}, orphans {}, the relay {:?}",
        world.disk.has_orphans(world.now),
        world.house.next().map(|at| at as i64 - world.now as i64)
    )
}
