//! What was typed: a text, or a command that begins with `/`; and how what is being typed may go on.
//!
//! ```
//! use chat_room::room::typed::{Typed, read};
//!
//! assert_eq!(read("/nick Ann", true), Typed::Nick("Ann"));
//! assert_eq!(read("//nick is a command", true), Typed::Text("/nick is a command"));
//! ```

use crate::text::small;

/// The commands, in the order in which they are offered.
pub const COMMANDS: [&str; 3] = ["nick", "me", "help"];

/// The most ways to go on that are offered at once.
pub const MAX_OPTIONS: usize = 8;

/// The longest beginning of a name that is looked up, in bytes.
pub const MAX_SOUGHT_BYTES: usize = 64;

/// What a line that was typed asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Typed<'t> {
    /// To be sent as it is here.
    Text(&'t str),
    /// To be called this from now on.
    Nick(&'t str),
    /// What commands there are.
    Help,
    /// A command that lacks what it is about.
    Bare(&'static str),
    /// A command of rooms, where there are none.
    NeedsRoom(&'static str),
    /// No command.
    Unknown(&'t str),
}

/// Reads what was typed. A second slash takes the meaning of the first one away. Plain text (`rooms` is false) goes to
/// servers whose own commands may begin with a slash: only the commands of ours mean something there.
pub fn read(typed: &str, rooms: bool) -> Typed<'_> {
    let Some(rest) = typed.strip_prefix('/') else {
        return Typed::Text(typed);
    };
    let escaped = rest.strip_prefix('/');
    let line = escaped.unwrap_or(rest);
    let (word, about) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let command = COMMANDS.into_iter().find(|it| word.eq_ignore_ascii_case(it));
    match command {
        _ if escaped.is_some() && (rooms || command.is_some()) => Typed::Text(rest),
        _ if escaped.is_some() || word.is_empty() => Typed::Text(typed),
        Some("help") => Typed::Help,
        Some(command) if !rooms => Typed::NeedsRoom(command),
        Some(command) if about.trim().is_empty() => Typed::Bare(command),
        Some("nick") => Typed::Nick(about.trim()),
        Some(_) => Typed::Text(typed),
        None if rooms => Typed::Unknown(word),
        None => Typed::Text(typed),
    }
}

/// How what is being typed may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Where in the text, in bytes, what is to be replaced begins. It ends at the caret.
    pub from: usize,
    /// What may stand there instead, the space after it included; never none, at most [`MAX_OPTIONS`].
    pub options: Vec<String>,
}

/// How a text may go on at its caret, which is given in bytes: a command at its beginning, a name after an `@`. Nothing
/// if there is no way, or if the only one is there already.
pub fn complete<'n>(text: &str, caret: usize, rooms: bool, names: impl Iterator<Item = &'n str>) -> Option<Completion> {
    let before = text.get(..caret)?;
    let (from, options) = if let Some(word) = before.strip_prefix('/') {
        let fits = |it: &&str| begins_with(it, word) && (rooms || *it == "help");
        let option = |it: &str| ["/", it, " "].concat();
        (0, COMMANDS.iter().copied().filter(fits).map(option).collect())
    } else {
        let from = before.rfind('@').filter(|_| rooms)?;
        let (earlier, sought) = (&before[..from], &before[from + 1..]);
        // Not within an address like ann@example.org.
        let within = earlier.chars().next_back().is_some_and(|it| it.is_ascii_alphanumeric());
        if within || sought.len() > MAX_SOUGHT_BYTES || sought.as_bytes().contains(&b'\n') {
            return None;
        }
        (from, mentions(sought, names))
    };
    let is_there = |option: &String| option.trim_end() == before[from..].trim_end();
    match &options[..] {
        [] => None,
        [only] if is_there(only) => None,
        _ => Some(Completion { from, options }),
    }
}

fn mentions<'n>(sought: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut options: Vec<String> = Vec::new();
    for name in names.filter(|name| begins_with(name, sought)) {
        let option = ["@", name, " "].concat();
        if let Err(place) = options.binary_search(&option)
            && place < MAX_OPTIONS
        {
            options.insert(place, option);
            options.truncate(MAX_OPTIONS);
        }
    }
    options
}

/// Whether a name begins with this, in whatever case.
fn begins_with(name: &str, sought: &str) -> bool {
    let mut letters = name.chars().map(small);
    sought.chars().map(small).all(|it| letters.next() == Some(it))
}
