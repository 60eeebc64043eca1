//! Whether two lines speak of the same remote host.

use crate::model::{Strings, Symbol};

/// Whether two lines speak of the same remote host: the same address, or the same name where one of them
/// gives no address. Old releases of Sendmail cut the middle out of a long name.
pub(in crate::model) fn same_peer(strings: &Strings, a: Symbol, b: Symbol) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (strings.endpoint(a), strings.endpoint(b));
    match (a.ip, b.ip) {
        (b"", _) | (_, b"") => {
            !a.name.is_empty() && (a.name == b.name || cut(a.name, b.name) || cut(b.name, a.name))
        }
        (a, b) => a == b,
    }
}

/// Whether `short` is `name...middle` of `name`.
fn cut(short: &[u8], name: &[u8]) -> bool {
    let mut places = memchr::memmem::find_iter(short, b"...");
    places.next().is_some_and(|at| {
        let (start, end) = (short.get(..at), short.get(at + 3..));
        start.is_some_and(|start| !start.is_empty() && name.starts_with(start))
            && end.is_some_and(|end| !end.is_empty() && name.ends_with(end))
    })
}
