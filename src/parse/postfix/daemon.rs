//! Programs of Postfix, known by the last part of their syslog tag.

use crate::parse::bytes::from;

/// Programs, as far as their lines differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Daemon {
    /// The SMTP server.
    Smtpd,
    /// The SMTP client.
    Smtp,
    /// The LMTP client.
    Lmtp,
    /// Puts messages into the queue.
    Cleanup,
    /// Queue manager, old and new.
    Queue,
    /// Picks up locally submitted mail.
    Pickup,
    /// Creates bounces and delay notifications.
    Bounce,
    /// Delivers to mailboxes and commands: local, virtual, pipe.
    Mailbox,
    /// Discards mail.
    Discard,
    /// Bounces or defers all mail: error, retry.
    Error,
    /// Screens clients before smtpd.
    Postscreen,
    /// Does TLS for postscreen and for the SMTP client.
    Tlsproxy,
    /// Queries DNS block lists for postscreen.
    Dnsblog,
    /// Changes the queue for the administrator.
    Postsuper,
    /// All others: master, anvil, scripts, commands.
    Other,
}

impl Daemon {
    /// The program of that name, the last part of a syslog tag; `None` for what is no program of Postfix.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"smtpd" | b"qmqpd" => Self::Smtpd,
            b"smtp" => Self::Smtp,
            b"lmtp" => Self::Lmtp,
            b"cleanup" => Self::Cleanup,
            b"qmgr" | b"nqmgr" | b"oqmgr" => Self::Queue,
            b"pickup" => Self::Pickup,
            b"bounce" | b"defer" | b"trace" => Self::Bounce,
            b"local" | b"virtual" | b"pipe" => Self::Mailbox,
            b"discard" => Self::Discard,
            b"error" | b"retry" => Self::Error,
            b"postscreen" => Self::Postscreen,
            b"tlsproxy" => Self::Tlsproxy,
            b"dnsblog" => Self::Dnsblog,
            b"postsuper" => Self::Postsuper,
            other if is_other(other) => Self::Other,
            _ => return None,
        })
    }
}

/// The last part of a tag: `smtpd` of `postfix/submission/smtpd`.
#[inline]
pub(super) fn name(tag: &[u8]) -> &[u8] {
    let slash = tag.iter().rposition(|byte| *byte == b'/');
    from(tag, slash.map_or(0, |at| at + 1))
}

/// Programs whose lines are notes.
fn is_other(name: &[u8]) -> bool {
    let script = name.starts_with(b"postfix-") || name.starts_with(b"post-install");
    script
        || matches!(
            name,
            b"anvil"
                | b"flush"
                | b"mailq"
                | b"master"
                | b"nbdb_reindexd"
                | b"newaliases"
                | b"postalias"
                | b"postcat"
                | b"postconf"
                | b"postdrop"
                | b"postfix"
                | b"postkick"
                | b"postlock"
                | b"postlog"
                | b"postlogd"
                | b"postmap"
                | b"postmulti"
                | b"postqueue"
                | b"posttls-finger"
                | b"proxymap"
                | b"proxywrite"
                | b"scache"
                | b"sendmail"
                | b"set-permissions"
                | b"showq"
                | b"spawn"
                | b"tlsmgr"
                | b"trivial-rewrite"
                | b"rewrite"
                | b"verify"
        )
}
