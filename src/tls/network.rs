//! Over which kind of network a leg went.

/// The network between two hosts, as far as addresses tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Network {
    /// No address is known.
    #[default]
    Unknown,
    /// Any network that is not ours.
    Outside,
    /// Private, unique local, carrier-grade NAT, or configured as inner.
    Inside,
    /// The same machine.
    Loopback,
}
