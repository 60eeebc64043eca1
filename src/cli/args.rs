//! The command line as clap knows it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use serde::Deserialize;

use super::choices::{self, TextFormat};
use super::failure::Failure;
use super::judging::RulesOf;
use super::{manual, memory};
use crate::clipboard::Choice;
use crate::ingest::Forced;
use crate::insight::Severity;
use crate::model::{Cidr, Zone};
use crate::query::Moment;
use crate::report::evidence::Addressee;
use crate::report::rows::Kind;
use crate::tls::Profile;
use crate::ui::theme;

/// Shows how mails really travelled: in a sealed envelope or as a postcard.
///
/// hopgrade reads mail logs and message headers and shows, for every message, how each leg of its
/// journey was protected, why it waited, and what that means.
#[derive(Debug, Parser)]
#[command(
    name = "hopgrade",
    version,
    args_conflicts_with_subcommands = true,
    after_long_help = manual::long_help()
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) explore: Explore,
}

impl Cli {
    /// Reads the arguments of the process.
    pub(super) fn read() -> Result<Self, clap::Error> {
        let cli = Self::try_parse()?;
        cli.misplaced().map_or(Ok(cli), Err)
    }

    /// The mistake of a command that stands behind an option or a file: clap takes its name for a PATH, and the user
    /// would get a summary in place of what was asked for.
    fn misplaced(&self) -> Option<clap::Error> {
        let mut usage = Self::command();
        let names: Vec<String> = usage
            .get_subcommands()
            .map(|own| own.get_name().to_owned())
            .collect();
        let mut paths = self.explore.reading.paths.iter();
        let name =
            paths.find_map(|path| names.iter().find(|name| path.as_os_str() == name.as_str()))?;
        let text = format!(
            "the command '{name}' must come first, its options behind it: hopgrade {name} ...\n\n  \
             a file of that name is opened as ./{name}"
        );
        Some(usage.error(ErrorKind::ArgumentConflict, text))
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The explorer on a bundled case; no file is needed
    #[command(after_long_help = manual::demo_help())]
    Demo(Demo),
    /// Write a table, for scripts and spreadsheets
    #[command(after_long_help = manual::export_help())]
    Export(Export),
    /// Tell the story of one message
    #[command(after_long_help = manual::explain_help())]
    Explain(Explain),
    /// Write what findings rest on as a text to send: to an authority, or to a postmaster
    #[command(after_long_help = manual::evidence_help())]
    Evidence(Evidence),
    /// Tell what is new since the last time, for a timer; ends with 3 when there is anything
    #[command(after_long_help = manual::check_help())]
    Check(Check),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// The explorer; a plain summary where standard output is no terminal.
#[derive(Debug, Args)]
pub(super) struct Explore {
    #[command(flatten)]
    pub(super) filter: Filter,
    #[command(flatten)]
    pub(super) view: View,
    #[command(flatten)]
    pub(super) screen: Screen,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The case [default: the first of the list]
    #[arg(value_name = "CASE", value_parser = choices::case_names())]
    pub(super) case: Option<String>,
    /// List the cases
    #[arg(long, conflicts_with = "case")]
    pub(super) list: bool,
    #[command(flatten)]
    pub(super) filter: Filter,
    #[command(flatten)]
    pub(super) view: View,
    #[command(flatten)]
    pub(super) screen: Screen,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The table
    #[arg(value_parser = choices::tables())]
    pub(super) table: Kind,
    #[command(flatten)]
    pub(super) filter: Filter,
    /// Form of the output [default: table on a terminal, else ndjson]
    #[arg(long, value_name = "F", value_enum)]
    pub(super) format: Option<FormatName>,
    /// Order of the rows, by any column: COLUMN or COLUMN:desc [default: input order]
    #[arg(long, value_name = "COLUMN[:desc]")]
    pub(super) sort: Option<String>,
    /// Write to FILE, which appears whole or not at all; never over an input
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) view: View,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Queue ID or Message-ID
    pub(super) id: String,
    /// Form of the output
    #[arg(long, value_name = "F", value_parser = choices::story_formats(), default_value = "text")]
    pub(super) format: TextFormat,
    /// Language of the text; ndjson is English always [default: that of the locale]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(super) lang: Option<LangName>,
    /// Write to FILE, which appears whole or not at all; never over an input
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) view: View,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Debug, Args)]
pub(super) struct Evidence {
    /// Only this finding, by its ID; repeatable
    #[arg(long, value_name = "ID")]
    pub(super) finding: Vec<String>,
    #[command(flatten)]
    pub(super) filter: Filter,
    /// For whom: a data-protection authority, or the postmaster on the other side
    #[arg(long, value_name = "WHOM", value_parser = choices::addressees(), default_value = "authority")]
    pub(super) to: Addressee,
    /// Form of the output
    #[arg(long, value_name = "F", value_parser = choices::evidence_formats(), default_value = "text")]
    pub(super) format: TextFormat,
    /// Language of the text [default: that of the locale]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(super) lang: Option<LangName>,
    /// Leave people as they are; otherwise they become pseudonyms
    #[arg(long, conflicts_with = "mask")]
    pub(super) full: bool,
    /// Secret key of the pseudonyms, made where there is none yet: they are the same in every text made with it
    #[arg(long, value_name = "FILE", conflicts_with = "full")]
    pub(super) key: Option<PathBuf>,
    /// Write to FILE, which appears whole or not at all; never over an input
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) view: View,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Report findings of this severity or worse
    #[arg(long, value_name = "SEVERITY", value_parser = choices::severities(), default_value = "warning")]
    pub(super) fail_on: Severity,
    /// Only what happened since then: a time, a day, or a span such as -2d
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(super) since: Option<Moment>,
    /// Remembers what was told; without it everything found is new
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    #[command(flatten)]
    pub(super) filter: Filter,
    /// Language of what is printed [default: that of the locale]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(super) lang: Option<LangName>,
    #[command(flatten)]
    pub(super) view: View,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// Which rows.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only the rows that the filter selects, such as 'grade>=C host:example.org since:-2d'
    #[arg(long = "where", value_name = "FILTER", allow_hyphen_values = true)]
    pub(super) text: Option<String>,
}

/// How things are judged and shown.
#[derive(Debug, Args)]
pub(super) struct View {
    /// Grading profile: default, bsi, nist, strict, or a TOML file
    #[arg(long, value_name = "NAME", value_parser = profile, default_value = "default")]
    pub(super) profile: Arc<Profile>,
    /// Grade by the rules in force on DATE; 'event' is each event's own day, the default for findings and
    /// evidence, 'today' that of everything else
    #[arg(long, value_name = "DATE", value_parser = RulesOf::parse)]
    pub(super) as_of: Option<RulesOf>,
    /// Make people pseudonyms: addresses, clients, subjects
    #[arg(long)]
    pub(super) mask: bool,
}

/// What only the explorer asks.
#[derive(Debug, Args)]
pub(super) struct Screen {
    /// Colours [default: what the terminal tells]
    #[arg(long, value_name = "NAME", value_parser = choices::themes())]
    pub(super) theme: Option<theme::Name>,
    /// How copies are made: auto, osc52, tmux, native, off, or a command that reads the text
    #[arg(long, value_name = "WAY", default_value = "auto")]
    pub(super) clipboard: Choice,
    /// Language of texts to send [default: that of the configuration, else of the locale]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(super) lang: Option<LangName>,
}

/// What is read, and how.
#[derive(Debug, Default, Args)]
pub(super) struct Reading {
    /// Zone of stamps that carry none: an IANA name or an offset [default: this system's zone]
    #[arg(long, value_name = "ZONE", value_parser = Zone::parse, allow_hyphen_values = true)]
    pub(super) tz: Option<Zone>,
    /// Year of the last line, for stamps that name none [default: the file's modification time tells]
    #[arg(long, value_name = "YYYY", value_parser = clap::value_parser!(i32).range(1980..=2100))]
    pub(super) year: Option<i32>,
    /// Network that counts as inside besides private, ULA and CGNAT ranges; repeatable
    #[arg(long, value_name = "CIDR")]
    pub(super) inside: Vec<Cidr>,
    /// Host or network of ours: headers it wrote are witnessed, not claimed, from the topmost down without a gap; repeatable, .example.org is a whole domain [default: whoever wrote the topmost header]
    #[arg(long, value_name = "NAME|CIDR", value_parser = trusted)]
    pub(super) trust: Vec<Trusted>,
    /// Force a format instead of detecting it for each file
    #[arg(long, value_name = "FORMAT", value_parser = choices::inputs())]
    pub(super) input: Option<Forced>,
    /// Label for logs that name no host
    #[arg(long, value_name = "NAME", value_parser = label())]
    pub(super) host: Option<String>,
    /// Threads that parse, 1 to 256 [default: the cores, at most 8]; up to ten more read, merge, answer and listen
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Memory to stay within: the newest is kept, and what is left out is said. 500M, 2GiB, 25% of what is left, or none [default: 50%, where the system tells what is left]
    #[arg(long, value_name = "SIZE", value_parser = memory::parse)]
    pub(super) memory_limit: Option<memory::Asked>,
    /// Give way to other programs, by N steps from 1 to 19 [default: 0; 10 where N is not given]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "10",
          value_parser = clap::value_parser!(i32).range(1..=19))]
    pub(super) nice: Option<i32>,
    /// Keep reading as logs grow, rotate or are truncated (explorer, export events)
    #[arg(short, long)]
    pub(super) follow: bool,
    /// Say on standard error how much was read, and how fast
    #[arg(long)]
    pub(super) stats: bool,
    /// Logs, message files, mboxes, Maildirs, directories (and those in them, 8 deep; links to directories are not followed), or - for standard input; demo:CASE is a bundled case
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

impl Reading {
    /// Fails where `-f` was given to a command that does not follow; `why` says what does.
    pub(super) const fn refuse_follow(&self, why: &'static str) -> Result<(), Failure> {
        if self.follow {
            return Err(Failure::Follow(why));
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatName {
    /// One JSON object a line
    Ndjson,
    /// RFC 4180; formulas are defused
    Csv,
    /// Aligned text, as wide as the terminal
    Table,
    /// Of messages and events: the log lines behind them, message by message
    Lines,
}

#[derive(Clone, Copy, Debug, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LangName {
    /// English
    En,
    /// German
    De,
}

fn profile(text: &str) -> Result<Arc<Profile>, String> {
    let is_path = text.contains('/') || text.to_ascii_lowercase().ends_with(".toml");
    let profile = if is_path {
        Profile::load(text.as_ref())
    } else {
        Profile::named(text)
    };
    profile.map(Arc::new).map_err(|error| error.to_string())
}

/// A host or network of `--trust`, whose headers are believed.
#[derive(Clone, Debug)]
pub(super) enum Trusted {
    Host(String),
    Network(Cidr),
}

fn trusted(text: &str) -> Result<Trusted, String> {
    let network = text.parse::<Cidr>();
    // What has a slash or is an address was meant as one.
    if text.contains('/') || network.is_ok() {
        return network
            .map(Trusted::Network)
            .map_err(|error| error.to_string());
    }
    let host = text.trim_end_matches('.').to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_name) {
        return Err("give a host name, .example.org, or a network such as 192.0.2.0/24".to_owned());
    }
    Ok(Trusted::Host(host))
}

/// A host as all tables write it: lower case, without the dot at the end.
fn label() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|text| text.trim_end_matches('.').to_ascii_lowercase())
}
