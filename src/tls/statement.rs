//! TLS session as stated by a log line or header.

use super::Verify;

/// Statement about one TLS session, split into parts that are not interpreted yet.
///
/// Parts are slices of the line or header; they are empty when absent. A statement without parts says only that
/// TLS was in use (`with ESMTPS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Statement<'a> {
    /// Version token, e.g. `TLSv1.2`.
    pub version: &'a [u8],
    /// Cipher suite as written, e.g. `ECDHE-RSA-AES256-GCM-SHA384`.
    pub cipher: &'a [u8],
    /// Key size as written, in bits (in bytes by old GnuTLS builds of Exim).
    pub bits: Option<u16>,
    /// Key-exchange group, if it is not part of the suite name.
    pub group: &'a [u8],
    /// Whether the session was resumed, if stated.
    pub resumed: Option<bool>,
    /// Certificate verification, if stated.
    pub verify: Option<Verify>,
}
