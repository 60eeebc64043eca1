//! What is known of one TLS session.

use super::Version;

/// TLS on one leg, as far as the source tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlsState {
    /// TLS was in use: the source states it.
    Yes,
    /// Plaintext is established.
    No,
    /// An SMTP hop without a statement, from a writer that is not known to always make one.
    #[default]
    NotStated,
    /// TLS was required and not had; nothing was sent.
    Refused,
    /// No SMTP hop.
    NotApplicable,
}

impl TlsState {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotStated => "not_stated",
            Self::Refused => "refused",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// What the source says of the peer's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verify {
    /// Verified by DANE TLSA records.
    Dane,
    /// Chain and name verified.
    Verified,
    /// Chain trusted, name not required or not matched.
    Trusted,
    /// Not verified.
    Unverified,
    /// No certificate at all.
    Anonymous,
}

impl Verify {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dane => "dane",
            Self::Verified => "verified",
            Self::Trusted => "trusted",
            Self::Unverified => "unverified",
            Self::Anonymous => "anonymous",
        }
    }
}

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

/// One TLS session, understood: made once for each distinct [`Statement`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Protocol version, if the source names one.
    pub version: Option<Version>,
    /// Suite as written, without version and bits; empty if none was written.
    pub cipher: String,
    /// Effective key bits.
    pub bits: Option<u16>,
    /// Key-exchange group.
    pub group: Option<String>,
    /// Resumed session.
    pub resumed: Option<bool>,
    /// Certificate verification.
    pub verify: Option<Verify>,
}

impl Session {
    /// Understands a statement.
    pub fn from_statement(statement: &Statement<'_>) -> Self {
        Self {
            version: Version::parse(statement.version),
            cipher: String::from_utf8_lossy(statement.cipher).into_owned(),
            bits: statement.bits,
            group: None,
            resumed: statement.resumed,
            verify: statement.verify,
        }
    }
}
