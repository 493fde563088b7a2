//! Which rows can stay where they are, so that as few as possible move.

/// Of each of the `old`, whether it stays in place where the `new` ones are to be: a longest choice of those that are in
/// both, in the same order. Nothing is twice in either.
pub(super) fn staying<T: PartialEq>(old: &[T], new: &[T]) -> Vec<bool> {
    let same_start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[same_start..], &new[same_start..]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let same_end = pairs.take_while(|(old, new)| old == new).count();
    let (old_middle, new_middle) = (
        &old_rest[..old_rest.len() - same_end],
        &new_rest[..new_rest.len() - same_end],
    );

    let mut stays = vec![true; old.len()];
    stays[same_start..same_start + old_middle.len()].fill(false);
    if !old_middle.is_empty() && !new_middle.is_empty() {
        // Looked for from where the last one was found, since most are in the same order in both.
        let mut from = 0;
        let place = |it: &T| {
            let found = new_middle[from..]
                .iter()
                .position(|new| new == it)
                .map(|place| from + place);
            let found = found.or_else(|| new_middle[..from].iter().position(|new| new == it));
            from = found.map_or(from, |place| place + 1);
            found
        };
        let wanted: Vec<Option<usize>> = old_middle.iter().map(place).collect();
        for index in longest_rising(&wanted) {
            stays[same_start + index] = true;
        }
    }
    stays
}

/// The indices of a longest rising sequence in `numbers`, in falling order.
fn longest_rising(numbers: &[Option<usize>]) -> Vec<usize> {
    // Of the sequences of each length, the index of the smallest end; and of each index the one before it in its sequence.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (index, number) in numbers.iter().enumerate().filter(|(_, number)| number.is_some()) {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    std::iter::successors(ends.last().copied(), |index| before[*index]).collect()
}
