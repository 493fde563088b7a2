//! Both ends of `chat-room.v1` in one process, with a clock, a network and a disk that misbehave as the seed has it.
//!
//! `cargo test -p chat-room-relay --test simulation` plays a thousand seeds. `CHAT_ROOM_SEEDS=5000..90000` plays others,
//! `CHAT_ROOM_SEED=7` one, with everything that is said. A seed that fails is cut down to the acts that matter.

mod chance;
mod check;
mod disk;
mod house;
mod net;
mod plan;
mod storm;
mod world;

use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plan::Plan;

/// What is played where nothing else is asked for.
const SEEDS: Range<u64> = 0..1_000;

/// A panic is a failure like any other.
fn play(seed: u64, plan: &Plan, trace: bool) -> (Result<(), String>, Vec<String>) {
    let played = catch_unwind(AssertUnwindSafe(|| world::play(seed, plan, trace.then(Vec::new))));
    played.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
        (Err(format!("panicked: {}", words.unwrap_or_default())), Vec::new())
    })
}

/// Leaves out acts for as long as it still fails.
fn shrink(seed: u64, plan: Plan) -> Plan {
    let mut plan = plan;
    let mut size = plan.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < plan.len() {
            let mut shorter = plan.clone();
            let to = (from + size).min(shorter.len());
            // The time passes all the same.
            let pause: u64 = shorter.drain(from..to).map(|(pause, _)| pause).sum();
            if let Some((next, _)) = shorter.get_mut(from) {
                *next += pause;
            }
            if play(seed, &shorter, false).0.is_err() {
                plan = shorter;
            } else {
                from += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    plan
}

fn seeds() -> Range<u64> {
    let number = |text: &str| text.trim().parse::<u64>().expect("a seed is a number");
    if let Ok(seed) = env::var("CHAT_ROOM_SEED") {
        let seed = number(&seed);
        return seed..seed + 1;
    }
    match env::var("CHAT_ROOM_SEEDS") {
        Ok(range) => {
            let (from, to) = range
                .split_once("..")
                .expect("CHAT_ROOM_SEEDS is a range such as 0..1000");
            number(from)..number(to)
        }
        Err(_) => SEEDS,
    }
}

#[test]
fn nothing_is_lost_doubled_or_reordered() {
    let trace = env::var_os("CHAT_ROOM_SEED").is_some();
    for seed in seeds() {
        let plan = plan::draw(seed);
        let (result, said) = play(seed, &plan, trace);
        for line in said {
            println!("{line}");
        }
        let Err(why) = result else { continue };
        let short = shrink(seed, plan);
        let (again, said) = play(seed, &short, true);
        println!("seed {seed}: {why}\ncut down to {} acts: {again:?}", short.len());
        for (pause, act) in &short {
            println!("  +{pause:>6} ms  {act:?}");
        }
        println!("what was said:");
        for line in said {
            println!("{line}");
        }
        panic!("seed {seed} fails ({why}); play it with CHAT_ROOM_SEED={seed}");
    }
}

#[test]
fn a_seed_is_the_same_every_time() {
    for seed in 0..5 {
        let plan = plan::draw(seed);
        let said = |seed| play(seed, &plan::draw(seed), true).1;
        assert_eq!(plan, plan::draw(seed));
        assert_eq!(said(seed), said(seed), "seed {seed}");
    }
}
