//! Options and environment of the clipboard.

use std::ffi::OsString;
use std::str::FromStr;

use thiserror::Error;

/// Way of copying chosen with `--clipboard`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The first way that works.
    #[default]
    Auto,
    /// The terminal, with OSC 52.
    Osc52,
    /// The buffer of tmux.
    Tmux,
    /// The clipboard of the display.
    Native,
    /// None: texts are only kept.
    Off,
    /// A shell command that reads the text from its standard input.
    Command(String),
}

/// Error: `--clipboard` with an empty value.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("auto, osc52, tmux, native, off or a command is needed")]
pub struct ChoiceError;

impl FromStr for Choice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, ChoiceError> {
        match text.trim() {
            "" => Err(ChoiceError),
            "auto" => Ok(Self::Auto),
            "osc52" => Ok(Self::Osc52),
            "tmux" => Ok(Self::Tmux),
            "native" => Ok(Self::Native),
            "off" => Ok(Self::Off),
            command => Ok(Self::Command(command.to_owned())),
        }
    }
}

/// Environment of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Env {
    /// Whether there is a local display. Over SSH, the display variables may belong to another person's display.
    pub local_display: bool,
    /// Whether the program runs inside tmux.
    pub tmux: bool,
    /// Whether the program runs inside GNU screen.
    pub screen: bool,
}

impl Env {
    /// Reads the variables set by SSH, display servers and multiplexers.
    pub fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let any = |names: &[&str]| {
            names
                .iter()
                .any(|name| variable(name).is_some_and(|v| !v.is_empty()))
        };
        let ssh = any(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
        // macOS has a clipboard without any such variable.
        let display = cfg!(target_os = "macos") || any(&["WAYLAND_DISPLAY", "DISPLAY"]);
        Self {
            local_display: display && !ssh,
            tmux: any(&["TMUX"]),
            screen: any(&["STY"]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_a_name_or_a_command() {
        assert_eq!("tmux".parse(), Ok(Choice::Tmux));
        assert_eq!("xsel -ib".parse(), Ok(Choice::Command("xsel -ib".into())));
        assert_eq!("  ".parse::<Choice>(), Err(ChoiceError));
    }

    #[test]
    fn ssh_makes_a_display_foreign() {
        let read = |set: &'static [&str]| {
            Env::read(|name| set.contains(&name).then(|| OsString::from("value")))
        };
        assert!(read(&["DISPLAY"]).local_display);
        assert!(read(&["WAYLAND_DISPLAY", "TMUX"]).local_display);
        assert!(!read(&["DISPLAY", "SSH_CONNECTION"]).local_display);
        assert!(!read(&["DISPLAY", "SSH_TTY"]).local_display);
        assert!(read(&["STY"]).screen && !read(&["STY"]).tmux);
        assert!(!Env::read(|_| Some(OsString::new())).tmux);
    }
}
