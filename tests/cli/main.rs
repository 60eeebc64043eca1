//! The real binary: what scripts and people get from it, byte for byte where that was promised.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod arguments;
mod explain;
mod export;
mod filter;
mod follow;
mod headers;
mod hostile;
mod inputs;
mod manual;
mod mask;
mod not_understood;
mod output;
mod program;
mod summary;
