//! Who comes and goes, in one line for as long as nothing else happens.

use chat_room::room::{Content, MAX_PEOPLE_NAMED};
use chat_room_wire::{Joined, Member, ServerFrame};

use crate::support::{BO, Bench, ME, entry, joined, page, presence, text};

/// What is told of the people, an item each.
fn told(bench: &Bench) -> Vec<String> {
    let shown = bench.shown();
    let items = bench.room.timeline().iter().zip(shown);
    items
        .filter(|(item, _)| matches!(item.content(), Content::People(_)))
        .map(|(_, words)| words)
        .collect()
}

/// In a room where Bo and Di are.
fn among_others() -> Bench {
    let mut bench = Bench::new();
    bench.enter();
    let member = |client: &str, name: &str| Member {
        client: client.into(),
        name: name.into(),
    };
    let members = vec![member(ME, "Me"), member(BO, "Bo"), member("di", "Di")];
    let told = Joined {
        members,
        count: 3,
        ..joined(0)
    };
    bench.hear(&[ServerFrame::Joined(Box::new(told)), page(vec![])]);
    bench
}

tests! {
    fn what_follows_each_other_is_one_line_and_what_cancels_out_is_none() {
        type People<'a> = &'a [(&'a str, &'a str)];
        type Step<'a> = (People<'a>, &'a [&'a str], People<'a>);
        let table: &[(&[Step], &[&str])] = &[
            (&[(&[("cy", "Cy")], &[], &[])], &["+Cy"]),
            (&[(&[("cy", "Cy")], &[], &[]), (&[("ed", "Ed")], &[BO], &[])], &["+Cy +Ed -Bo"]),
            (&[(&[("cy", "Cy")], &[], &[]), (&[], &["cy"], &[])], &[]),
            (&[(&[], &[BO], &[]), (&[(BO, "Bo")], &[], &[])], &[]),
            (&[(&[], &[BO], &[]), (&[(BO, "Bob")], &[], &[])], &["Bo>Bob"]),
            (&[(&[], &[], &[(BO, "Bob")]), (&[], &[], &[(BO, "Rob")])], &["Bo>Rob"]),
            (&[(&[], &[], &[(BO, "Bob")]), (&[], &[], &[(BO, "Bo")])], &[]),
            (&[(&[], &[], &[(BO, "Bob")]), (&[], &[BO], &[])], &["-Bo"]),
            (&[(&[("cy", "Cy")], &[], &[]), (&[], &[], &[("cy", "Cyd")])], &["+Cyd"]),
            // Oneself, somebody who is here already, and somebody whose name nobody knows.
            (&[(&[(ME, "Me")], &[ME], &[(ME, "I")])], &[]),
            (&[(&[(BO, "Bo")], &[], &[])], &[]),
            (&[(&[], &["nobody"], &[("nobody", "x")])], &["-1 more"]),
        ];
        for (steps, lines) in table {
            let mut bench = among_others();
            for (joined, left, renamed) in *steps {
                bench.hear(&[presence(joined, left, renamed, 3)]);
            }
            assert_eq!(told(&bench), *lines, "{steps:?}");
        }
    }

    fn what_is_said_between_them_ends_the_line() {
        let mut bench = among_others();
        bench.hear(&[presence(&[("cy", "Cy")], &[], &[], 4)]);
        bench.say("waits");
        bench.hear(&[presence(&[], &["di"], &[], 3)]);
        assert_eq!(told(&bench), ["+Cy -Di"], "what waits is not in the log yet");
        bench.hear_entry(entry(1, BO, 1, text("hello")));
        bench.hear(&[presence(&[], &["cy"], &[], 2)]);
        assert_eq!(bench.shown(), ["connected", "+Cy -Di", "BO hello", "-Cy", "… waits"]);
    }

    fn a_crowd_is_one_item_with_some_names() {
        let mut bench = among_others();
        let names: Vec<String> = (0..=MAX_PEOPLE_NAMED).map(|it| format!("n{it}")).collect();
        let all: Vec<(&str, &str)> = names.iter().map(|it| (it.as_str(), it.as_str())).collect();
        bench.hear(&[presence(&all[1..], &[], &[], 35)]);
        assert!(!told(&bench)[0].contains("more"), "exactly so many");
        bench.hear(&[presence(&all[..1], &[], &[], 36)]);
        assert!(told(&bench)[0].ends_with("+n32 +1 more"), "{:?}", told(&bench));
        assert_eq!(told(&bench).len(), 1);
        let item = bench.room.timeline().iter().last().expect("an item");
        assert!(item.revision() > 0 && !item.is_news());
    }
}
