//! Whether an event is a TLS failure, or a delivery that was stopped for lack of TLS.

use crate::parse::Kind;
use crate::tls::Trouble;

use super::{Event, Remark};

/// True when STARTTLS, the handshake or the certificate check with a next host failed.
pub(super) const fn is_tls_failure(kind: Kind, trouble: Option<Trouble>) -> bool {
    match (kind, trouble) {
        (Kind::TlsFailed, _) => true,
        (Kind::Deferral | Kind::Failure | Kind::Note | Kind::TlsRefused, Some(trouble)) => {
            matches!(
                trouble,
                Trouble::StarttlsFailed
                    | Trouble::HandshakeFailed
                    | Trouble::ValidationFailure
                    | Trouble::TooWeak
            )
        }
        _ => false,
    }
}

/// True when nothing was sent because there was no TLS.
pub(super) fn is_stop(event: &Event, remark: impl FnOnce() -> Remark) -> bool {
    match event.kind {
        Kind::TlsRefused => true,
        Kind::TlsFailed => event.ends_connection(),
        Kind::Deferral | Kind::Failure => {
            let trouble = remark().trouble;
            trouble.is_some_and(|trouble| trouble != Trouble::PeerRequiresTls)
        }
        // Of a client that did not use TLS.
        Kind::Rejection => event.session == 0 && event.ends_connection(),
        _ => false,
    }
}

/// True when nothing was sent because there was no TLS and TLS was required.
pub(super) fn is_refusal(event: &Event, remark: impl Fn() -> Remark) -> bool {
    is_stop(event, &remark) && !remark().optional
}
