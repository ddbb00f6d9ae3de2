//! Wolfi's advisories as their authors keep them: one YAML document for each source package, with
//! what happened to each fault in turn.
//!
//! Tells also of faults that are not fixed, which Wolfi's other feeds leave out.

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, Ecosystem, RangeEnd, compare,
};
use serde_json::Value;

use crate::{
    error::FeedError,
    sink::{LeftOut, Sink},
    time::parse_time,
    yaml::{text, texts, yaml_value},
};

/// Reads the faults of one package.
pub fn read_wolfi(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let value = yaml_value(name, bytes)?;
    let package = value.get("package").map(|it| text(it, "name")).unwrap_or_default();
    if package.is_empty() {
        return Err(FeedError::new(name, "it names no package"));
    }
    let advisories = value.get("advisories").and_then(Value::as_array);
    for advisory in advisories.into_iter().flatten() {
        let id = text(advisory, "id");
        let events = advisory.get("events").and_then(Value::as_array);
        let events: Vec<Event<'_>> = events.into_iter().flatten().map(Event::new).collect();
        if id.is_empty() || events.is_empty() {
            sink.leave_out(LeftOut::NoVulnerability, 1);
            continue;
        }
        let mut aliases: Vec<String> =
            texts(advisory.get("aliases")).into_iter().map(str::to_owned).collect();
        aliases.sort();
        aliases.dedup();
        sink.advisory(Advisory {
            id: id.to_owned(),
            aliases,
            published: events.iter().map(|it| it.when).min().unwrap_or(0),
            modified: events.iter().map(|it| it.when).max().unwrap_or(0),
            affected: vec![row(package, &events)],
            ..Advisory::default()
        });
    }
    Ok(())
}

struct Event<'v> {
    when: i64,
    kind: &'v str,
    /// The version that is fixed, or why the fault is none.
    word: &'v str,
}

impl<'v> Event<'v> {
    fn new(value: &'v Value) -> Self {
        let kind = text(value, "type");
        let data = value.get("data").unwrap_or(&Value::Null);
        let word = match kind {
            "fixed" => text(data, "fixed-version"),
            _ => text(data, "type"),
        };
        Self { when: parse_time(text(value, "timestamp")), kind, word }
    }
}

/// What holds is what was said last; that a scanner found a fault is said only until somebody says
/// more about it. What is fixed stays fixed by its highest version.
fn row(package: &str, events: &[Event<'_>]) -> Affected {
    let scheme = Ecosystem::Wolfi.scheme();
    let judged = events.iter().filter(|it| it.kind != "detection");
    let last = judged.max_by_key(|it| it.when);
    let fix = events
        .iter()
        .filter(|it| it.kind == "fixed" && !matches!(it.word, "" | "0"))
        .map(|it| it.word)
        .max_by(|a, b| compare(scheme, a, b));
    let (status, reason) = match last.map(|it| (it.kind, it.word)) {
        Some(("fixed", "0")) => (AffectedStatus::NotAffected, ""),
        Some(("fixed", _)) if fix.is_some() => (AffectedStatus::Fixed, ""),
        Some(("false-positive-determination", why)) => (AffectedStatus::NotAffected, why),
        Some(("fix-not-planned", _)) => (AffectedStatus::WillNotFix, "fix-not-planned"),
        Some(("pending-upstream-fix", _)) => (AffectedStatus::Deferred, "pending-upstream-fix"),
        Some(("true-positive-determination", _)) => (AffectedStatus::Affected, ""),
        _ => (AffectedStatus::UnderInvestigation, ""),
    };
    let end = match (status, fix) {
        (AffectedStatus::NotAffected, _) => None,
        (AffectedStatus::Fixed, Some(fix)) => Some(RangeEnd::Fixed(fix.to_owned())),
        _ => Some(RangeEnd::Open),
    };
    Affected {
        ecosystem: Ecosystem::Wolfi,
        release: String::new(),
        product: String::new(),
        package: package.to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status,
        reason: reason.to_owned(),
        severity: None,
        ranges: end.map(|end| AffectedRange { introduced: None, end }).into_iter().collect(),
        versions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_package::AffectedStatus as S;

    use super::read_wolfi;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    const TEXT: &str = "package:\n  name: a\nadvisories:\n\
        \x20 - id: CGA-1\n    aliases:\n      - GHSA-x\n      - CVE-2099-1\n    events:\n\
        \x20     - timestamp: 2099-01-01T00:00:00Z\n        type: detection\n\
        \x20     - timestamp: 2099-01-02T00:00:00Z\n        type: fixed\n        data:\n\
        \x20         fixed-version: 1.10-r0\n\
        \x20     - timestamp: 2099-01-03T00:00:00Z\n        type: fixed\n        data:\n\
        \x20         fixed-version: 1.9-r0\n\
        \x20 - id: CGA-2\n    events:\n\
        \x20     - timestamp: 2099-01-01T00:00:00Z\n        type: false-positive-determination\n\
        \x20       data:\n          type: vulnerable-code-version-not-used\n\
        \x20 - id: CGA-3\n    events:\n\
        \x20     - timestamp: 2099-01-01T00:00:00Z\n        type: detection\n\
        \x20 - id: CGA-4\n    events:\n\
        \x20     - timestamp: 2099-01-01T00:00:00Z\n        type: pending-upstream-fix\n\
        \x20     - timestamp: 2099-01-02T00:00:00Z\n        type: detection\n\
        \x20 - id: CGA-5\n    events: []\n";

    #[test]
    fn what_was_judged_last_holds() {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_wolfi("a", TEXT.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        let rows: Vec<_> = facts
            .iter()
            .map(|it| {
                let Fact::Advisory(advisory) = it else { panic!("a record") };
                let row = &advisory.affected[0];
                (advisory.id.as_str(), row.status, row.reason.as_str(), row.affects("1.9-r1"))
            })
            .collect();
        let expected = [
            ("CGA-1", S::Fixed, "", true),
            ("CGA-2", S::NotAffected, "vulnerable-code-version-not-used", false),
            ("CGA-3", S::UnderInvestigation, "", true),
            ("CGA-4", S::Deferred, "pending-upstream-fix", true),
        ];
        assert_eq!(rows, expected);
        assert_eq!(tally.left_out.get(&LeftOut::NoVulnerability), Some(&1));
        let Fact::Advisory(first) = &facts[0] else { panic!("a record") };
        assert_eq!(first.aliases, ["CVE-2099-1", "GHSA-x"]);
        assert!(first.modified > first.published);
    }
}
