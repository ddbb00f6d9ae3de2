//! Passwords in addresses: `scheme://user:password@host`.

use std::ops::Range;

use plimsoll_finding::Confidence;

use crate::{
    judgement::{is_placeholder, is_weak_password},
    scan::Match,
};

/// The password in the address whose `://` is at `sign`.
pub(crate) fn find(text: &[u8], sign: &Range<usize>) -> Option<Match> {
    let before = sign.start.checked_sub(1).and_then(|it| text.get(it))?;
    if !before.is_ascii_alphanumeric() {
        return None;
    }
    let rest = text.get(sign.end..text.len().min(sign.end + MAX_AUTHORITY))?;
    // A slash may be in the password, so all of them are looked over; a blank or a quote ends it.
    let len = rest.iter().take_while(|it| is_inside(**it)).count();
    let authority = rest.get(..len)?;
    let at = user_end(authority)?;
    let user = authority.get(..at)?;
    let colon = memchr::memchr(b':', user)?;
    let (name, password) = (user.get(..colon)?, user.get(colon + 1..)?);
    let host = authority.get(at + 1..)?;
    let starts_host = |it: &u8| {
        it.is_ascii_alphanumeric() || matches!(it, b'[' | b'$' | b'{' | b'<' | b'(' | b'*' | b'%')
    };
    if !host.first().is_some_and(starts_host) || !is_written(password) || name.contains(&b'/') {
        return None;
    }
    // What manuals write, and the CVS servers that once were open to all.
    let is_manual = matches!((name, password), (b"user", b"pass") | (b"username", b"password"));
    if is_manual || (name.is_empty() && password.contains(&b':')) {
        return None;
    }
    let is_weak = is_weak_password(password) || name == password;
    if is_weak && is_documentation(host) {
        return None;
    }
    let start = sign.end + colon + 1;
    let confidence = if is_weak { Confidence::Low } else { Confidence::High };
    Some(Match { secret: start..start + password.len(), unwrapped: None, confidence })
}

/// Where user and password end: at the last `@` before the path, or, where a slash is in the
/// password, at the first behind it.
fn user_end(authority: &[u8]) -> Option<usize> {
    let path =
        authority.iter().position(|it| matches!(it, b'/' | b'?' | b'#')).unwrap_or(authority.len());
    let before_path = authority.get(..path).and_then(|it| memchr::memrchr(b'@', it));
    before_path.or_else(|| {
        let has_port_digits = || {
            // `host:80/a@b` is a path behind a port.
            let colon = memchr::memchr(b':', authority)?;
            let port = authority.get(colon + 1..path)?;
            Some(!port.is_empty() && port.iter().all(u8::is_ascii_digit))
        };
        let is_host = authority.get(..path).is_some_and(|it| !it.contains(&b':'))
            || has_port_digits() == Some(true);
        if is_host { None } else { memchr::memchr(b'@', authority) }
    })
}

fn is_inside(byte: u8) -> bool {
    (byte.is_ascii_graphic() || byte >= 0x80)
        && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b',')
}

/// Not a variable, a template or a row of stars.
fn is_written(password: &[u8]) -> bool {
    let is_escaped = |it: &[u8]| it.iter().take(2).filter(|it| it.is_ascii_hexdigit()).count() == 2;
    let has_variable = password.iter().any(|it| matches!(it, b'{' | b'}' | b'(' | b')' | b'['))
        || password.first() == Some(&b'$')
        || password.split(|it| *it == b'%').skip(1).any(|it| !is_escaped(it));
    let is_stars = password.iter().all(|it| matches!(it, b'*' | b'x' | b'X' | b'.' | b'-' | b'#'));
    !password.is_empty()
        && password != b"x-oauth-basic"
        && !has_variable
        && !is_stars
        && (!is_placeholder(password) || is_weak_password(password))
}

/// Whether a host is one that is kept for examples and can be nobody's (RFC 2606, 3849 and 5737).
fn is_documentation(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let end = host.iter().position(|it| matches!(it, b'/' | b'?' | b'#')).unwrap_or(host.len());
    let host = host.get(..end).unwrap_or_default();
    if let Some(address) = host.strip_prefix(b"[") {
        return address.starts_with(b"2001:db8:") || address.starts_with(b"2001:0db8:");
    }
    let name = host.split(|it| *it == b':').next().unwrap_or_default();
    let is_below = |domain: &&[u8]| {
        name.strip_suffix(*domain).is_some_and(|it| it.is_empty() || it.ends_with(b"."))
    };
    let domains: [&[u8]; 5] =
        [b"example.com", b"example.net", b"example.org", b"example", b"invalid"];
    let networks: [&[u8]; 3] = [b"192.0.2.", b"198.51.100.", b"203.0.113."];
    domains.iter().any(is_below) || networks.iter().any(|it| name.starts_with(it))
}

/// The longest `user:password@host`.
const MAX_AUTHORITY: usize = 512;

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn passwords_of_addresses_are_found() {
        for (text, password) in [
            ("postgres://u:hunter2@db/x", Some("hunter2")),
            ("git+https://u:a%40b@h.io", Some("a%40b")),
            ("mysql://u:p@ss!@h:3306/x", Some("p@ss!")),
            ("redis://:hunter2@h", Some("hunter2")),
            ("amqp://u:hun/ter2@h", Some("hun/ter2")),
            ("https://u:$TOKEN@h", None),
            ("https://u:${T}@h", None),
            ("https://u:<password>@h", None),
            ("https://u:****@h", None),
            ("https://$TOKEN:x-oauth-basic@h", None),
            ("https://u@h", None),
            ("https://h:80/a@b:c", None),
            ("https://h/@scope/x:y@z", None),
            ("://a:b@c", None),
            ("https://app:password@db.example.com/x", None),
            ("https://app:secret@[2001:db8::1]:80/x", None),
            ("https://app:secret@192.0.2.7/x", None),
            ("https://app:password@db.myexample.com/x", Some("password")),
            ("https://app:q8fjw02kfl@db.example.com/x", Some("q8fjw02kfl")),
        ] {
            let at = text.find("://").unwrap();
            let found = find(text.as_bytes(), &(at..at + 3));
            assert_eq!(found.map(|it| &text[it.secret]), password, "{text}");
        }
    }
}
