//! Short syntaxes of compose: ports, volumes, devices, sizes, durations, words of a command.
//!
//! Texts in, parts out; knows nothing of files.

/// A published port or range, as its text says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PortSpec {
    pub(crate) host_ip: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) target: String,
    pub(crate) protocol: String,
}

/// Reads `[[ip:][host]:]container[/protocol]`.
pub(crate) fn parse_port(text: &str) -> Option<PortSpec> {
    let (ports, protocol) = match text.split_once('/') {
        Some((ports, protocol)) if !protocol.is_empty() => (ports, protocol.to_lowercase()),
        Some((ports, _)) => (ports, "tcp".to_owned()),
        None => (text, "tcp".to_owned()),
    };
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return None;
    }
    let (head, target) = match ports.rsplit_once(':') {
        Some((head, target)) => (Some(head), target),
        None => (None, ports),
    };
    let (host_ip, published) = match head {
        None => (None, None),
        Some(head) => match head.rsplit_once(':') {
            Some((ip, published)) => (Some(ip), Some(published)),
            None => (None, Some(head)),
        },
    };
    let (first, last) = parse_range(target)?;
    let published = published.filter(|it| !it.is_empty());
    if let Some(published) = published {
        let (start, end) = parse_range(published)?;
        if first != last && end - start != last - first {
            return None;
        }
    }
    let host_ip = host_ip.map(|it| it.trim_start_matches('[').trim_end_matches(']'));
    let host_ip = host_ip.filter(|it| !it.is_empty());
    if host_ip.is_some_and(|it| it.parse::<std::net::IpAddr>().is_err()) {
        return None;
    }
    Some(PortSpec {
        host_ip: host_ip.map(str::to_owned),
        published: published.map(str::to_owned),
        target: target.to_owned(),
        protocol,
    })
}

/// First and last port of `80` or `80-90`.
pub(crate) fn parse_range(text: &str) -> Option<(u16, u16)> {
    let port = |it: &str| {
        let digits = !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| it.parse::<u16>().ok()).flatten()
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (port(first)?, port(last)?),
        None => (port(text)?, port(text)?),
    };
    (first <= last).then_some((first, last))
}

/// A mount, as its text says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VolumeSpec {
    pub(crate) source: Option<String>,
    pub(crate) target: String,
    pub(crate) read_only: bool,
    pub(crate) no_copy: bool,
    pub(crate) selinux: Option<String>,
    pub(crate) propagation: Option<String>,
}

impl VolumeSpec {
    /// Whether the source is a path and no name.
    pub(crate) fn is_bind(&self) -> bool {
        self.source.as_deref().is_some_and(is_host_path)
    }
}

/// Reads `[source:]target[:options]`.
pub(crate) fn parse_volume(text: &str) -> Option<VolumeSpec> {
    if text.is_empty() {
        return None;
    }
    if text.len() <= 2 {
        return Some(VolumeSpec { target: text.to_owned(), ..VolumeSpec::default() });
    }
    let parts = split_volume(text);
    if parts.iter().any(|it| it.is_empty()) {
        return None;
    }
    let mut parts = parts.into_iter();
    let (first, second) = (parts.next()?, parts.next());
    let Some(second) = second else {
        return Some(VolumeSpec { target: first.to_owned(), ..VolumeSpec::default() });
    };
    let mut res = VolumeSpec {
        source: Some(first.to_owned()),
        target: second.to_owned(),
        ..VolumeSpec::default()
    };
    for option in parts.next().unwrap_or_default().split(',') {
        match option {
            "ro" => res.read_only = true,
            "rw" => res.read_only = false,
            "nocopy" => res.no_copy = true,
            "z" | "Z" => res.selinux = Some(option.to_owned()),
            "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
                res.propagation = Some(option.to_owned());
            }
            _ => {}
        }
    }
    parts.next().is_none().then_some(res)
}

/// Splits at colons, save the one behind a drive letter.
fn split_volume(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices() {
        let part = text.get(start..at).unwrap_or_default();
        let drive = part.len() == 1 && part.bytes().all(|it| it.is_ascii_alphabetic());
        if sign == ':' && !drive {
            parts.push(part);
            start = at + 1;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Whether a mount's source is a path of the host.
pub(crate) fn is_host_path(source: &str) -> bool {
    let mut bytes = source.bytes();
    let (first, second) = (bytes.next(), bytes.next());
    match first {
        Some(b'.' | b'/' | b'~') => true,
        Some(b'\\') => second == Some(b'\\'),
        Some(letter) => letter.is_ascii_alphabetic() && second == Some(b':'),
        None => false,
    }
}

/// A size in bytes: `512M`, `1.5g`, `64kb`, a bare number.
pub fn parse_bytes(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let (number, unit) = (text.get(..digits)?, text.get(digits..)?.trim_start().to_lowercase());
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let unit = unit.strip_suffix('i').filter(|it| !it.is_empty()).unwrap_or(unit);
    let factor: i64 = match unit {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1 << 40,
        "p" => 1 << 50,
        _ => return None,
    };
    if let Ok(whole) = number.parse::<i64>() {
        return whole.checked_mul(factor);
    }
    #[expect(clippy::cast_precision_loss, reason = "the factors are powers of two")]
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    #[expect(clippy::cast_possible_truncation, reason = "kept in range by the filter")]
    (0.0..9e18).contains(&bytes).then_some(bytes as i64)
}

/// A duration in nanoseconds: `1m30s`, `1.5h`, `500ms`.
pub fn parse_duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    if rest == "0" {
        return Some(0);
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let (number, tail) = (rest.get(..digits)?, rest.get(digits..)?);
        let end = tail.find(|it: char| it.is_ascii_digit() || it == '.').unwrap_or(tail.len());
        let factor: f64 = match tail.get(..end)? {
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "d" => 86_400e9,
            "w" => 604_800e9,
            _ => return None,
        };
        let part = number.parse::<f64>().ok()? * factor;
        if !(0.0..9e18).contains(&part) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "in range by the check above")]
        let part = part as i64;
        total = total.checked_add(part)?;
        rest = tail.get(end..)?;
    }
    Some(total)
}

/// A duration as Go prints it.
pub(crate) fn show_duration(nanoseconds: i64) -> String {
    let fraction = |value: i64, unit: i64, name: &str| {
        let (whole, rest) = (value / unit, value % unit);
        let width = unit.to_string().len() - 1;
        let digits = format!("{rest:0width$}");
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { format!("{whole}{name}") } else { format!("{whole}.{digits}{name}") }
    };
    match nanoseconds {
        0 => return "0s".to_owned(),
        1..1_000 => return format!("{nanoseconds}ns"),
        1_000..1_000_000 => return fraction(nanoseconds, 1_000, "µs"),
        1_000_000..1_000_000_000 => return fraction(nanoseconds, 1_000_000, "ms"),
        _ => {}
    }
    let seconds = fraction(nanoseconds % 60_000_000_000, 1_000_000_000, "s");
    let minutes = nanoseconds / 60_000_000_000;
    match (minutes / 60, minutes % 60) {
        (0, 0) => seconds,
        (0, minutes) => format!("{minutes}m{seconds}"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
    }
}

/// Splits a command as a shell would, without running anything; `None` where a quote is left open.
pub(crate) fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(sign) = chars.next() {
        match sign {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        it => word.push(it),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => push_escaped(word, chars.next()?, true),
                        it => word.push(it),
                    }
                }
            }
            '\\' => push_escaped(word.get_or_insert_default(), chars.next()?, false),
            it => word.get_or_insert_default().push(it),
        }
    }
    words.extend(word);
    Some(words)
}

fn push_escaped(word: &mut String, sign: char, quoted: bool) {
    if quoted && !matches!(sign, '"' | '\\' | '$' | '`' | '\n') {
        word.push('\\');
    }
    word.push(sign);
}

/// Takes `.` and `..` out of a path; a relative one keeps its leading `..`.
pub(crate) fn clean_path(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|it| *it != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// `path` as seen from where `base` is relative to.
pub(crate) fn join_path(base: &str, path: &str) -> String {
    let windows = path.get(1..3).is_some_and(|it| it == ":\\" || it == ":/");
    if base.is_empty() || path.starts_with(['/', '~', '\\']) || windows {
        return path.to_owned();
    }
    let joined = clean_path(&format!("{base}/{path}"));
    // A bind mount's source must go on to look like a path and not like a name.
    if joined.starts_with(['/', '.']) { joined } else { format!("./{joined}") }
}

/// The folder of a file name; empty for a name alone.
pub(crate) fn folder(name: &str) -> &str {
    match name.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{
        clean_path, join_path, parse_bytes, parse_duration, parse_port, parse_volume,
        show_duration, split_words,
    };

    #[test]
    fn ports_are_split() {
        let table = [
            ("80", Some((None, None, "80", "tcp"))),
            ("8080:80/UDP", Some((None, Some("8080"), "80", "udp"))),
            ("127.0.0.1:8080:80", Some((Some("127.0.0.1"), Some("8080"), "80", "tcp"))),
            ("127.0.0.1::80", Some((Some("127.0.0.1"), None, "80", "tcp"))),
            ("[::1]:1-2:3-4", Some((Some("::1"), Some("1-2"), "3-4", "tcp"))),
            ("1-9:80", Some((None, Some("1-9"), "80", "tcp"))),
            ("1-2:3-5", None),
            ("99999", None),
            ("a:80", None),
            ("a:80:80", None),
            ("80/x", None),
        ];
        for (text, expected) in table {
            let found = parse_port(text);
            let found = found.as_ref().map(|it| {
                let (ip, published) = (it.host_ip.as_deref(), it.published.as_deref());
                (ip, published, it.target.as_str(), it.protocol.as_str())
            });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn volumes_are_split() {
        let table = [
            ("/a", Some((None, "/a", false, false))),
            ("v:/a", Some((None, "v:/a", false, false))),
            ("vol:/a:ro", Some((Some("vol"), "/a", true, false))),
            ("./x:/a:z,rshared", Some((Some("./x"), "/a", false, true))),
            ("C:\\x:/a", Some((Some("C:\\x"), "/a", false, true))),
            ("ab::b", None),
            ("aa:bb:ro:x", None),
        ];
        for (text, expected) in table {
            let found = parse_volume(text);
            let found = found
                .as_ref()
                .map(|it| (it.source.as_deref(), it.target.as_str(), it.read_only, it.is_bind()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn sizes_durations_words_and_paths_are_read() {
        for (text, bytes) in [("512M", 536_870_912), ("1.5g", 1_610_612_736), ("64kb", 65_536)] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        assert_eq!(parse_bytes("1GiB"), Some(1 << 30));
        assert!(parse_bytes("12q").is_none() && parse_bytes("").is_none());
        for text in ["1m30s", "10s", "1h2m0.5s", "500ms", "1h0m0s", "1.5µs"] {
            assert_eq!(show_duration(parse_duration(text).unwrap()), text);
        }
        assert!(parse_duration("5").is_none() && parse_duration("1x").is_none());
        let words = split_words("a 'b c' \"d \\\" \\e\" f\\ g ''").unwrap();
        assert_eq!(words, ["a", "b c", "d \" \\e", "f g", ""]);
        assert!(split_words("a 'b").is_none());
        assert_eq!(clean_path("/a/./b/../../../c"), "/c");
        assert_eq!(clean_path("../a/.."), "..");
        assert_eq!(join_path("sub", "../x"), "./x");
        assert_eq!(join_path("sub", "/x"), "/x");
        assert_eq!(join_path("", "x"), "x");
    }
}
