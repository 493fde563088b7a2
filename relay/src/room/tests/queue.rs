//! Packets, queues and batches, at the edges of their bounds.

use super::super::publish::{self, Batch};
use super::super::queue::{Overflow, Packer, Packet, Queue};
use super::*;
use crate::limits::{JOINED_BYTES, JOINED_FRAMES};
use chat_room_wire::ServerFrame;

fn packer(frames: &[&str]) -> Packer {
    let mut packer = Packer::default();
    for frame in frames {
        packer.add(|out| out.push_str(frame));
    }
    packer
}

fn messages(queue: &mut Queue, joins: bool) -> Vec<String> {
    queue.take(joins).map(|message| message.to_string()).collect()
}

fn packed(frames: &[&str]) -> Vec<String> {
    let mut queue = Queue::default();
    let mut all = Vec::new();
    for packed in packer(frames).finish() {
        queue.push_answer(packed.packet);
        all.extend(messages(&mut queue, true));
    }
    all
}

#[test]
fn one_frame_is_no_array_and_more_are() {
    assert_eq!(packed(&[]), [""; 0]);
    assert_eq!(packed(&["{1}"]), ["{1}"]);
    assert_eq!(packed(&["{1}", "{2}"]), ["[{1},{2}]"]);
    assert_eq!(packed(&["{1}", "{2}", "{3}"]), ["[{1},{2},{3}]"]);
}

#[test]
fn arrays_end_at_their_bounds() {
    let frames = vec!["{}"; JOINED_FRAMES];
    let [full] = &packed(&frames)[..] else {
        panic!("one array")
    };
    assert_eq!(full.matches("{}").count(), JOINED_FRAMES);
    let more = vec!["{}"; JOINED_FRAMES + 1];
    assert_eq!(packed(&more)[1..], ["{}"]);

    let half = format!("{{{}}}", "x".repeat((JOINED_BYTES - 3) / 2 - 2));
    let rest = format!("{{{}}}", "x".repeat(JOINED_BYTES - 3 - half.len() - 2));
    let [full] = &packed(&[&half, &rest])[..] else {
        panic!("one array")
    };
    assert_eq!(full.len(), JOINED_BYTES);
    let longer = format!("{rest} ");
    assert_eq!(packed(&[&half, &longer]), [half.clone(), longer.clone()]);
    assert_eq!(packed(&[&half, &longer, "{}"])[1], format!("[{longer},{{}}]"));
    // A frame longer than an array may be is alone.
    let long = "x".repeat(JOINED_BYTES * 2);
    assert_eq!(packed(&["{}", &long, "{}"]), ["{}", &long, "{}"]);
}

#[test]
fn what_waits_together_is_sent_together() {
    let mut queue = Queue::default();
    for frames in [&["{1}"][..], &["{2}", "{3}"], &["{4}"]] {
        for packed in packer(frames).finish() {
            queue.push_answer(packed.packet);
        }
    }
    assert_eq!(messages(&mut queue, true), ["[{1},{2},{3},{4}]"]);
    assert_eq!(messages(&mut queue, true), [""; 0]);

    for line in ["a", "b"] {
        queue.push_answer(Packet::plain(line.to_owned()));
    }
    assert_eq!(messages(&mut queue, false), ["a", "b"]);
}

#[test]
fn a_backlog_keeps_to_the_bounds_of_an_array() {
    let frame = format!("{{{}}}", "x".repeat(1_000));
    let mut queue = Queue::default();
    let mut push = |count: usize, frame: &str| {
        for _ in 0..count {
            queue.push_answer(packer(&[frame]).finish().remove(0).packet);
        }
        messages(&mut queue, true)
    };
    let all = push(200, &frame);
    assert!(
        all.iter().all(|message| message.len() <= JOINED_BYTES),
        "{}",
        all[0].len()
    );
    assert_eq!(all.concat().matches(&frame).count(), 200);
    assert_eq!(all.len(), 200_usize.div_ceil((JOINED_BYTES - 1) / (frame.len() + 1)));
    let all = push(JOINED_FRAMES + 1, "{}");
    assert_eq!(all[1..], ["{}"]);
}

#[test]
fn a_queue_holds_so_much_and_no_more() {
    let limits = Limits {
        queue_packets: 3,
        queue_bytes: 10,
        ..Limits::default()
    };
    let plain = |text: &str| Packet::plain(text.to_owned());
    let mut queue = Queue::default();
    assert_eq!(queue.push(&plain("a"), &limits), Ok(true));
    assert_eq!(queue.push(&plain("b"), &limits), Ok(false));
    assert!(queue.is_long(&limits));
    assert_eq!(queue.push(&plain("c"), &limits), Ok(false));
    assert_eq!(queue.push(&plain("d"), &limits), Err(Overflow));
    assert_eq!(messages(&mut queue, false), ["a", "b", "c"]);
    assert!(!queue.is_long(&limits));
    assert_eq!(queue.push(&plain("0123456789"), &limits), Ok(true));
    assert_eq!(queue.push(&plain("x"), &limits), Err(Overflow));
    assert_eq!(queue.take(false).count(), 1);
    assert_eq!(queue.push(&plain("0123456789x"), &limits), Err(Overflow));
}

#[test]
fn the_part_of_a_batch_after_a_place() {
    let entries = [
        entry(4, "a", 1, "one"),
        entry(5, "a", 2, "two"),
        entry(6, "b", 1, "three"),
    ];
    let frames: Vec<String> = entries
        .iter()
        .map(|it| ServerFrame::Entry(it.clone()).to_json())
        .collect();
    let [batch] = &Batch::all(&entries)[..] else {
        panic!("one batch")
    };
    let after = |seq| {
        let mut queue = Queue::default();
        queue.push_answer(batch.after(seq)?);
        queue.take(true).next().map(|message| message.to_string())
    };
    assert_eq!(after(0), Some(format!("[{}]", frames.join(","))));
    assert_eq!(after(3), after(0));
    assert_eq!(after(4), Some(format!("[{},{}]", frames[1], frames[2])));
    assert_eq!(after(5), Some(frames[2].clone()));
    assert_eq!(after(6), None);
}

#[test]
fn a_batch_too_long_is_several() {
    let entries: Vec<Entry> = (1..=600).map(|seq| entry(seq, "a", seq, "x")).collect();
    let batches = Batch::all(&entries);
    let counts: Vec<usize> = batches
        .iter()
        .filter_map(|batch| batch.after(0))
        .map(|it| it.frames())
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), 600);
    assert!(counts.iter().all(|count| *count <= JOINED_FRAMES), "{counts:?}");
    assert!(batches[0].after(300).is_none() && batches[2].after(599).is_some());
}

#[test]
fn a_page_too_long_begins_later() {
    let entries: Vec<Entry> = (1..=3).map(|seq| entry(seq, "a", seq, "x")).collect();
    let length = ServerFrame::Entry(entries[0].clone()).to_json().len();
    let page = |bytes: usize| {
        let limits = Limits {
            history_bytes: bytes,
            ..Limits::default()
        };
        let ServerFrame::History(page) = publish::history(Some(4), entries.clone(), true, &limits) else {
            panic!("a page of history");
        };
        (page.entries.iter().map(|it| it.seq).collect::<Vec<_>>(), page.start)
    };
    assert_eq!(page(3 * length), (vec![1, 2, 3], true));
    assert_eq!(page(3 * length - 1), (vec![2, 3], false));
    assert_eq!(page(0), (vec![3], false));
}

#[test]
fn receivers_share_the_bytes_of_a_packet() {
    let batch = Batch::all(&[entry(1, "a", 1, "one"), entry(2, "a", 2, "two")]).remove(0);
    let mut queues = [Queue::default(), Queue::default()];
    let pointers = queues.each_mut().map(|queue| {
        queue.push_answer(batch.after(0).expect("all of it"));
        queue.take(true).next().expect("a message").as_str().as_ptr()
    });
    assert_eq!(pointers[0], pointers[1]);
}
