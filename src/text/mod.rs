//! Text for display: sanitising, display width, truncation, lines that fit, numbers in words; and searches in short
//! texts.
//!
//! Log and header bytes are untrusted. [`clean`] is the only way to put them on a screen, a clipboard or into a
//! report; the type [`Clean`] proves that it was used.

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
