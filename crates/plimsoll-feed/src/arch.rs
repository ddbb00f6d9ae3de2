//! Arch Linux's vulnerability groups (`security.archlinux.org/AVG-1.json`): faults that are in one
//! version of some packages and gone in another.

use std::borrow::Cow;

use plimsoll_package::{Advisory, Affected, AffectedRange, AffectedStatus, Ecosystem, RangeEnd};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    error::FeedError,
    nullable::nullable,
    osv::vendor_severity,
    sink::{LeftOut, Sink},
};

/// Reads one group, or a list of them (`all.json`).
pub fn read_arch(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let wrong = |it| FeedError::new(name, it);
    if bytes.iter().find(|it| !it.is_ascii_whitespace()) == Some(&b'[') {
        let groups: Vec<Group<'_>> = serde_json::from_slice(bytes).map_err(wrong)?;
        for group in &groups {
            if let Err(error) = read_group(name, group, sink) {
                sink.unreadable(error);
            }
        }
        return Ok(());
    }
    let group: Group<'_> = serde_json::from_slice(bytes).map_err(wrong)?;
    read_group(name, &group, sink)
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    status: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    severity: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    fixed: Cow<'a, str>,
    #[serde(default, deserialize_with = "nullable")]
    issues: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    packages: Vec<Value>,
}

fn read_group(name: &str, group: &Group<'_>, sink: &mut Sink<'_>) -> Result<(), FeedError> {
    if group.name.is_empty() {
        return Err(FeedError::new(name, "it has no name"));
    }
    let has_fix = !group.fixed.is_empty();
    let (status, end) = match group.status.as_ref() {
        "Not affected" => (AffectedStatus::NotAffected, None),
        _ if has_fix => (AffectedStatus::Fixed, Some(RangeEnd::Fixed(group.fixed.to_string()))),
        "Vulnerable" | "Testing" => (AffectedStatus::Affected, Some(RangeEnd::Open)),
        "Fixed" => {
            sink.leave_out(LeftOut::NoVersion, group.packages.len());
            return Ok(());
        }
        _ => (AffectedStatus::UnderInvestigation, Some(RangeEnd::Open)),
    };
    let packages = group.packages.iter().filter_map(Value::as_str).filter(|it| !it.is_empty());
    let affected = packages
        .map(|package| Affected {
            ecosystem: Ecosystem::Arch,
            release: String::new(),
            product: String::new(),
            package: package.to_owned(),
            binaries: Vec::new(),
            module: String::new(),
            status,
            reason: String::new(),
            severity: vendor_severity(&group.severity),
            ranges: end
                .clone()
                .map(|end| AffectedRange { introduced: None, end })
                .into_iter()
                .collect(),
            versions: Vec::new(),
        })
        .collect();
    let mut upstream = group.issues.clone();
    upstream.sort();
    upstream.dedup();
    sink.advisory(Advisory {
        id: group.name.to_string(),
        upstream,
        affected,
        ..Advisory::default()
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use plimsoll_package::AffectedStatus as S;

    use super::read_arch;
    use crate::sink::{Fact, Sink, Tally};

    #[test]
    fn groups_are_read_alone_and_in_lists() {
        let group = |status: &str, fixed: &str| {
            format!(
                r#"{{"name": "AVG-1", "packages": ["a", "b"], "status": "{status}",
                "severity": "High", "affected": "1-1", "fixed": {fixed}, "issues": ["CVE-2099-1"]}}"#
            )
        };
        let read = |text: &str| {
            let (mut facts, mut tally) = (Vec::new(), Tally::default());
            let mut take = |it| facts.push(it);
            read_arch("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
            facts
        };
        for (status, fixed, expected, is_affected) in [
            ("Fixed", r#""1-2""#, S::Fixed, true),
            ("Vulnerable", "null", S::Affected, true),
            ("Not affected", "null", S::NotAffected, false),
            ("Not affected", r#""1-2""#, S::NotAffected, false),
            ("Unknown", "null", S::UnderInvestigation, true),
        ] {
            let facts = read(&group(status, fixed));
            let Fact::Advisory(advisory) = &facts[0] else { panic!("a record") };
            assert_eq!(advisory.upstream, ["CVE-2099-1"]);
            assert_eq!(advisory.affected.len(), 2);
            let row = &advisory.affected[1];
            assert_eq!((row.status, row.affects("1-1")), (expected, is_affected), "{status}");
        }
        let list = format!(" [{}, {}]", group("Vulnerable", "null"), group("Fixed", "\"1\""));
        assert_eq!(read(&list).len(), 2);
    }
}
