//! Extended headers: records of keys and values before the entry that they speak of.
//!
//! Knows nothing of blocks; it sees the text of the records and keeps what an engine heeds.

use crate::{
    sparse::{SparseMap, parse_pairs},
    tar,
};

/// What the extended headers before an entry say of it.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) link_path: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    pub(crate) user: Option<u32>,
    pub(crate) group: Option<u32>,
    pub(crate) modified: Option<i64>,
    pub(crate) has_capabilities: bool,
    pub(crate) overlay_attributes: bool,
    pub(crate) sparse: SparseRecords,
    /// Why some record could not be used.
    pub(crate) fault: Option<&'static str>,
}

/// The three ways in which GNU tar says that a file has holes.
#[derive(Debug, Default)]
pub(crate) struct SparseRecords {
    pub(crate) major: Option<u64>,
    pub(crate) minor: Option<u64>,
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    /// The numbers of 0.0 and 0.1, offset and length by turns.
    pub(crate) numbers: Vec<u64>,
    pub(crate) has_map: bool,
}

impl SparseRecords {
    /// Whether the map stands at the start of the content.
    pub(crate) fn map_is_in_content(&self) -> bool {
        self.major == Some(1) && self.minor.unwrap_or(0) == 0
    }

    /// The map that the records themselves give.
    pub(crate) fn map(&self, stored: u64) -> Option<Result<SparseMap, &'static str>> {
        if self.map_is_in_content() || !self.has_map {
            return None;
        }
        Some(parse_pairs(&self.numbers, self.size.unwrap_or(0), stored))
    }
}

/// Reads the records of one extended header.
pub(crate) fn parse(mut text: &[u8]) -> Records {
    let mut res = Records::default();
    while !text.is_empty() {
        // Some writers pad with zeros.
        if text.iter().all(|it| *it == 0) {
            break;
        }
        let Some((key, value, rest)) = next_record(text) else {
            res.fault = Some("an extended header has a record whose length is wrong");
            break;
        };
        if apply(&mut res, key, value).is_none() {
            res.fault = Some("an extended header has a value that cannot be read");
        }
        text = rest;
    }
    res
}

/// Of the keys of a global header, whether any would change entries.
pub(crate) fn changes_entries(records: &Records) -> bool {
    let Records { path, link_path, size, user, group, modified, .. } = records;
    path.is_some()
        || link_path.is_some()
        || size.is_some()
        || user.is_some()
        || group.is_some()
        || modified.is_some()
        || records.has_capabilities
        || records.overlay_attributes
        || records.sparse.has_map
        || records.sparse.major.is_some()
        || records.sparse.name.is_some()
}

/// `LENGTH KEY=VALUE\n`, where the length counts itself.
fn next_record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = text.iter().take(MAX_LENGTH_DIGITS).position(|it| *it == b' ')?;
    let length = usize::try_from(decimal(text.get(..space)?)?).ok()?;
    let record = text.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|it| *it == b'=')?;
    Some((record.get(..equals)?, record.get(equals + 1..)?, text.get(length..)?))
}

/// `None` if the value is not what the key wants. An empty value takes nothing away from the
/// header.
fn apply(records: &mut Records, key: &[u8], value: &[u8]) -> Option<()> {
    let sparse = &mut records.sparse;
    match key {
        b"path" => records.path = name(value),
        b"linkpath" => records.link_path = name(value),
        _ if value.is_empty() && !key.starts_with(b"SCHILY.xattr.") => {}
        b"size" => records.size = Some(decimal(value)?),
        b"uid" => records.user = Some(owner(value)?),
        b"gid" => records.group = Some(owner(value)?),
        b"mtime" => records.modified = Some(seconds(value)?),
        b"GNU.sparse.major" => sparse.major = Some(decimal(value)?),
        b"GNU.sparse.minor" => sparse.minor = Some(decimal(value)?),
        b"GNU.sparse.name" => sparse.name = name(value),
        b"GNU.sparse.size" | b"GNU.sparse.realsize" => sparse.size = Some(decimal(value)?),
        b"GNU.sparse.numblocks" => sparse.has_map = true,
        b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
            sparse.has_map = true;
            // Offsets and lengths come by turns; one out of turn makes the map a lie.
            let is_turn = sparse.numbers.len().is_multiple_of(2) == (key == b"GNU.sparse.offset");
            sparse.numbers.push(decimal(value).filter(|_| is_turn)?);
        }
        b"GNU.sparse.map" => {
            sparse.has_map = true;
            sparse.numbers.clear();
            for number in value.split(|it| *it == b',') {
                sparse.numbers.push(decimal(number)?);
            }
        }
        b"SCHILY.xattr.security.capability" => records.has_capabilities = !value.is_empty(),
        _ if key.starts_with(b"SCHILY.xattr.trusted.overlay.")
            || key.starts_with(b"SCHILY.xattr.user.overlay.") =>
        {
            records.overlay_attributes = true;
        }
        _ => {}
    }
    // A file name cannot hold a NUL, and engines refuse one here.
    let is_name = matches!(key, b"path" | b"linkpath" | b"GNU.sparse.name");
    (!is_name || !value.contains(&0)).then_some(())
}

fn name(value: &[u8]) -> Option<Vec<u8>> {
    let until_nul = tar::text(value);
    (!until_nul.is_empty()).then(|| until_nul.to_vec())
}

fn owner(value: &[u8]) -> Option<u32> {
    decimal(value).map(|it| u32::try_from(it).unwrap_or(u32::MAX))
}

pub(crate) fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let mut res = 0_u64;
    for digit in text {
        let digit = digit.checked_sub(b'0').filter(|it| *it <= 9)?;
        res = res.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    i64::try_from(res).is_ok().then_some(res)
}

/// Seconds with a fraction, rounded down.
fn seconds(value: &[u8]) -> Option<i64> {
    let (is_negative, value) = match value.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    let mut parts = value.splitn(2, |it| *it == b'.');
    let whole = i64::try_from(decimal(parts.next()?)?).ok()?;
    let has_fraction = parts.next().is_some_and(|it| it.iter().any(|digit| *digit != b'0'));
    Some(if is_negative { -whole - i64::from(has_fraction) } else { whole })
}

/// No record is as long as ten digits say, since all of them together have a limit.
const MAX_LENGTH_DIGITS: usize = 10;

#[cfg(test)]
mod tests {
    use super::parse;

    fn record(key: &str, value: &str) -> Vec<u8> {
        let body = format!(" {key}={value}\n");
        let mut length = body.len() + 1;
        while length != body.len() + length.to_string().len() {
            length = body.len() + length.to_string().len();
        }
        format!("{length}{body}").into_bytes()
    }

    #[test]
    fn records_are_read() {
        let mut text = Vec::new();
        for (key, value) in [
            ("path", "a\nb=c"),
            ("size", "12345678901"),
            ("mtime", "-1.5"),
            ("uid", "99999999999"),
            ("comment", "zzz"),
            ("SCHILY.xattr.security.capability", "\u{1}\0x"),
        ] {
            text.extend(record(key, value));
        }
        text.extend([0; 20]);
        let records = parse(&text);
        assert_eq!(records.fault, None);
        assert_eq!(records.path.as_deref(), Some(b"a\nb=c".as_slice()));
        assert_eq!(records.size, Some(12_345_678_901));
        assert_eq!(records.modified, Some(-2));
        assert_eq!(records.user, Some(u32::MAX));
        assert!(records.has_capabilities);
    }

    #[test]
    fn records_that_lie_are_told() {
        for text in [
            "9999999999 path=x\n",
            "99999999999999999999999999 path=x\n",
            "5 path=x\n",
            "0 path=x\n",
            "10 path=xx",
            "x path=x\n",
            "8 pathx\n",
        ] {
            assert!(parse(text.as_bytes()).fault.is_some(), "{text}");
        }
        for (key, value) in [
            ("path", "a\0b"),
            ("size", "-1"),
            ("size", "99999999999999999999"),
            ("mtime", "x"),
            ("GNU.sparse.map", "1,2,x"),
            ("GNU.sparse.numbytes", "1"),
        ] {
            assert!(parse(&record(key, value)).fault.is_some(), "{key}={value}");
        }
    }
}
