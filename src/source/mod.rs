//! Opens inputs (files, directories, standard input, compressed or not), cuts their text into chunks, and reads
//! any line of it again later.
//!
//! - `paths`, `directory`, `rotation`: from PATH arguments to an ordered list of inputs.
//! - `open`, `stream`, `peeked`: files, pipes and devices as byte streams.
//! - `compression`, `members`, `gzip_member`, `xz_stream`, `zstd_frame`, `limits`: decompression.
//! - `encoding`: UTF-16 and old line ends to UTF-8 and line feeds.
//! - `chunk`, `stretches`, `mbox`, `growth`: text in chunks of whole lines, in part, by message, as a file
//!   grows.
//! - `text_store`, `packed_chunk`, `reread`, `blank`, `line_set`, `passage`, `passages`: lines read again after
//!   the load.

mod blank;
mod chunk;
mod compression;
mod directory;
mod encoding;
mod error;
mod growth;
mod gzip_member;
mod limits;
mod line_set;
pub mod mbox;
mod members;
mod open;
mod packed_chunk;
mod passage;
mod passages;
mod paths;
mod peeked;
mod reread;
mod rotation;
mod stream;
mod stretches;
mod text_store;
mod xz_stream;
mod zstd_frame;

pub use chunk::{AHEAD_BYTES, Borders, CHUNK_BYTES, Chunk, ChunkIndex, ChunkReader};
pub use compression::{Compression, Foreign};
pub use error::{SourceError, Twin};
pub use growth::{Fate, Growing, Identity, Section, Split, identity};
pub use line_set::LineSet;
pub use open::{Opened, open, open_bundled, open_stdin};
pub use packed_chunk::Packer;
pub use passages::Passages;
pub use paths::{Given, Input, USUAL_LOGS, usual_logs};
pub use rotation::{is_older_copy, named_alike};
pub use stream::{Quiet, Stop};
pub use stretches::{Stretch, Stretches};
pub use text_store::{FileText, TextStore};
