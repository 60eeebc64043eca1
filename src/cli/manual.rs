//! Help beyond the options, the manual page, and completions: made from the tables that the program
//! itself goes by.

use std::fmt::Write;
use std::io;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::Done;
use super::args::Cli;
use super::cases;
use super::failure::Failure;
use super::inputs::Inputs;
use super::output::Output;
use super::status::STATUSES;
use crate::query::FIELDS;
use crate::report::evidence::{FACT_KEYS, KEYS};
use crate::report::rows::Kind;
use crate::tls::Grade;

const EXAMPLES: &[(&str, &str)] = &[
    ("hopgrade demo", "look around without a file"),
    (
        "hopgrade demo downgrade",
        "another bundled case; the key C lists them",
    ),
    (
        "hopgrade /var/log/exim4/",
        "all logs of a directory, rotated and compressed ones too",
    ),
    ("hopgrade message.eml", "the hops of one message"),
    (
        "ssh mx1 cat /var/log/exim4/mainlog | hopgrade --host mx1",
        "a log from another host",
    ),
    (
        "hopgrade explain 1j69ZJ-0001iL-S3 mainlog*",
        "why is this message still queued?",
    ),
    (
        "hopgrade export messages --where 'grade>=C since:-7d' --sort grade:desc --format csv -o week.csv mainlog*",
        "what went badly protected this week",
    ),
    (
        "hopgrade export events --where 'kind:tls_refused' --tz Europe/Berlin mainlog | jq .peer_name",
        "who did not offer TLS",
    ),
    (
        "hopgrade evidence --where 'host:t-online.de' --lang de --format html -o eingabe.html mainlog",
        "a submission to an authority, people masked",
    ),
    (
        "hopgrade evidence --where tls-refused --to postmaster mainlog",
        "a note to the other side",
    ),
    (
        "hopgrade check --fail-on violation --state /var/lib/hopgrade/state /var/log/exim4/",
        "what is new since the last run, for a timer",
    ),
];

/// How much of the machine is taken.
const MANNERS: &str = "Nothing is written but what was asked for, and the last 200 filters of the explorer, which ↑ brings back: they are kept in ~/.local/state/hopgrade/filters ($XDG_STATE_HOME), readable by their owner only, and not while people are masked. \
`--nice --jobs 1` takes one core of a busy mail host at low priority. When the loaded messages do not fit into \
--memory-limit, the oldest are dropped, and the program says so; messages that are not finished stay. Loaded \
messages fill a quarter to a half of the limit; the rest is for the text being read and for the copy that is \
made when the oldest are dropped. The program itself (some 20 MB) and what filters and views compute come on top.";

/// What stands below the options of `hopgrade --help`.
pub(super) fn long_help() -> String {
    let mut out = String::from(
        "Without PATH: standard input when it is not a terminal, else the usual logs of this host.\n\
         Where standard output is no terminal, or TERM is dumb, a plain summary is printed instead of the explorer.\n\n",
    );
    let _ = writeln!(out, "{MANNERS}\n");
    list(&mut out, "Grades", grades());
    list(
        &mut out,
        "Filters (--where): terms side by side must all hold; OR, NOT, parentheses, \"quoted\", /regex/",
        fields(),
    );
    list(&mut out, "Examples", EXAMPLES.iter().map(own));
    list(&mut out, "Exit status", STATUSES.iter().map(own));
    out.trim_end().to_owned()
}

/// What stands below the options of `hopgrade demo --help`.
pub(super) fn demo_help() -> String {
    let mut out = String::from(
        "In the explorer the key C chooses another case. In place of a PATH demo:CASE is the same to every\n\
         command: `hopgrade export findings demo:downgrade`. All cases but the first are made up.\n\n",
    );
    let all = cases::all().iter();
    let cases = all.map(|case| (case.name.clone(), case.about.clone()));
    list(&mut out, "Cases", cases);
    out.trim_end().to_owned()
}

/// What stands below the options of `hopgrade export --help`.
pub(super) fn export_help() -> String {
    let mut out = String::from(
        "Times are UTC, hosts lower case; what is not known is null, or empty in CSV.\n\n",
    );
    for table in Kind::ALL {
        let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
        let _ = writeln!(
            out,
            "Columns of {}:\n{}\n",
            table.name(),
            wrapped(&names.join(" "))
        );
    }
    list(
        &mut out,
        "Examples",
        EXAMPLES
            .iter()
            .filter(|(line, _)| line.contains(" export "))
            .map(own),
    );
    out.trim_end().to_owned()
}

/// What stands below the options of `hopgrade explain --help`.
pub(super) fn explain_help() -> String {
    let mut out = String::from(
        "An ID is a queue ID or a Message-ID, with or without angle brackets. Everything that is the same\n\
         message is told together: its log entries on every host, and the headers of its files.\n\n",
    );
    list(
        &mut out,
        "Examples",
        EXAMPLES
            .iter()
            .filter(|(line, _)| line.contains(" explain "))
            .map(own),
    );
    out.trim_end().to_owned()
}

/// The values of `why` in the objects of `missing`.
const MISSING: &[(&str, &str)] = &[
    (
        "memory-limit",
        "the oldest was dropped; with lines, messages, mails, first, last",
    ),
    ("loading", "the inputs were still being read"),
    ("stopped", "a person stopped the load"),
    (
        "lost",
        "inputs could not be read, or not to their end; with inputs",
    ),
];

/// What stands below the options of `hopgrade evidence --help`.
pub(super) fn evidence_help() -> String {
    let mut out = String::from(
        "Findings are those of `hopgrade export findings`; without --finding and --where all are told.\n\
         Only rules in force on the day of an event are cited, unless --as-of names another day. What only\n\
         a person can fill in is marked. It is no legal advice.\n\n",
    );
    let keys = [
        ("ndjson, one object for each finding", &KEYS[..]),
        ("each of its facts", &FACT_KEYS),
    ];
    for (of, names) in keys {
        let _ = writeln!(out, "Keys of {of}:\n{}\n", wrapped(&names.join(" ")));
    }
    list(
        &mut out,
        "Why in `missing`, which is empty where everything was read",
        MISSING.iter().map(own),
    );
    list(
        &mut out,
        "Examples",
        EXAMPLES
            .iter()
            .filter(|(line, _)| line.contains(" evidence "))
            .map(own),
    );
    out.trim_end().to_owned()
}

/// What stands below the options of `hopgrade check --help`.
pub(super) fn check_help() -> String {
    let mut out = String::from(
        "One line for each new finding: severity, ID, count, last time, summary, parted by tabs. A finding\n\
         is new until it was told with the same --state; it is forgotten 30 days after it was last seen,\n\
         and new again when it comes back. The state is written whole, after the findings were printed.\n\
         It ends with 3 when there is a new finding, also when some input could not be read.\n\n",
    );
    list(
        &mut out,
        "Examples",
        EXAMPLES
            .iter()
            .filter(|(line, _)| line.contains(" check "))
            .map(own),
    );
    out.trim_end().to_owned()
}

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<Done, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hopgrade", &mut script);
    print(&script)
}

/// Prints the manual page: all commands on one.
pub(super) fn page() -> Result<Done, Failure> {
    let page = render().map_err(Failure::Stdout)?;
    print(&page)
}

fn print(bytes: &[u8]) -> Result<Done, Failure> {
    let output = Output::open(None, &mut Inputs::default())?;
    output.write(|out| out.write_all(bytes))?;
    Ok(Done::Whole)
}

fn render() -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut command = Cli::command();
    command.build();
    let man = Man::new(command.clone());
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        let name = format!("command {}", sub.get_name());
        Roff::new()
            .control("SH", [name.to_uppercase().as_str()])
            .to_writer(&mut out)?;
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        Roff::new()
            .text([roman(format!("{about}."))])
            .to_writer(&mut out)?;
        Man::new(sub.clone()).render_options_section(&mut out)?;
    }
    Roff::new()
        .control("SH", ["MANNERS"])
        .text([roman(MANNERS)])
        .to_writer(&mut out)?;
    section(&mut out, "GRADES", grades())?;
    section(&mut out, "FILTERS", fields())?;
    section(&mut out, "EXIT STATUS", STATUSES.iter().map(own))?;
    section(&mut out, "EXAMPLES", EXAMPLES.iter().map(own))?;
    Ok(out)
}

fn section(
    out: &mut Vec<u8>,
    title: &str,
    entries: impl Iterator<Item = (String, String)>,
) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, meaning) in entries {
        roff.control("TP", []);
        roff.text([clap_mangen::roff::bold(name)]);
        roff.text([roman(meaning)]);
    }
    roff.to_writer(out)
}

fn own(&(name, meaning): &(&str, &str)) -> (String, String) {
    (name.to_owned(), meaning.to_owned())
}

fn grades() -> impl Iterator<Item = (String, String)> {
    Grade::ALL.into_iter().map(|grade| {
        let name = format!("{} {}", grade.letter(), grade.mark());
        (name, format!("{}: {}", grade.word(), grade.meaning()))
    })
}

fn fields() -> impl Iterator<Item = (String, String)> {
    FIELDS.iter().map(|field| {
        let meaning = format!("{}; {}", field.help, field.example);
        (field.name.to_owned(), meaning)
    })
}

/// A titled list, the meanings aligned where the names are short.
fn list(out: &mut String, title: &str, entries: impl Iterator<Item = (String, String)>) {
    let entries: Vec<(String, String)> = entries.collect();
    let widest = entries
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    let _ = writeln!(out, "{title}:");
    for (name, meaning) in entries {
        let _ = if widest <= 16 {
            writeln!(out, "  {name:<widest$}  {meaning}")
        } else {
            writeln!(out, "  {name}\n      {meaning}")
        };
    }
    out.push('\n');
}

/// Words in lines of at most 78 cells.
fn wrapped(words: &str) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in words.split(' ') {
        if used > 0 && used + 1 + word.len() > 76 {
            out.push('\n');
            used = 0;
        }
        out.push_str(if used == 0 { "  " } else { " " });
        out.push_str(word);
        used += word.len() + 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_every_table_are_told() {
        let help = export_help();
        for table in Kind::ALL {
            let title = format!("Columns of {}:\n", table.name());
            let (_, columns) = help.split_once(&title).unwrap();
            let columns = columns.split("\n\n").next().unwrap();
            let columns: Vec<&str> = columns.split_whitespace().collect();
            let expected = table.columns().iter().map(|column| column.name);
            assert!(
                columns.iter().copied().eq(expected),
                "{}: {columns:?}",
                table.name()
            );
        }
    }
}
