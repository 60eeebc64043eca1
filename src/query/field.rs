//! The fields of the filter language: one table that errors, completion, help and the docs are made from.

/// A field, which also says what kind of value it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// A text.
    Text(TextField),
    /// An address or a network.
    Ip,
    /// What became of a message.
    Status,
    /// A grade.
    Grade,
    /// Whether TLS was in use, or its version.
    Tls,
    /// A protocol version.
    Version,
    /// An enhanced status code (RFC 3463).
    Code,
    /// A whole number.
    Number(NumberField),
    /// The kind of an event.
    Kind,
    /// A duration.
    Delay,
    /// A time.
    Time(Edge),
}

/// A field whose value is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextField {
    /// Queue ID or Message-ID (without angle brackets).
    Id,
    /// Envelope sender; the empty text is the null sender `<>`.
    From,
    /// Any recipient.
    To,
    /// Any address: sender or recipient.
    Addr,
    /// Remote host: name or HELO.
    Host,
    /// Domain of an address or of a remote host.
    Domain,
    /// Cipher suite, as written or its IANA name.
    Cipher,
    /// The human part of a line, or the subject.
    Text,
    /// Path of the file a row came from.
    File,
}

/// A field whose value is a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// Exim's error number.
    Errno,
    /// Message size in bytes.
    Size,
    /// Outbound connection attempts.
    Attempts,
}

/// Which end of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Not before.
    Since,
    /// Not after.
    Until,
}

/// What stands between a field and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `:` contains, where there is something to contain; else the same as `=`.
    Has,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Op {
    /// Every operator; none is the beginning of a later one.
    pub const ALL: [Self; 7] = [
        Self::Has,
        Self::Eq,
        Self::Ne,
        Self::Le,
        Self::Ge,
        Self::Lt,
        Self::Gt,
    ];

    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Has => ":",
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// The operator that `text` begins with.
    pub(super) fn at_start(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|op| text.starts_with(op.symbol()))
    }
}

/// One field of the language, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// The field.
    pub field: Field,
    /// The word before the operator.
    pub name: &'static str,
    /// What the field is about, in a line.
    pub help: &'static str,
    /// A whole term that uses it.
    pub example: &'static str,
    /// Words that other programs use for it: not accepted, but understood in a hint.
    pub also: &'static [&'static str],
}

/// Every field, in the order of the documentation.
pub const FIELDS: &[FieldInfo] = &[
    info(
        Field::Text(TextField::Id),
        "id",
        "queue ID or Message-ID (= heeds letter case)",
        "id:1j69ZJ-0001iL-S3",
        &[
            "qid",
            "queue",
            "queue-id",
            "queue_id",
            "message-id",
            "message_id",
            "msgid",
        ],
    ),
    info(
        Field::Text(TextField::From),
        "from",
        "envelope sender (from=<> is the null sender)",
        "from:postmaster@",
        &["sender", "mail-from", "f"],
    ),
    info(
        Field::Text(TextField::To),
        "to",
        "any recipient",
        "to:t-online.de",
        &["rcpt", "recipient", "recipients"],
    ),
    info(
        Field::Text(TextField::Addr),
        "addr",
        "any address, sender or recipient",
        "addr:tosa@rx.t-online.de",
        &["address", "email", "mail"],
    ),
    info(
        Field::Text(TextField::Host),
        "host",
        "remote host: name or HELO",
        r"host:/^mx\d/",
        &["peer", "helo", "relay", "mx", "server", "h"],
    ),
    info(
        Field::Ip,
        "ip",
        "remote address, or the network it lies in",
        "ip:192.0.2.0/24",
        &["cidr", "net", "network", "client"],
    ),
    info(
        Field::Text(TextField::Domain),
        "domain",
        "domain of an address or of a remote host",
        "domain=example.org",
        &["zone"],
    ),
    info(
        Field::Status,
        "status",
        "what became of the message",
        "status:deferred",
        &["state"],
    ),
    info(
        Field::Grade,
        "grade",
        "grade; >=C is C or worse (A<B<S<C<D<E<F; R, L and ? by = only)",
        "grade>=C",
        &["grades", "letter", "rating"],
    ),
    info(
        Field::Tls,
        "tls",
        "whether TLS was in use, or its version",
        "tls<1.2",
        &["ssl", "encrypted", "starttls"],
    ),
    info(
        Field::Version,
        "version",
        "TLS version",
        "version:1.0",
        &["protocol", "proto"],
    ),
    info(
        Field::Text(TextField::Cipher),
        "cipher",
        "cipher suite, as written or its IANA name",
        "cipher:RC4",
        &["suite", "ciphers", "x"],
    ),
    info(
        Field::Code,
        "code",
        "enhanced status code, whole or its first parts (reads lines again)",
        "code:4.7.5",
        &["dsn", "enhanced", "enhanced-status", "enhanced_status"],
    ),
    info(
        Field::Number(NumberField::Errno),
        "errno",
        "Exim's error number",
        "errno=-38",
        &["error", "errnum"],
    ),
    info(
        Field::Kind,
        "kind",
        "kind of an event",
        "kind:delivery,deferral",
        &["type", "event"],
    ),
    info(
        Field::Text(TextField::Text),
        "text",
        "subject, reply, error text (reads lines again; bare words leave subjects and replies out)",
        r#"text:"retry time""#,
        &["subject", "reply", "reason", "msg", "message"],
    ),
    info(
        Field::Number(NumberField::Size),
        "size",
        "message size in bytes; K, M and G are powers of 1024",
        "size>10M",
        &["bytes", "length"],
    ),
    info(
        Field::Number(NumberField::Attempts),
        "attempts",
        "outbound connections tried",
        "attempts>=2",
        &["attempt", "tries", "retries", "try"],
    ),
    info(
        Field::Delay,
        "delay",
        "time from first to last event or from hop to hop; ms, s, m, h, d, w",
        "delay>1h30m",
        &["duration", "age", "wait", "latency"],
    ),
    info(
        Field::Text(TextField::File),
        "file",
        "path of the file the row came from",
        "file:mainlog",
        &["path", "filename"],
    ),
    info(
        Field::Time(Edge::Since),
        "since",
        "not before: a day, a time, or so long ago",
        "since:2020-02-25",
        &["after", "start", "begin", "time", "date"],
    ),
    info(
        Field::Time(Edge::Until),
        "until",
        "not after: that day, minute or second is still in",
        r#"until:"2020-02-25 04:55""#,
        &["before", "end", "till"],
    ),
];

const fn info(
    field: Field,
    name: &'static str,
    help: &'static str,
    example: &'static str,
    also: &'static [&'static str],
) -> FieldInfo {
    FieldInfo {
        field,
        name,
        help,
        example,
        also,
    }
}

impl FieldInfo {
    /// The row of a field name, in any letter case.
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS
            .iter()
            .find(|info| info.name.eq_ignore_ascii_case(name))
    }
}

impl Field {
    /// The word before the operator.
    pub fn name(self) -> &'static str {
        FIELDS
            .iter()
            .find(|info| info.field == self)
            .map_or("", |info| info.name)
    }

    /// The operators it takes, the usual one first.
    pub const fn operators(self) -> &'static [Op] {
        match self {
            Self::Text(_) | Self::Ip | Self::Status | Self::Code | Self::Kind => {
                &[Op::Has, Op::Eq, Op::Ne]
            }
            Self::Grade | Self::Number(NumberField::Attempts) => {
                &[Op::Ge, Op::Gt, Op::Le, Op::Lt, Op::Has, Op::Eq, Op::Ne]
            }
            Self::Tls | Self::Version | Self::Number(NumberField::Errno) => {
                &[Op::Has, Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Eq, Op::Ne]
            }
            Self::Number(NumberField::Size) | Self::Delay => {
                &[Op::Gt, Op::Ge, Op::Lt, Op::Le, Op::Has, Op::Eq, Op::Ne]
            }
            Self::Time(_) => &[Op::Has, Op::Eq],
        }
    }

    /// What a value of the field is called, for messages: `"X" is no grade`.
    pub const fn value_noun(self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Ip => "IP address or network",
            Self::Status => "status",
            Self::Grade => "grade",
            Self::Tls => "TLS state or version",
            Self::Version => "TLS version",
            Self::Code => "enhanced status code",
            Self::Number(NumberField::Size) => "size",
            Self::Number(_) => "whole number",
            Self::Kind => "kind of event",
            Self::Delay => "duration",
            Self::Time(_) => "time",
        }
    }

    /// What an operator means on this field, in a few words.
    pub const fn says(self, op: Op) -> &'static str {
        match (self, op) {
            (Self::Text(_), Op::Has) => "contains",
            (Self::Text(_), Op::Eq) => "is exactly",
            (Self::Code, Op::Has | Op::Eq) => "is, or begins with the parts",
            (Self::Ip, Op::Has | Op::Eq) => "is, or lies in",
            (Self::Time(Edge::Since), _) => "is not before",
            (Self::Time(Edge::Until), _) => "is not after",
            (_, Op::Has | Op::Eq) => "is",
            (_, Op::Ne) => "is not",
            (Self::Grade, Op::Lt) => "is better than",
            (Self::Grade, Op::Le) => "is this or better",
            (Self::Grade, Op::Gt) => "is worse than",
            (Self::Grade, Op::Ge) => "is this or worse",
            (Self::Tls | Self::Version, Op::Lt) => "is older than",
            (Self::Tls | Self::Version, Op::Le) => "is this or older",
            (Self::Tls | Self::Version, Op::Gt) => "is newer than",
            (Self::Tls | Self::Version, Op::Ge) => "is this or newer",
            (_, Op::Lt) => "is less than",
            (_, Op::Le) => "is at most",
            (_, Op::Gt) => "is more than",
            (_, Op::Ge) => "is at least",
        }
    }
}
