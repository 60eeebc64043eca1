//! Organisational domains of host names, by the public suffix list.

use std::borrow::Cow;

/// The organisational domain of a host name: the end of the name as written, without a trailing dot. A name of one
/// label, a public suffix, or an address is returned whole.
pub fn organisation(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.parse::<std::net::IpAddr>().is_ok() {
        return host;
    }
    // The list is in lower case. Only ASCII letters change, so the length stays the same.
    let lower = if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    };
    psl::domain_str(&lower)
        .and_then(|domain| host.get(host.len().checked_sub(domain.len())?..))
        .unwrap_or(host)
}

/// True when two hosts belong to one organisation.
pub fn same_organisation(one: &str, other: &str) -> bool {
    organisation(one).eq_ignore_ascii_case(organisation(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_hosts() {
        for (host, domain) in [
            ("fwd37.aul.t-online.de", "t-online.de"),
            ("mail.example.co.uk.", "example.co.uk"),
            ("a.b.example.com.br", "example.com.br"),
            ("MX.Example.CO.UK", "Example.CO.UK"),
            ("co.uk", "co.uk"),
            ("example.org", "example.org"),
            ("mx.Example.ORG", "Example.ORG"),
            // Domains below a private registry belong to different customers.
            ("a.customer.dyndns.org", "customer.dyndns.org"),
            ("localhost", "localhost"),
            ("192.0.2.1", "192.0.2.1"),
            ("mx.example.internal", "example.internal"),
            ("", ""),
            (".", ""),
        ] {
            assert_eq!(organisation(host), domain, "{host}");
        }
        assert!(same_organisation("a.example.org", "B.EXAMPLE.org."));
        assert!(!same_organisation("a.example.org", "a.example.net"));
        assert!(!same_organisation("a.example.co.uk", "b.other.co.uk"));
    }

    proptest::proptest! {
        #[test]
        fn any_name_has_a_domain_that_ends_it(name in "[a-zA-Z0-9.é-]{0,40}|\\PC{0,20}") {
            let bare = name.strip_suffix('.').unwrap_or(&name);
            proptest::prop_assert!(bare.ends_with(organisation(&name)));
        }
    }
}
