//! Administrative lines without a message ID: daemon, queue runs, look-ups, warnings.

const BEGINNINGS: [&[u8]; 55] = [
    b"exim ",
    b"Exim ",
    b"Start queue run: ",
    b"End queue run: ",
    b"Start '",
    b"End '",
    b"Start ODMR queue run: ",
    b"End ODMR queue run: ",
    b"cwd=",
    b"Warning: ",
    b"WARNING: ",
    b"SIGHUP received",
    b"SIGTERM received",
    b"pid ",
    b"daemon: ",
    b"re-exec of exim",
    b"configuration error",
    b"failed to ",
    b"Failed to ",
    b"unable to ",
    b"Unable to ",
    b"could not ",
    b"Could not ",
    b"Cannot ",
    b"cannot ",
    b"host name alias list ",
    b"host lookup ",
    b"list matching forced to fail",
    b"lookup of ",
    b"lookup failed ",
    b"DNS list lookup ",
    b"dnslists ",
    b"DKIM: ",
    b"spool directory space check failed",
    b"spool file ",
    b"Spool file ",
    b"log file ",
    b"Log file ",
    b"string_sprintf expansion",
    b"internal problem",
    b"socket bind() ",
    b"bind() failed",
    b"**** log string overflowed log buffer ****",
    b"timed out while reading local message",
    b"remote host ",
    b"malware acl condition: ",
    b"spam acl condition: ",
    b"spamd: ",
    b"ACL for ",
    b"configured error code ",
    b"exec of ",
    b"too many ",
    b"gethostbyname",
    b"TFO mode ",
    // Of the configuration of cPanel.
    b"SMTP connection identification ",
];

/// True for an administrative line that Exim writes without a message ID.
pub(super) fn is_administrative(text: &[u8]) -> bool {
    let first = text.first();
    BEGINNINGS
        .iter()
        .any(|beginning| beginning.first() == first && text.starts_with(beginning))
}

/// True for a text that only Exim writes. Most of the beginnings above may be of other programs.
pub(super) fn names_exim(text: &[u8]) -> bool {
    let daemon = text.starts_with(b"exim ")
        && memchr::memmem::find(text, b" daemon started: pid=").is_some();
    daemon
        || text.starts_with(b"Start queue run: pid=")
        || text.starts_with(b"End queue run: pid=")
        || (text.starts_with(b"cwd=") && memchr::memmem::find(text, b" args: ").is_some())
}
