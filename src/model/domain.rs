//! Organisational domains: who runs a host.
//!
//! Without a public suffix list this is an approximation: the last two labels, or three below the
//! registry labels that country domains use (`co.uk`, `com.br`, `ne.jp`). It errs towards taking two
//! customers of one private registry for one organisation.

/// Labels under which country registries hand out names.
const REGISTRY_LABELS: [&str; 24] = [
    "ac", "ad", "asn", "co", "com", "ed", "edu", "gen", "go", "gob", "gouv", "gov", "id", "lg",
    "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch",
];

/// The organisational domain of a host name: a part of the name as written, without a trailing dot. A
/// name of one label, or an address, is its own.
pub fn organisation(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.parse::<std::net::IpAddr>().is_ok() {
        return host;
    }
    let mut labels = host.rsplit('.');
    let (Some(top), Some(second)) = (labels.next(), labels.next()) else {
        return host;
    };
    let mut length = top.len() + 1 + second.len();
    let is_registry = REGISTRY_LABELS
        .iter()
        .any(|label| label.eq_ignore_ascii_case(second));
    if top.len() == 2
        && is_registry
        && let Some(third) = labels.next()
    {
        length += 1 + third.len();
    }
    host.get(host.len().saturating_sub(length)..)
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
            ("co.uk", "co.uk"),
            ("example.org", "example.org"),
            ("mx.Example.ORG", "Example.ORG"),
            ("localhost", "localhost"),
            ("192.0.2.1", "192.0.2.1"),
            ("", ""),
            (".", ""),
        ] {
            assert_eq!(organisation(host), domain, "{host}");
        }
        assert!(same_organisation("a.example.org", "B.EXAMPLE.org."));
        assert!(!same_organisation("a.example.org", "a.example.net"));
    }
}
