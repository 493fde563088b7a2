//! Which part of the timeline has rows in the document. Above and below it there are spacers, whose heights are
//! estimated: nobody sees what is in them, and no row has to be measured that is not there.

use std::ops::Range;

/// So many rows above and below those in sight are there at most. Each costs with every paint.
const AROUND: usize = 40;

/// And so many at least, once they had the time to come: until a reader has scrolled from the one to the other, no row
/// comes or goes.
const MARGIN: usize = 20;

/// So many come together with those in sight, after a jump and while much arrives.
const NEAR: usize = 5;

/// The most rows that count as being in sight.
const MAX_IN_SIGHT: usize = 120;

/// The most rows that are in the document.
pub(super) const MAX_ROWS: usize = MAX_IN_SIGHT + 2 * AROUND;

/// The highest spacer, in CSS pixels. Browsers draw nothing higher than some ten millions.
const MAX_SPACER: f64 = 8_000_000.0;

/// How high a row is taken to be until some were measured, in CSS pixels.
pub(super) const FIRST_HEIGHT: f64 = 40.0;

/// So many rows more than those come with each paint, until all are there that may be: neither a jump nor a page of the
/// history makes a long task.
const GROWTH: usize = 20;

/// The most rows that are in the document while so many are in sight.
pub(super) fn most(in_sight: usize) -> usize {
    in_sight.min(MAX_IN_SIGHT) + 2 * AROUND
}

/// So many new items a paint are a flood, as a page of the history is: it brings few rows but those that are needed.
const FLOOD: u64 = 20;

/// The rows for `count` items of which the one at `first` is the first in sight, `in_sight` all, and so many are new.
/// Those of `now` stay for as long as there are enough around.
pub(super) fn range(first: usize, in_sight: usize, now: Range<usize>, count: usize, new: u64) -> Range<usize> {
    let in_sight = in_sight.min(MAX_IN_SIGHT);
    let most = most(in_sight);
    let until = |start: usize| count.min(start + most);
    let around = |margin: usize| {
        let end = count.min(first + in_sight + margin);
        // At the end of all, what is in sight begins further above.
        first.min(end.saturating_sub(in_sight)).saturating_sub(margin)..end
    };
    let wanted = around(MARGIN);
    let end = until(now.start);
    let is_enough = now.start <= wanted.start && wanted.end <= end;
    let is_full = end - now.start.min(end) == count.min(most) && end <= now.end + GROWTH;
    if is_full && is_enough && now.contains(&first) {
        return now.start..end;
    }
    let start = first.saturating_sub(AROUND).min(count.saturating_sub(most));
    let growth = if new < FLOOD { GROWTH } else { NEAR };
    approach(&(start..until(start)), around(NEAR), &now, growth)
}

/// The rows for `count` items whose end is in sight, and of which so many are new. In a flood all others leave, each of
/// which would be moved.
pub(super) fn range_at_end(in_sight: usize, now: &Range<usize>, count: usize, new: u64) -> Range<usize> {
    let needed = count.saturating_sub(in_sight.min(MAX_IN_SIGHT) + NEAR)..count;
    if new >= FLOOD {
        return needed;
    }
    approach(&(count.saturating_sub(most(in_sight))..count), needed, now, GROWTH)
}

/// From the rows of `now` towards those of `aim`: the `needed` ones come at once, and `growth` others. As many go as are
/// too many.
fn approach(aim: &Range<usize>, needed: Range<usize>, now: &Range<usize>, growth: usize) -> Range<usize> {
    let is_near = !now.is_empty() && now.start <= needed.end && needed.start <= now.end;
    if !is_near {
        return needed;
    }
    let (start, end) = (now.start.min(needed.start), now.end.max(needed.end));
    let below = aim.end.saturating_sub(end).min(growth / 2);
    let above = start.saturating_sub(aim.start).min(growth - below);
    let (start, end) = (start - above, end + below);
    let too_many = (end - start).saturating_sub(aim.len());
    let from_below = end.saturating_sub(aim.end).min(too_many);
    start + (too_many - from_below)..end - from_below
}

/// The height of a spacer for so many rows.
pub(super) fn estimate(rows: usize, height: f64) -> f64 {
    (rows as f64 * height).min(MAX_SPACER)
}

/// The height of the spacer above, which may be off: if it is `kept`, nothing that is in sight moves and the log has not
/// to be scrolled, which could stop a scroll that is under way.
pub(super) fn spacer_above(rows: usize, height: f64, kept: f64) -> f64 {
    let estimate = estimate(rows, height);
    if rows > 0 && kept >= estimate / 2.0 && kept <= estimate * 2.0 {
        kept
    } else {
        estimate
    }
}

/// Which of the rows that a spacer stands for is so far, from 0 to 1, down in it.
pub(super) fn row_in_spacer(rows: usize, part: f64) -> usize {
    // Saturates, and what is no number is 0.
    ((rows as f64 * part) as usize).min(rows.saturating_sub(1))
}
