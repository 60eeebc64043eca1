//! Writes a log of a mail server that never was to standard output.
//!
//! ```text
//! cargo run --release --example loggen -- exim 1G > mainlog
//! ```

#[path = "mod.rs"]
mod generator;

use std::io::{self, BufWriter, Write};

use clap::Parser;
use generator::Kind;

/// Writes a log of a mail server that never was to standard output.
#[derive(Parser)]
struct Options {
    /// exim, exim-old (queue IDs before 4.97) or postfix.
    #[arg(value_parser = kind)]
    kind: Kind,
    /// How large it is at least, in bytes; K, M and G are powers of 1000.
    #[arg(value_parser = size)]
    size: u64,
    /// Another number gives another log.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::named(name).ok_or_else(|| "no such kind of log".to_owned())
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(['K', 'M', 'G']);
    let unit = match &text[digits.len()..] {
        "" => 1,
        "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return Err("more than one unit".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "no number".to_owned())?;
    number
        .checked_mul(unit)
        .ok_or_else(|| "too large".to_owned())
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    generator::write(options.kind, options.size, options.seed, &mut out)?;
    out.flush()
}
