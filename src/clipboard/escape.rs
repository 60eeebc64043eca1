//! Escape sequences, which are written by their `Display`.

use std::fmt;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

/// Maximum number of bytes that GNU screen 4.09 passes on reliably in one DCS: 400 work, 3000 do not.
const SCREEN_CHUNK: usize = 250;

/// OSC 52 of xterm: sets the clipboard (`c`) to a text.
#[derive(Clone, Copy, Debug)]
pub struct Osc52<'a> {
    text: &'a str,
    /// Terminator: ST, or BEL inside a sequence that ST would end.
    end: &'static str,
}

impl<'a> Osc52<'a> {
    /// Terminated by ST, as in ECMA-48.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            end: "\x1b\\",
        }
    }
}

impl fmt::Display for Osc52<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base64 = Base64Display::new(self.text.as_bytes(), &STANDARD);
        write!(f, "\x1b]52;c;{base64}{}", self.end)
    }
}

/// A sequence that tmux passes to the outer terminal (`allow-passthrough`, tmux 3.3).
#[derive(Clone, Copy, Debug)]
pub struct TmuxPassthrough<T>(pub T);

impl<T: fmt::Display> fmt::Display for TmuxPassthrough<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doubled = self.0.to_string().replace('\x1b', "\x1b\x1b");
        write!(f, "\x1bPtmux;{doubled}\x1b\\")
    }
}

/// A text that GNU screen passes to the outer terminal, in pieces of a supported size.
#[derive(Clone, Copy, Debug)]
pub struct ScreenPassthrough<'a>(pub Osc52<'a>);

impl fmt::Display for ScreenPassthrough<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = Osc52 {
            end: "\x07",
            ..self.0
        }
        .to_string();
        let mut rest = whole.as_str();
        while !rest.is_empty() {
            // Escape sequences and Base64 are ASCII, so every index is a character boundary.
            let (piece, after) = rest.split_at_checked(SCREEN_CHUNK).unwrap_or((rest, ""));
            write!(f, "\x1bP{piece}\x1b\\")?;
            rest = after;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn osc_52_is_as_xterm_documents_it() {
        assert_eq!(Osc52::new("mail").to_string(), "\x1b]52;c;bWFpbA==\x1b\\");
        assert_eq!(Osc52::new("").to_string(), "\x1b]52;c;\x1b\\");
        assert_eq!(Osc52::new("ü").to_string(), "\x1b]52;c;w7w=\x1b\\");
    }

    #[test]
    fn tmux_gets_every_escape_twice() {
        assert_eq!(
            TmuxPassthrough(Osc52::new("a")).to_string(),
            "\x1bPtmux;\x1b\x1b]52;c;YQ==\x1b\x1b\\\x1b\\"
        );
    }

    #[test]
    fn screen_gets_small_pieces_that_make_up_the_whole() {
        assert_eq!(
            ScreenPassthrough(Osc52::new("a")).to_string(),
            "\x1bP\x1b]52;c;YQ==\x07\x1b\\"
        );
        let text = "0123456789".repeat(100);
        let sent = ScreenPassthrough(Osc52::new(&text)).to_string();
        let pieces: Vec<_> = sent
            .split_terminator("\x1b\\")
            .map(|piece| piece.strip_prefix("\x1bP").unwrap())
            .collect();
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= SCREEN_CHUNK));
        assert_eq!(
            pieces.concat(),
            Osc52 {
                text: &text,
                end: "\x07"
            }
            .to_string()
        );
    }
}
