//! The `hopgrade` binary: arguments in, exit code out.

fn main() {}
