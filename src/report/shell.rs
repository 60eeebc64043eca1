//! What the explorer shows, as a command line that gives the same rows.

use std::fmt::Write;

use crate::model::Trust;

/// How what is shown is had again from a shell.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Options that decide what the inputs mean, with their values.
    pub options: Vec<(&'static str, String)>,
    /// People are masked.
    pub masked: bool,
    /// The inputs, as given on the command line.
    pub inputs: Vec<String>,
}

impl Replay {
    /// The same with an option, unless it is there already.
    #[must_use]
    pub fn with(mut self, option: &'static str, value: &str) -> Self {
        if self.options.iter().all(|(own, _)| *own != option) {
            self.options.push((option, value.to_owned()));
        }
        self
    }

    /// The same, graded by a profile.
    #[must_use]
    pub fn graded_by(self, profile: &str) -> Self {
        match profile {
            "default" => self,
            other => self.with("--profile", other),
        }
    }

    /// The same, with these hosts and networks believed and no others.
    #[must_use]
    pub fn trusting(mut self, trust: &Trust) -> Self {
        self.options.retain(|(option, _)| *option != TRUST);
        self.options.extend(trusted(trust));
        self
    }

    /// The command that exports the rows of a table.
    pub fn export(&self, table: &str, filter: &str) -> String {
        let mask = if self.masked { " --mask" } else { "" };
        let command = format!("hopgrade export {table}{mask}");
        command_line(&command, filter, &self.options, &self.inputs)
    }
}

const TRUST: &str = "--trust";

/// The options that name the hosts and networks whose headers are believed.
pub fn trusted(trust: &Trust) -> impl Iterator<Item = (&'static str, String)> {
    let hosts = trust.hosts.iter().cloned();
    let networks = trust.networks.iter().map(ToString::to_string);
    hosts.chain(networks).map(|value| (TRUST, value))
}

/// A command with the options and inputs that give the same rows again:
/// `hopgrade export messages --where 'grade>=C' --tz Europe/Berlin mainlog`.
pub fn command_line(
    command: &str,
    filter: &str,
    options: &[(&str, String)],
    inputs: &[String],
) -> String {
    let mut line = command.to_owned();
    if !filter.is_empty() {
        let _ = write!(line, " --where {}", quote(filter.as_bytes()));
    }
    for (name, value) in options {
        let _ = write!(line, " {name} {}", quote(value.as_bytes()));
    }
    line + &arguments(inputs)
}

/// Paths as arguments, each after a space; `--` before them where one looks like an option.
pub fn arguments(paths: &[String]) -> String {
    let looks_like_option = |path: &String| path.len() > 1 && path.starts_with('-');
    let mut out = String::new();
    if paths.iter().any(looks_like_option) {
        out.push_str(" --");
    }
    for path in paths {
        out.push(' ');
        out.push_str(&quote(path.as_bytes()));
    }
    out
}

/// One word for a shell: bare where that is safe, else in single quotes, and in `$'...'` where it
/// holds what no terminal should see.
pub fn quote(word: &[u8]) -> String {
    let bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(byte);
    let text = std::str::from_utf8(word);
    match text {
        Ok(text) if !text.is_empty() && word.iter().all(bare) => text.to_owned(),
        Ok(text) if crate::text::clean(word) == text => {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
        _ => {
            let mut out = String::from("$'");
            for &byte in word {
                let _ = match byte {
                    b'\'' | b'\\' => write!(out, "\\{}", char::from(byte)),
                    b' '..=b'~' => write!(out, "{}", char::from(byte)),
                    _ => write!(out, "\\{byte:03o}"),
                };
            }
            out.push('\'');
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_the_shell() {
        let line = command_line(
            "hopgrade export messages",
            r#"to:t-online.de text:"it's"  grade>=C"#,
            &[
                ("--tz", "Europe/Berlin".to_owned()),
                ("--host", "a b".to_owned()),
            ],
            &["/var/log/exim4/mainlog".to_owned(), "a b".to_owned()],
        );
        assert_eq!(
            line,
            r#"hopgrade export messages --where 'to:t-online.de text:"it'\''s"  grade>=C' --tz Europe/Berlin --host 'a b' /var/log/exim4/mainlog 'a b'"#
        );
    }

    #[test]
    fn a_hostile_path_reaches_neither_terminal_nor_options() {
        assert_eq!(quote(b"a\x1b[2J\n'\xff"), r"$'a\033[2J\012\'\377'");
        assert_eq!(quote(b""), "''");
        assert_eq!(arguments(&["-".to_owned()]), " -");
        assert_eq!(arguments(&["-x".to_owned(), "y".to_owned()]), " -- -x y");
    }

    #[test]
    fn the_shell_reads_back_what_was_quoted() {
        for word in [
            "plain",
            "it's",
            "a \"b\" $c `d` \\e",
            "tab\tand\nline",
            "ü*?[]{}",
        ] {
            let script = format!("printf %s {}", quote(word.as_bytes()));
            let out = std::process::Command::new("bash")
                .arg("-c")
                .arg(&script)
                .output();
            let Ok(out) = out else {
                eprintln!("skipped: no bash here");
                return;
            };
            assert_eq!(out.stdout, word.as_bytes(), "{script}");
        }
    }
}
