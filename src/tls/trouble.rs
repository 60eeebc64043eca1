//! Why TLS was not had. Names follow the SMTP TLS reporting result types (RFC 8460) where one exists.

/// What went wrong with TLS on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Trouble {
    /// STARTTLS was not offered on this connection.
    StarttlsNotSupported,
    /// STARTTLS was offered but answered with an error.
    StarttlsFailed,
    /// The TLS handshake failed.
    HandshakeFailed,
    /// The certificate or its name did not pass.
    ValidationFailure,
    /// DANE: the TLSA look-up was not secured by DNSSEC.
    DnssecInvalid,
    /// DANE: no usable TLSA record.
    TlsaInvalid,
    /// The peer demands TLS of us: a point in its favour.
    PeerRequiresTls,
}

impl Trouble {
    /// Every code.
    pub const ALL: [Self; 7] = [
        Self::StarttlsNotSupported,
        Self::StarttlsFailed,
        Self::HandshakeFailed,
        Self::ValidationFailure,
        Self::DnssecInvalid,
        Self::TlsaInvalid,
        Self::PeerRequiresTls,
    ];

    /// The code used in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StarttlsNotSupported => "starttls-not-supported",
            Self::StarttlsFailed => "starttls-failed",
            Self::HandshakeFailed => "handshake-failed",
            Self::ValidationFailure => "validation-failure",
            Self::DnssecInvalid => "dnssec-invalid",
            Self::TlsaInvalid => "tlsa-invalid",
            Self::PeerRequiresTls => "peer-requires-tls",
        }
    }
}
