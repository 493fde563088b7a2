//! What a part has found: tables, whether its goals hold, and graphs.

use serde::{Deserialize, Serialize};

/// All that a part tells.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Section {
    pub(crate) tables: Vec<Table>,
    pub(crate) goals: Vec<Goal>,
    /// Sentences about how it was measured, and what is to be known to read the tables.
    pub(crate) notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) graphs: Vec<Graph>,
}

/// Rows that are compared with one another.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Table {
    pub(crate) caption: String,
    /// The heads of the cells; the names of the rows have none.
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// One of those compared.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cells: Vec<Cell>,
}

/// What was found for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// A figure, in its column's unit; shown with three significant digits.
    Figure(f64),
    /// A count, shown whole.
    Count(u64),
    /// Words, such as why there is no figure.
    Words(String),
}

/// What the project wants to be, and what it was.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Goal {
    /// As in "PersistentWebSocket receives as many as the native WebSocket".
    pub(crate) what: String,
    pub(crate) is: f64,
    pub(crate) wants: Wants,
    /// What the two figures are in, such as "times" or "MB"; may be empty.
    pub(crate) unit: String,
}

/// Where a figure should be.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wants {
    AtLeast(f64),
    AtMost(f64),
}

/// Lines over one axis of sizes, both logarithmic.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Graph {
    /// The file's name, without `.svg`.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) lines: Vec<Line>,
}

/// One of them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// Both greater than 0, by rising x.
    pub(crate) points: Vec<(f64, f64)>,
}

impl Table {
    /// One without rows.
    pub(crate) fn new(caption: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// One more row.
    ///
    /// # Panics
    /// If it has not as many cells as there are columns.
    pub(crate) fn row(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = Cell>) {
        let row = Row {
            name: name.into(),
            cells: cells.into_iter().collect(),
        };
        assert_eq!(row.cells.len(), self.columns.len(), "{}: {}", self.caption, row.name);
        self.rows.push(row);
    }
}

impl Goal {
    /// Whether it is reached.
    pub(crate) fn holds(&self) -> bool {
        match self.wants {
            Wants::AtLeast(least) => self.is >= least,
            Wants::AtMost(most) => self.is <= most,
        }
    }
}

impl From<f64> for Cell {
    fn from(figure: f64) -> Self {
        Self::Figure(figure)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_holds_at_its_edge() {
        let goal = |is, wants| Goal {
            what: String::new(),
            is,
            wants,
            unit: String::new(),
        };
        assert!(goal(2.0, Wants::AtLeast(2.0)).holds());
        assert!(!goal(1.99, Wants::AtLeast(2.0)).holds());
        assert!(goal(2.0, Wants::AtMost(2.0)).holds());
        assert!(!goal(2.01, Wants::AtMost(2.0)).holds());
        assert!(!goal(f64::NAN, Wants::AtMost(2.0)).holds());
    }
}
