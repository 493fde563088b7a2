//! Kinds of characters, as far as they matter here. The standard library's tables would be several times this crate's
//! share of a small page.

/// Whether the script of this character is written without spaces between words.
pub(super) fn is_spaceless(character: char) -> bool {
    matches!(character,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30fa}' | '\u{30fc}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

/// Whether it is a part of a word.
pub(super) fn is_word(character: char) -> bool {
    match character {
        '_' => true,
        '\0'..='\u{7f}' => character.is_ascii_alphanumeric(),
        '\u{80}'..='\u{bf}' | '\u{d7}' | '\u{f7}' => matches!(character, 'ª' | 'µ' | 'º'),
        '\u{2000}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{30fb}' | '\u{fe10}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{1f000}'..='\u{1faff}' => false,
        _ => !is_hidden(character),
    }
}

/// Whether it is a mark upon the character before it.
pub(super) fn is_combining(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05c7}' | '\u{0610}'..='\u{061a}'
            | '\u{064b}'..='\u{065f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Whether nobody sees it, though it may move what is beside it.
pub(super) fn is_hidden(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The small letter of a capital one, of the alphabets that have them and are much used.
pub(crate) fn small(character: char) -> char {
    let by = |distance: u32| char::from_u32(character as u32 + distance).unwrap_or(character);
    match character {
        '\u{c0}'..='\u{de}' if character != '\u{d7}' => by(32),
        '\u{391}'..='\u{3a9}' | '\u{410}'..='\u{42f}' => by(32),
        '\u{400}'..='\u{40f}' => by(80),
        '\u{100}'..='\u{137}' | '\u{14a}'..='\u{177}' | '\u{460}'..='\u{481}'
            if (character as u32).is_multiple_of(2) =>
        {
            by(1)
        }
        '\u{139}'..='\u{148}' | '\u{179}'..='\u{17e}' if !(character as u32).is_multiple_of(2) => by(1),
        _ => character.to_ascii_lowercase(),
    }
}
