//! Debian's security tracker as one document (`security-tracker.debian.org/tracker/data/json`):
//! source package, fault, release.
//!
//! Alone among Debian's feeds it tells which faults are left without an advisory of their own, and
//! whether that was decided (`nodsa`, with `nodsa_reason` `ignored` or `postponed`).

use std::{borrow::Cow, collections::BTreeMap, fmt};

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, Distribution, Ecosystem, RangeEnd,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};

use crate::{
    error::FeedError,
    nullable::nullable,
    osv::vendor_severity,
    sink::{LeftOut, Sink},
};

/// Reads the document, one package at a time. Each fault of each package is a record.
pub fn read_debian_tracker(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Packages { sink }.deserialize(&mut deserializer).map_err(|it| FeedError::new(name, it))?;
    deserializer.end().map_err(|it| FeedError::new(name, it))
}

struct Packages<'v, 's> {
    sink: &'v mut Sink<'s>,
}

impl<'de> DeserializeSeed<'de> for Packages<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Packages<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of packages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(package) = map.next_key::<Cow<'de, str>>()? {
            let faults: BTreeMap<String, Fault<'de>> = map.next_value()?;
            for (id, fault) in faults {
                read_fault(&package, id, &fault, self.sink);
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Fault<'a> {
    #[serde(borrow, default)]
    releases: BTreeMap<String, Release<'a>>,
}

#[derive(Deserialize)]
struct Release<'a> {
    #[serde(borrow, default, deserialize_with = "nullable")]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    fixed_version: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    urgency: Cow<'a, str>,
    #[serde(borrow, default)]
    nodsa: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    nodsa_reason: Cow<'a, str>,
}

fn read_fault(package: &str, id: String, fault: &Fault<'_>, sink: &mut Sink<'_>) {
    let mut affected = Vec::new();
    for (codename, release) in &fault.releases {
        let distribution = Distribution {
            id: "debian".to_owned(),
            codename: codename.clone(),
            ..Distribution::default()
        };
        // Words that are no release, such as `bookworm-backports`, have no image of their own.
        let number = Ecosystem::of(&distribution).map(|it| it.1).unwrap_or_default();
        if number.is_empty() {
            sink.leave_out(LeftOut::OtherProduct, 1);
            continue;
        }
        match row(package, number, release) {
            Some(row) => affected.push(row),
            None => sink.leave_out(LeftOut::NoVersion, 1),
        }
    }
    sink.advisory(Advisory { id, affected, ..Advisory::default() });
}

/// `None` for a fault that is called resolved without a version in which it is.
fn row(package: &str, number: String, release: &Release<'_>) -> Option<Affected> {
    let fixed = release.fixed_version.as_deref().unwrap_or_default();
    let is_resolved = release.status == "resolved";
    let (status, reason) = match (release.status.as_ref(), fixed) {
        ("resolved", "0") => (AffectedStatus::NotAffected, ""),
        ("resolved", "") => return None,
        ("resolved", _) => (AffectedStatus::Fixed, ""),
        _ => open_status(release),
    };
    let range = match status {
        AffectedStatus::NotAffected => None,
        _ if is_resolved => Some(RangeEnd::Fixed(fixed.to_owned())),
        _ => Some(RangeEnd::Open),
    };
    let urgency = release.urgency.trim_end_matches('*');
    let is_unimportant = urgency == "unimportant";
    Some(Affected {
        ecosystem: Ecosystem::Debian,
        release: number,
        product: String::new(),
        package: package.to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status,
        reason: if is_unimportant { urgency.to_owned() } else { reason.to_owned() },
        severity: vendor_severity(urgency),
        ranges: range.map(|end| AffectedRange { introduced: None, end }).into_iter().collect(),
        versions: Vec::new(),
    })
}

/// The state of a fault without a fix, and Debian's word for it.
fn open_status<'r>(release: &'r Release<'_>) -> (AffectedStatus, &'r str) {
    let is_over = release.urgency.starts_with("end-of-life");
    match release.nodsa_reason.as_ref() {
        _ if is_over => (AffectedStatus::EndOfLife, "end-of-life"),
        "ignored" => (AffectedStatus::WillNotFix, "ignored"),
        "postponed" => (AffectedStatus::Deferred, "postponed"),
        _ if release.nodsa.is_some() => (AffectedStatus::Deferred, "no-dsa"),
        _ if release.status == "undetermined" => (AffectedStatus::UnderInvestigation, ""),
        _ => (AffectedStatus::Affected, ""),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_package::{AffectedStatus as S, VendorSeverity as V};

    use super::read_debian_tracker;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    fn read(text: &str) -> (Vec<Fact>, Tally, bool) {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let is_ok =
            read_debian_tracker("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take));
        (facts, tally, is_ok.is_ok())
    }

    /// State, reason, severity of a release's entry, and whether version `1-1` is affected.
    fn read_release(text: &str) -> (S, String, Option<V>, bool) {
        let text = format!(
            r#"{{"a": {{"CVE-2099-1": {{"debianbug": 1, "scope": "local", "description": "x",
            "releases": {{"bookworm": {{"repositories": {{"bookworm": "1-1"}}, {text}}}}}}}}}}}"#
        );
        let (facts, ..) = read(&text);
        let Some(Fact::Advisory(advisory)) = facts.into_iter().next() else { panic!("one") };
        assert_eq!(advisory.id, "CVE-2099-1");
        let row = advisory.affected[0].clone();
        assert_eq!(row.release, "12");
        (row.status, row.reason.clone(), row.severity, row.affects("1-1"))
    }

    #[test]
    fn states_and_decisions_are_told_apart() {
        let open = r#""status": "open", "urgency": "#;
        let resolved = r#""status": "resolved", "urgency": "high", "fixed_version": "#;
        let decided = r#""nodsa": "Minor issue", "nodsa_reason": "#;
        let table = [
            (format!(r#"{open} "not yet assigned""#), S::Affected, "", None, true),
            (
                format!(r#"{open} "unimportant""#),
                S::Affected,
                "unimportant",
                Some(V::Negligible),
                true,
            ),
            (format!(r#"{open} "low", {decided} """#), S::Deferred, "no-dsa", Some(V::Low), true),
            (
                format!(r#"{open} "medium**", {decided} "ignored""#),
                S::WillNotFix,
                "ignored",
                Some(V::Medium),
                true,
            ),
            (format!(r#"{open} "", {decided} "postponed""#), S::Deferred, "postponed", None, true),
            (format!(r#"{open} "end-of-life""#), S::EndOfLife, "end-of-life", None, true),
            (r#""status": "undetermined""#.to_owned(), S::UnderInvestigation, "", None, true),
            (format!(r#"{resolved} "1-2""#), S::Fixed, "", Some(V::High), true),
            (format!(r#"{resolved} "1-1""#), S::Fixed, "", Some(V::High), false),
            (format!(r#"{resolved} "0""#), S::NotAffected, "", Some(V::High), false),
        ];
        for (text, status, reason, severity, is_affected) in table {
            let expected = (status, reason.to_owned(), severity, is_affected);
            assert_eq!(read_release(&text), expected, "{text}");
        }
    }

    #[test]
    fn releases_are_known_by_their_code_names() {
        let (facts, tally, is_ok) = read(
            r#"{"a": {"TEMP-0000000-AAAAAA": {"releases": {
                "sid": {"status": "open", "urgency": "low"},
                "trixie": {"status": "open", "urgency": "low"},
                "trixie-proposed": {"status": "open", "urgency": "low"},
                "buster": {"status": "resolved", "urgency": "low"}}}}, "b": {}}"#,
        );
        assert!(is_ok);
        let Fact::Advisory(advisory) = &facts[0] else { panic!("one") };
        let releases: Vec<_> = advisory.affected.iter().map(|it| it.release.as_str()).collect();
        assert_eq!(releases, ["sid", "13"]);
        assert_eq!(tally.left_out.get(&LeftOut::OtherProduct), Some(&1));
        assert_eq!(tally.left_out.get(&LeftOut::NoVersion), Some(&1));
    }

    #[test]
    fn a_document_that_is_cut_is_an_error() {
        assert!(!read(r#"{"a": {"CVE-2099-1": {"releases": {}}}"#).2);
        assert!(!read(r#"{"a": 1}"#).2);
        assert!(!read("").2);
    }
}
