//! Fields of the filter language. One table serves parsing, error messages, completion, help and the manual.

/// Field, with the type of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Text.
    Text(TextField),
    /// IP address or network.
    Ip,
    /// Status of a message.
    Status,
    /// A grade.
    Grade,
    /// TLS state or version.
    Tls,
    /// TLS version.
    Version,
    /// An enhanced status code (RFC 3463).
    Code,
    /// A whole number.
    Number(NumberField),
    /// Kind of an event.
    Kind,
    /// Duration.
    Delay,
    /// Point in time.
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
    /// Remote host: name or HELO, where it has no name its address; of a wait that names none, the host tried last for the same recipient.
    Host,
    /// Remote host at which an attempt for the same recipient of the same message ended for want of TLS.
    Barred,
    /// Domain of an address or of a remote host.
    Domain,
    /// Cipher suite, as written or its IANA name.
    Cipher,
    /// Error text or reply on a line, or the subject.
    Text,
    /// Path of the file that a row comes from.
    File,
}

/// A field whose value is a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// Exim error number.
    Errno,
    /// Message size in bytes.
    Size,
    /// Number of outbound connection attempts.
    Attempts,
}

/// Edge of a time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Not before the moment.
    Since,
    /// Not after the moment.
    Until,
}

/// Operator between a field and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `:` for "contains", or the same as `=` for fields whose values have no parts.
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
    /// Every operator. No operator is the prefix of one after it in the list.
    pub const ALL: [Self; 7] = [
        Self::Has,
        Self::Eq,
        Self::Ne,
        Self::Le,
        Self::Ge,
        Self::Lt,
        Self::Gt,
    ];

    /// Text of the operator.
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

    /// The operator at the beginning of `text`.
    pub(super) fn at_start(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|op| text.starts_with(op.symbol()))
    }
}

/// Description of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Field described.
    pub field: Field,
    /// Name of the field.
    pub name: &'static str,
    /// Description in one line.
    pub help: &'static str,
    /// Example of a whole term.
    pub example: &'static str,
    /// Names that other programs have for the field. They are not accepted, but lead to a hint.
    pub also: &'static [&'static str],
}

/// Every field, in the order of the manual.
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
        "name or HELO of the remote host, else its address; of a wait, the host tried last",
        r"host:/^mx\d/",
        &["peer", "helo", "relay", "mx", "server", "h"],
    ),
    info(
        Field::Text(TextField::Barred),
        "barred",
        "host that barred the same recipient for want of TLS",
        "barred:mx.example.net",
        &["refused", "refused-by", "refused_by", "stopped"],
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
    /// Field of that name, in any letter case.
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS
            .iter()
            .find(|info| info.name.eq_ignore_ascii_case(name))
    }
}

impl Field {
    /// Name of the field.
    pub fn name(self) -> &'static str {
        FIELDS
            .iter()
            .find(|info| info.field == self)
            .map_or("", |info| info.name)
    }

    /// Operators that the field accepts, the usual one first.
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

    /// Noun for a value of the field, for error messages: `"X" is not a grade`.
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

    /// Meaning of an operator on the field, in a few words.
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
