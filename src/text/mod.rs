//! Text on its way to a person: sanitising, display width, truncation, lines that fit, human words.
//!
//! Log and header bytes are written by strangers. [`clean`] is the only road from them to a screen,
//! a clipboard or a report; [`Clean`] is the type that proves it was taken. And, for those who read such bytes,
//! [`near`], [`near_any`] and [`same`].

mod base32;
mod fill;
pub mod human;
mod lang;
pub mod markdown;
mod near;
mod sanitize;
mod shape;
mod unescape;
mod width;
mod wrap;

pub use base32::{base32, is_base32};
pub use fill::fill;
pub use lang::Lang;
pub use near::{near, near_any, same};
pub use sanitize::{Clean, clean, clean_block};
pub use shape::shape;
pub use unescape::{unescape_exim, unescape_sendmail};
pub use width::{pad_left, pad_right, truncate_end, truncate_middle, width};
pub use wrap::wrap;
