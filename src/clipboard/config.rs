//! What the user wants, and where the program runs.

use std::ffi::OsString;
use std::str::FromStr;

use thiserror::Error;

/// The road a user asks for by `--clipboard`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The first that leads somewhere.
    #[default]
    Auto,
    /// The terminal, by OSC 52.
    Osc52,
    /// The buffer of tmux.
    Tmux,
    /// The clipboard of the display.
    Native,
    /// None; texts are only kept.
    Off,
    /// A command of the shell that reads the text from its standard input.
    Command(String),
}

/// `--clipboard` was given nothing.
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

/// What is around the program, told by its environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Env {
    /// There is a display, and it is before the person at the keyboard: reached over SSH, a
    /// program is told of another person's display, or of nobody's.
    pub local_display: bool,
    /// Inside tmux.
    pub tmux: bool,
    /// Inside GNU screen.
    pub screen: bool,
}

impl Env {
    /// Reads the variables that SSH, the display server and the multiplexers set.
    pub fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let any = |names: &[&str]| {
            names
                .iter()
                .any(|name| variable(name).is_some_and(|v| !v.is_empty()))
        };
        let ssh = any(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
        // macOS has one clipboard and no variable that says so.
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
