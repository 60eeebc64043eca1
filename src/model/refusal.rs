//! What an event means for TLS: that it failed, that it was wanted and not had.

use crate::parse::Kind;
use crate::tls::Trouble;

use super::Remark;

/// True when a TLS handshake or STARTTLS itself failed on the way to a next host.
pub(super) const fn is_tls_failure(kind: Kind, trouble: Option<Trouble>) -> bool {
    match (kind, trouble) {
        (Kind::TlsFailed, _) => true,
        (Kind::Deferral | Kind::Failure | Kind::Note | Kind::TlsRefused, Some(trouble)) => {
            matches!(
                trouble,
                Trouble::StarttlsFailed | Trouble::HandshakeFailed | Trouble::ValidationFailure
            )
        }
        _ => false,
    }
}

/// True when an event with this remark means that nothing was sent because TLS was not had.
pub(super) fn is_stop(kind: Kind, remark: impl FnOnce() -> Remark) -> bool {
    match kind {
        Kind::TlsRefused => true,
        Kind::Deferral | Kind::Failure => {
            let trouble = remark().trouble;
            trouble.is_some_and(|trouble| trouble != Trouble::PeerRequiresTls)
        }
        _ => false,
    }
}

/// The same, unless the line says that TLS was not required.
pub(super) fn is_refusal(kind: Kind, remark: impl Fn() -> Remark) -> bool {
    is_stop(kind, &remark) && !remark().optional
}
