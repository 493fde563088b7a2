//! What is in a text: links, code, the reader's own name; which names look alike; and days and times in words. Without a
//! browser.
//!
//! ```
//! use chat_room::text::{Piece, pieces};
//!
//! assert_eq!(
//!     pieces("@ann: see https://example.org/a, or `b`", "Ann"),
//!     [
//!         Piece::Mention("@ann"),
//!         Piece::Plain(": see "),
//!         Piece::Link("https://example.org/a"),
//!         Piece::Plain(", or "),
//!         Piece::Code("b"),
//!     ]
//! );
//! ```

mod characters;
mod dates;
mod language;
mod links;
mod markup;
mod mentions;
mod names;

pub(crate) use characters::small;
pub use dates::LocalTime;
pub use language::Language;
pub use markup::{Piece, action, pieces};
pub use mentions::is_mention;
pub use names::{MAX_NAMES_NOTED, Names};
