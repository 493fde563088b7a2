//! What was found, as people read it.

use crate::{
    machine::Machine,
    part::Part,
    report::{Cell, Goal, Section, Table, Wants},
};

/// A machine and its versions.
pub(crate) fn machine(machine: &Machine) -> String {
    let versions = machine.versions.iter();
    let versions: Vec<String> = versions
        .map(|(name, version)| format!("{name} {}", bare(name, version)))
        .collect();
    format!(
        "{}, {} cores, {} GiB, {}\n{}",
        machine.processor,
        machine.cores,
        machine.memory,
        machine.system,
        versions.join(", ")
    )
}

/// Programs tell their own name with their version.
fn bare<'a>(name: &str, version: &'a str) -> &'a str {
    let after = version
        .to_lowercase()
        .find(&name.to_lowercase())
        .map(|at| at + name.len());
    let rest = after.and_then(|at| version.get(at..)).unwrap_or(version);
    rest.trim_start_matches([' ', ':'])
}

/// All of a part, without a title.
pub(crate) fn section(part: &Part, section: &Section) -> String {
    let mut blocks: Vec<String> = section.tables.iter().map(table).collect();
    if !section.goals.is_empty() {
        blocks.push(goals(&section.goals));
    }
    let graphs = section.graphs.iter();
    blocks.extend(graphs.map(|it| format!("![{}]({}.svg)", it.title, it.name)));
    let notes: Vec<String> = section.notes.iter().map(|note| format!("- {note}")).collect();
    blocks.extend((!notes.is_empty()).then(|| notes.join("\n")));
    blocks.push(format!("`cargo xtask bench {}`", part.name));
    blocks.join("\n\n")
}

fn table(table: &Table) -> String {
    let rows = table.rows.iter().map(|row| {
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        format!("| {} | {} |", row.name, cells.join(" | "))
    });
    format!(
        "{}\n\n| | {} |\n|---{}|\n{}",
        table.caption,
        table.columns.join(" | "),
        "|---".repeat(table.columns.len()),
        rows.collect::<Vec<_>>().join("\n")
    )
}

fn goals(goals: &[Goal]) -> String {
    let lines = goals.iter().map(|goal| {
        let unit = if goal.unit.is_empty() {
            String::new()
        } else {
            format!(" {}", goal.unit)
        };
        let wants = match goal.wants {
            Wants::AtLeast(least) => format!("at least {}", figure(least)),
            Wants::AtMost(most) => format!("at most {}", figure(most)),
        };
        let holds = if goal.holds() { "yes" } else { "**no**" };
        format!(
            "| {} | {wants}{unit} | {}{unit} | {holds} |",
            goal.what,
            figure(goal.is)
        )
    });
    format!(
        "| Goal | wanted | found | holds |\n|---|---|---|---|\n{}",
        lines.collect::<Vec<_>>().join("\n")
    )
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Figure(it) => figure(*it),
        Cell::Count(it) => thousands(*it),
        Cell::Words(it) => it.clone(),
    }
}

/// Three significant digits; what is larger than that, whole.
fn figure(figure: f64) -> String {
    if !figure.is_finite() {
        return "–".to_owned();
    }
    let whole = figure.abs().log10().floor().max(0.0) as usize;
    match figure.abs() {
        0.0 => "0".to_owned(),
        it if it >= 100.0 => format!(
            "{}{}",
            if figure < 0.0 { "-" } else { "" },
            thousands(it.round() as u64)
        ),
        it if it < 0.001 => format!("{figure:.2e}"),
        it if it < 1.0 => {
            let zeros = -it.log10().floor() as usize;
            format!("{figure:.*}", zeros + 2)
        }
        _ => format!("{figure:.*}", 2 - whole),
    }
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        for (value, shown) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (12.345, "12.3"),
            (123.45, "123"),
            (1_234_567.8, "1,234,568"),
            (0.9449, "0.945"),
            (0.01234, "0.0123"),
            (0.00001234, "1.23e-5"),
            (-1234.0, "-1,234"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(figure(value), shown);
        }
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(999), "999");
    }

    #[test]
    fn a_table_is_one_of_markdown() {
        let mut it = Table::new("Messages a second", &["p50, ms", "note"]);
        it.row("native", [Cell::from(1.5), Cell::from("as it is")]);
        assert_eq!(
            table(&it),
            "Messages a second\n\n| | p50, ms | note |\n|---|---|---|\n| native | 1.50 | as it is |"
        );
    }

    #[test]
    fn a_version_does_not_repeat_the_name() {
        assert_eq!(bare("Chromium", "Chromium 156.0.1 built"), "156.0.1 built");
        assert_eq!(bare("nats-server", "nats-server: v2.15.1"), "v2.15.1");
        assert_eq!(bare("ws", "8.23.0"), "8.23.0");
    }
}
