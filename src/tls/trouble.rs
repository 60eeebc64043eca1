//! Reasons for missing TLS. Names follow the result types of SMTP TLS reporting (RFC 8460) where there is one.

/// What went wrong with TLS on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Trouble {
    /// STARTTLS was not offered on this connection.
    StarttlsNotSupported,
    /// STARTTLS was offered but answered with an error.
    StarttlsFailed,
    /// The TLS handshake failed.
    HandshakeFailed,
    /// The certificate or its name could not be verified.
    ValidationFailure,
    /// DANE: the TLSA look-up was not secured by DNSSEC.
    DnssecInvalid,
    /// DANE: no usable TLSA record.
    TlsaInvalid,
    /// The peer requires TLS, which speaks for it.
    PeerRequiresTls,
    /// A client did not use STARTTLS, which this host requires of it.
    StarttlsNotUsed,
    /// TLS was established, with fewer bits than this host requires.
    TooWeak,
}

impl Trouble {
    /// All codes.
    pub const ALL: [Self; 9] = [
        Self::StarttlsNotSupported,
        Self::StarttlsFailed,
        Self::HandshakeFailed,
        Self::ValidationFailure,
        Self::DnssecInvalid,
        Self::TlsaInvalid,
        Self::PeerRequiresTls,
        Self::StarttlsNotUsed,
        Self::TooWeak,
    ];

    /// Code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StarttlsNotSupported => "starttls-not-supported",
            Self::StarttlsFailed => "starttls-failed",
            Self::HandshakeFailed => "handshake-failed",
            Self::ValidationFailure => "validation-failure",
            Self::DnssecInvalid => "dnssec-invalid",
            Self::TlsaInvalid => "tlsa-invalid",
            Self::PeerRequiresTls => "peer-requires-tls",
            Self::StarttlsNotUsed => "starttls-not-used",
            Self::TooWeak => "too-weak",
        }
    }

    /// Whether TLS itself may have been had: what was required of its certificate, of DANE or of its strength was not.
    pub const fn is_of_quality(self) -> bool {
        matches!(
            self,
            Self::ValidationFailure | Self::DnssecInvalid | Self::TlsaInvalid | Self::TooWeak
        )
    }
}
