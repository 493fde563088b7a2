//! Which rows are in the document, for whatever is in sight. Run natively and in the browsers.

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[macro_use]
#[path = "../both/mod.rs"]
mod both;

// Some of it is for the element alone.
#[allow(dead_code)]
#[path = "../../src/web/element/window.rs"]
mod window;

/// As many rows as a low log shows, or the highest screen.
const IN_SIGHT: [usize; 4] = [1, 12, 40, 119];
const NO_NEWS: u64 = 0;

/// Paints until no more rows come. What is wanted of each paint: all that is in sight, and not too much at once.
fn come_to_rest(mut now: std::ops::Range<usize>, sight: std::ops::Range<usize>, count: usize, at_end: bool) {
    let in_sight = sight.len();
    for _ in 0..20 {
        let next = if at_end {
            window::range_at_end(in_sight, &now, count, NO_NEWS)
        } else {
            window::range(sight.start, in_sight, now.clone(), count, NO_NEWS)
        };
        let seen = sight.start..sight.end.min(count);
        assert!(
            next.start <= seen.start && seen.end <= next.end,
            "{sight:?} of {count}: {now:?} to {next:?}"
        );
        assert!(next.len() <= window::most(in_sight) && next.end <= count);
        let new = next.clone().filter(|it| !now.contains(it)).count();
        assert!(
            new <= in_sight + 30,
            "{new} rows at once for {sight:?} of {count}: {now:?} to {next:?}"
        );
        if next == now {
            assert_eq!(now.len(), count.min(window::most(in_sight)));
            return;
        }
        now = next;
    }
    panic!("{sight:?} of {count}: it never comes to rest");
}

tests! {
    fn from_anywhere_to_anywhere_all_in_sight_has_rows_and_few_come_at_once() {
        for in_sight in IN_SIGHT {
            let most = window::most(in_sight);
            for count in [1, 50, 300] {
                for first in (0..count).step_by(7) {
                    for start in (0..count).step_by(11) {
                        let now = start..count.min(start + most);
                        come_to_rest(now, first..first + in_sight, count, false);
                    }
                    come_to_rest(0..0, first..first + in_sight, count, false);
                }
                for start in 0..count {
                    let sight = count.saturating_sub(in_sight)..count.saturating_sub(in_sight) + in_sight;
                    come_to_rest(start..count.min(start + most), sight, count, true);
                }
            }
        }
    }

    fn while_a_reader_stays_among_the_rows_none_comes_or_goes() {
        let now = window::range(500, 12, 460..552, 1_000, NO_NEWS);
        assert_eq!(now, 460..552);
        for first in 480..=520 {
            assert_eq!(window::range(first, 12, now.clone(), 1_000, NO_NEWS), now, "{first}");
        }
        assert_ne!(window::range(479, 12, now.clone(), 1_000, NO_NEWS), now);
        assert_ne!(window::range(521, 12, now.clone(), 1_000, NO_NEWS), now);
    }

    fn in_a_flood_there_are_no_rows_but_those_in_sight_and_a_few() {
        assert_eq!(window::range_at_end(12, &(408..500), 533, 33), 516..533);
        assert_eq!(window::range_at_end(12, &(408..500), 510, 10), 418..510);
    }

    fn a_page_of_the_history_brings_few_rows_but_those_in_sight() {
        // Fifty have come above those that have rows, and the reader is at the first of all.
        assert_eq!(window::range(0, 12, 50..142, 500, 50), 0..17);
        // Among those that have rows.
        assert_eq!(window::range(52, 12, 50..100, 500, 50), 44..102);
        assert_eq!(window::range(52, 12, 50..100, 500, 19), 31..104);
    }
}
