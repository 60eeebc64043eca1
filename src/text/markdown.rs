//! Escapes text for Markdown documents.

/// Characters that are markup anywhere in a line, in `CommonMark`, HTML or common dialects.
const ANYWHERE: &str = r"\`*_[]<>|~&";

/// Characters that begin a block at the start of a line.
const AT_START: &str = "#+-=";

/// Maximum number of digits of a list number (`CommonMark` 5.2).
const MAX_DIGITS: usize = 9;

/// One line without markup: every character that Markdown or HTML would interpret gets a backslash (`CommonMark`
/// 2.4), and so do links that some dialects recognise. Runs of white space, including line ends, become one space.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let number = if out.is_empty() {
            list_number(word)
        } else {
            None
        };
        for (at, character) in word.char_indices() {
            let begins_block = out.is_empty() && AT_START.contains(character);
            if begins_block || number == Some(at) || ANYWHERE.contains(character) {
                out.push('\\');
            }
            out.push(character);
        }
    }
    without_links(&out)
}

/// Index of the sign in a word that would begin a numbered list: `1.`, `2)`.
fn list_number(word: &str) -> Option<usize> {
    let number = word.strip_suffix(['.', ')'])?;
    let digits = number.len();
    let counts = number.bytes().all(|byte| byte.is_ascii_digit());
    ((1..=MAX_DIGITS).contains(&digits) && counts).then_some(digits)
}

/// Escapes `://` and `www.`, from which dialects make links.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (first, behind) = rest.split_at(character.len_utf8());
        let www = out.len().checked_sub(3).and_then(|at| out.get(at..));
        let www = www.is_some_and(|before| before.eq_ignore_ascii_case("www"));
        if rest.starts_with("://") || first == "." && www {
            out.push('\\');
        }
        out.push(character);
        rest = behind;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stranger_can_neither_link_nor_format() {
        for (text, expected) in [
            (
                "<script> [x](http://h) *b*  `c`",
                r"\<script\> \[x\](http\://h) \*b\* \`c\`",
            ),
            ("+1 h at +0100", r"\+1 h at +0100"),
            ("www.evil.example ~~x~~", r"www\.evil.example \~\~x\~\~"),
            ("WWW.evil.example", r"WWW\.evil.example"),
            ("1. one", r"1\. one"),
            ("42) two", r"42\) two"),
            ("4.7.5 refused", "4.7.5 refused"),
            ("== x", r"\== x"),
            ("a\n# b\n\n    c", "a # b c"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_markup(text in r"[\\`*_\[\]<>|~&#+=\-.:/)w1 \n\ta-cä]{0,40}") {
            let escaped = escape(&text);
            // Text as a Markdown reader sees it, and its characters without a backslash.
            let (mut seen, mut bare) = (String::new(), String::new());
            let mut characters = escaped.chars();
            while let Some(character) = characters.next() {
                if character == '\\' {
                    let next = characters.next().unwrap();
                    prop_assert!(next.is_ascii_punctuation());
                    seen.push(next);
                    bare.push('\0');
                } else {
                    seen.push(character);
                    bare.push(character);
                }
            }
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(seen, words.join(" "));
            prop_assert!(!bare.contains(|c| ANYWHERE.contains(c)));
            prop_assert!(!bare.starts_with(|c| AT_START.contains(c)));
            prop_assert!(!bare.contains("://") && !bare.contains("www."));
            let number = bare.split(' ').next().unwrap();
            let digits = number.trim_end_matches(['.', ')']).len();
            let lists = number.starts_with('1') && number.trim_start_matches('1').len() == 1;
            let lists = lists && number.ends_with(['.', ')']);
            prop_assert!(!lists || digits > MAX_DIGITS);
        }
    }
}
