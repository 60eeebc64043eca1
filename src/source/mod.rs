//! Where bytes come from: files, directories, standard input, compressed or not; and the text store
//! that gives any line back later.

mod blank;
mod chunk;
mod compression;
mod directory;
mod encoding;
mod error;
mod growth;
mod gzip_member;
mod kept;
mod limits;
mod line_set;
pub mod mbox;
mod members;
mod open;
mod passage;
mod passages;
mod paths;
mod peeked;
mod rotation;
mod stream;
mod stretches;
mod text_store;
mod unpacked;
mod xz_stream;
mod zstd_frame;

pub use chunk::{AHEAD_BYTES, Borders, CHUNK_BYTES, Chunk, ChunkIndex, ChunkReader};
pub use compression::{Compression, Foreign};
pub use error::{SourceError, Twin};
pub use growth::{Fate, Growing, Identity, Section, Split, identity};
pub use kept::Packer;
pub use line_set::LineSet;
pub use open::{Opened, open, open_bundled, open_stdin};
pub use passages::Passages;
pub use paths::{Given, Input, USUAL_LOGS, usual_logs};
pub use rotation::{is_older_copy, named_alike};
pub use stream::{Quiet, Stop};
pub use stretches::{Stretch, Stretches};
pub use text_store::{FileText, TextStore};
