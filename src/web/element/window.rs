//! Which part of the timeline has rows in the document. Above and below it there are spacers, whose heights are
//! estimated: nobody sees what is in them, and no row has to be measured that is not there.

use std::ops::Range;

/// The most rows that are in the document.
pub(super) const MAX_ROWS: usize = 200;

/// So many rows above and below those in sight are there at least, if there are so many.
const MARGIN: usize = 20;

/// The most rows that count as being in sight.
const MAX_IN_SIGHT: usize = MAX_ROWS - 3 * MARGIN;

/// The highest spacer, in CSS pixels. Browsers draw nothing higher than some ten millions.
const MAX_SPACER: f64 = 8_000_000.0;

/// How high a row is taken to be until some were measured, in CSS pixels.
pub(super) const FIRST_HEIGHT: f64 = 40.0;

/// So many rows more than are needed come with each paint, until all are there that may be: a jump makes no long task.
const GROWTH: usize = 30;

/// The rows for `count` items of which the one at `anchor` is the first in sight, and `in_sight` all. Those of `now` stay
/// for as long as there are enough around.
pub(super) fn range(anchor: usize, in_sight: usize, now: Range<usize>, count: usize) -> Range<usize> {
    let in_sight = in_sight.min(MAX_IN_SIGHT);
    let until = |start: usize| count.min(start + MAX_ROWS);
    let needed = anchor.saturating_sub(MARGIN)..count.min(anchor + in_sight + MARGIN);
    let end = until(now.start);
    let is_enough = now.start <= needed.start && needed.end <= end;
    let is_full = end - now.start.min(end) == count.min(MAX_ROWS) && end <= now.end + GROWTH;
    if is_full && is_enough && now.contains(&anchor) {
        return now.start..end;
    }
    let start = anchor.saturating_sub((MAX_ROWS - in_sight) / 2);
    let start = start.min(count.saturating_sub(MAX_ROWS));
    approach(start..until(start), &needed, &now)
}

/// So many new items a paint are a flood: while it lasts there are no rows but those that are needed.
const FLOOD: usize = 20;

/// The rows for `count` items whose end is in sight.
pub(super) fn range_at_end(in_sight: usize, now: &Range<usize>, count: usize) -> Range<usize> {
    let first_in_sight = count.saturating_sub(in_sight.min(MAX_IN_SIGHT));
    let needed = first_in_sight.saturating_sub(MARGIN)..count;
    if !now.is_empty() && now.end + FLOOD <= count {
        return needed;
    }
    approach(count.saturating_sub(MAX_ROWS)..count, &needed, now)
}

/// From the rows of `now` towards those of `aim`, of which the `needed` ones come at once.
fn approach(aim: Range<usize>, needed: &Range<usize>, now: &Range<usize>) -> Range<usize> {
    let kept = now.start.max(aim.start)..now.end.min(aim.end);
    let is_near = kept.start < kept.end && kept.start <= needed.end && needed.start <= kept.end;
    if !is_near {
        return needed.clone();
    }
    let base = kept.start.min(needed.start)..kept.end.max(needed.end);
    let below = (aim.end - base.end).min(GROWTH / 2);
    let above = (base.start - aim.start).min(GROWTH - below);
    base.start - above..base.end + below
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
