//! JSON set out in lines, as it was sent: numbers, escapes and the order of fields are left as they are.

/// How deep objects and arrays may stand in each other. What is deeper is shown as it is.
pub const MAX_DEPTH: usize = 64;

/// How far each level is indented.
const INDENT: &str = "  ";

/// JSON in lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pretty {
    /// As much of it as was asked for.
    pub text: String,
    /// Whether there is more.
    pub more: bool,
}

/// Sets an object or an array out in lines, at most about `limit` bytes of it; `None` if it is neither. Of a text that
/// is not `whole`, what is missing at its end may be anything.
pub fn pretty(text: &str, whole: bool, limit: usize) -> Option<Pretty> {
    let mut writer = Writer {
        text: String::new(),
        limit,
        more: false,
    };
    let mut reader = Reader { rest: text, whole };
    match reader.value(&mut writer) {
        Ok(()) => {}
        Err(Stop::Cut) => writer.more = true,
        Err(Stop::Bad) => return None,
    }
    Some(Pretty {
        text: writer.text,
        more: writer.more,
    })
}

/// Takes no more than it may.
struct Writer {
    text: String,
    limit: usize,
    more: bool,
}

impl Writer {
    fn push(&mut self, text: &str) {
        if self.more {
            return;
        }
        let room = self.limit - self.text.len();
        let end = text.floor_char_boundary(room);
        self.text.push_str(&text[..end]);
        self.more = end < text.len();
    }

    fn line(&mut self, depth: usize) {
        self.push("\n");
        for _ in 0..depth {
            self.push(INDENT);
        }
    }
}

enum Stop {
    /// It is no JSON.
    Bad,
    /// It ends where its head does.
    Cut,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    /// A value or, in an array that has just begun, its end.
    First,
    /// A name or, in an object that has just begun, its end.
    FirstName,
    Name,
    CommaOrEnd,
}

struct Reader<'t> {
    rest: &'t str,
    whole: bool,
}

impl<'t> Reader<'t> {
    fn value(&mut self, writer: &mut Writer) -> Result<(), Stop> {
        // The brackets that are open. A loop and not a recursion: what is deep must not overflow the stack.
        let mut open = Vec::new();
        let mut next = Next::Value;
        self.skip_space();
        if !self.rest.starts_with(['{', '[']) {
            return Err(Stop::Bad);
        }
        loop {
            self.skip_space();
            let first = self.rest.bytes().next().ok_or_else(|| self.end())?;
            match (next, first) {
                (Next::Value | Next::First, b'{' | b'[') => {
                    if open.len() == MAX_DEPTH {
                        return Err(Stop::Bad);
                    }
                    if next == Next::First {
                        writer.line(open.len());
                    }
                    writer.push(self.take(1));
                    open.push(first);
                    next = if first == b'{' { Next::FirstName } else { Next::First };
                }
                (Next::First | Next::FirstName | Next::CommaOrEnd, b'}' | b']') => {
                    // Each closing bracket stands two places after its opening one.
                    let fits = open.pop() == Some(first - 2);
                    if !fits {
                        return Err(Stop::Bad);
                    }
                    if next == Next::CommaOrEnd {
                        writer.line(open.len());
                    }
                    writer.push(self.take(1));
                    if open.is_empty() {
                        self.skip_space();
                        return if self.rest.is_empty() { Ok(()) } else { Err(Stop::Bad) };
                    }
                    next = Next::CommaOrEnd;
                }
                (Next::FirstName | Next::Name, b'"') => {
                    writer.line(open.len());
                    writer.push(self.string()?);
                    self.skip_space();
                    match self.rest.bytes().next() {
                        Some(b':') => self.take(1),
                        Some(_) => return Err(Stop::Bad),
                        None => return Err(self.end()),
                    };
                    writer.push(": ");
                    next = Next::Value;
                }
                (Next::CommaOrEnd, b',') => {
                    writer.push(self.take(1));
                    if open.last() == Some(&b'{') {
                        next = Next::Name;
                    } else {
                        writer.line(open.len());
                        next = Next::Value;
                    }
                }
                (Next::Value | Next::First, b'"') => {
                    if next == Next::First {
                        writer.line(open.len());
                    }
                    writer.push(self.string()?);
                    next = Next::CommaOrEnd;
                }
                (Next::Value | Next::First, _) => {
                    if next == Next::First {
                        writer.line(open.len());
                    }
                    writer.push(self.word()?);
                    next = Next::CommaOrEnd;
                }
                _ => return Err(Stop::Bad),
            }
        }
    }

    /// What it means that there is no more.
    fn end(&self) -> Stop {
        if self.whole { Stop::Bad } else { Stop::Cut }
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// A string with its quotes and its escapes.
    fn string(&mut self) -> Result<&'t str, Stop> {
        let mut escaped = false;
        for (place, byte) in self.rest.bytes().enumerate().skip(1) {
            match byte {
                0..0x20 => return Err(Stop::Bad),
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Ok(self.take(place + 1)),
                _ => {}
            }
        }
        Err(self.end())
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<&'t str, Stop> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let end = self.rest.bytes().position(|byte| !is_part(byte));
        let end = end.unwrap_or(self.rest.len());
        if end == self.rest.len() {
            // Every value is within brackets, so this is not its end.
            return Err(self.end());
        }
        let word = self.take(end);
        if matches!(word, "true" | "false" | "null") || is_number(word) {
            Ok(word)
        } else {
            Err(Stop::Bad)
        }
    }
}

fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.find(['e', 'E']) {
        Some(place) => (&word[..place], Some(&word[place + 1..])),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    are_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(are_digits)
        && exponent.is_none_or(|it| are_digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}
