//! Where bytes come from: files, directories, standard input, compressed or not; and the text store
//! that gives any line back later.

mod chunk;
mod error;
mod open;
mod paths;
mod text_store;

pub use chunk::{Borders, CHUNK_BYTES, Chunk, ChunkIndex, ChunkReader};
pub use error::SourceError;
pub use open::{Compression, Opened, open, open_bundled, open_stdin};
pub use paths::{Input, USUAL_LOGS, expand, usual_logs};
pub use text_store::{FileText, TextStore};
