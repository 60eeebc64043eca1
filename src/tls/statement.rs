//! What a source says of one TLS session, in its own words.

use super::Verify;

/// The words of a source about one TLS session, split but not yet understood.
///
/// Every part is a slice of the line or header; an empty slice means "not written". A statement with
/// all parts empty says only that TLS was in use (`with ESMTPS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Statement<'a> {
    /// Version token, e.g. `TLSv1.2`.
    pub version: &'a [u8],
    /// Cipher suite as written, e.g. `ECDHE-RSA-AES256-GCM-SHA384`.
    pub cipher: &'a [u8],
    /// Key bits as written (old GnuTLS builds of Exim wrote bytes).
    pub bits: Option<u16>,
    /// Key-exchange group where the source names it apart from the suite.
    pub group: &'a [u8],
    /// Whether the session was resumed, where the source says so.
    pub resumed: Option<bool>,
    /// Certificate verification, where the source says so.
    pub verify: Option<Verify>,
}
