//! Versions of the engine and what it runs with: lines that are no longer mended, and faults that
//! let a container break out.
//!
//! The tables hold what was published up to March 2026: the engine's branches (moby,
//! `BRANCHES-AND-TAGS.md`, and endoflife.date), containerd's support horizon, and the advisories of
//! runc and moby.

use std::cmp::Ordering;

use plimsoll_finding::{Confidence, RuleInfo, Severity};
use plimsoll_package::{VersionScheme, compare};
use serde_json::Value;

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    value::{list, seconds, text},
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:1.2.2"],
            controls: &["host.docker-current"],
            doc: CURRENT,
            file: file!(),
            ..host_rule("outdated-engine")
        },
        judge: judge_current,
    },
    Check {
        info: RuleInfo {
            severity: Severity::Critical,
            controls: &["runtime.escape-cves"],
            doc: ESCAPE,
            file: file!(),
            ..host_rule("known-container-escape")
        },
        judge: judge_escape,
    },
];

const CURRENT: &str = "Engine or containerd of a line that is no longer mended.

## Why
Faults that are found from now on will not be mended in it. A distribution may mend its own build of
an old line for longer; then the finding is of medium confidence, and its security notes tell.

## Fails
```text
answer /version {\"Version\": \"20.10.24\", \"Components\": [{\"Name\": \"Engine\", \"Version\": \"20.10.24\"}, {\"Name\": \"containerd\", \"Version\": \"v2.3.0\"}]}
```
```text
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"Engine\", \"Version\": \"29.3.0\"}, {\"Name\": \"containerd\", \"Version\": \"1.6.20~ds1\"}]}
```

## Passes
```text
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"Engine\", \"Version\": \"29.3.0\"}, {\"Name\": \"containerd\", \"Version\": \"v2.3.0\"}, {\"Name\": \"runc\", \"Version\": \"1.4.2\"}]}
```

## Manual
```text
answer /version {\"Version\": \"28.5.2\", \"Components\": [{\"Name\": \"Engine\", \"Version\": \"28.5.2\"}, {\"Name\": \"containerd\", \"Version\": \"v2.3.0\"}]}
```

## Unknown
```text
answer /version {}
```
```text
unknown-answer /version
```
";

/// A line of releases of a program, and the day after which it is not mended; empty if none was
/// said.
struct Line {
    program: &'static str,
    /// Every version that is older than this, and not older than that of the entry before.
    below: &'static str,
    ended: &'static str,
}

const fn line(program: &'static str, below: &'static str, ended: &'static str) -> Line {
    Line { program, below, ended }
}

const LINES: &[Line] = &[
    line("Engine", "20.10.0", "2021-01-08"),
    line("Engine", "23.0.0", "2023-12-10"),
    line("Engine", "24.0.0", "2025-05-19"),
    line("Engine", "25.0.0", "2024-06-08"),
    line("Engine", "26.0.0", ""),
    line("Engine", "27.0.0", "2025-02-17"),
    line("Engine", "28.0.0", "2025-05-03"),
    line("Engine", "29.0.0", ""),
    line("containerd", "1.6.0", "2023-02-28"),
    line("containerd", "1.7.0", "2025-08-23"),
    line("containerd", "2.0.0", "2026-09-30"),
    line("containerd", "2.1.0", "2025-11-07"),
    line("containerd", "2.2.0", "2026-05-05"),
    line("containerd", "2.3.0", "2026-11-06"),
];

/// The parts of the engine with their versions.
fn components(version: &Value) -> Vec<(&str, &str)> {
    let parts = list(version, "/Components").iter();
    let mut res: Vec<_> = parts.map(|it| (text(it, "/Name"), text(it, "/Version"))).collect();
    let engine = text(version, "/Version");
    if !engine.is_empty() && res.iter().all(|it| it.0 != "Engine") {
        res.push(("Engine", engine));
    }
    res.retain(|it| !it.1.is_empty());
    res
}

/// The numbers of a version without what a distribution or a build adds.
fn numbers(version: &str) -> &str {
    let version = version.trim_start_matches('v');
    let end = version.find(|it: char| !it.is_ascii_digit() && it != '.');
    version.get(..end.unwrap_or(version.len())).unwrap_or_default().trim_end_matches('.')
}

/// Whether a distribution built it, and may have mended what the number says to be broken.
fn is_rebuilt(version: &str) -> bool {
    let rest = version.trim_start_matches('v').get(numbers(version).len()..).unwrap_or_default();
    ["ds", "dfsg", "ubuntu", "fc", "el", "amzn", "azure"].iter().any(|it| rest.contains(it))
}

fn is_older(version: &str, than: &str) -> bool {
    compare(VersionScheme::Semver, numbers(version), than) == Ordering::Less
}

fn judge_current(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let daemon = answer.daemon();
    let version = facts.host.answer("/version");
    let Some(version) = answer.need(daemon.clone(), version, "there is no engine") else { return };
    let components = components(version);
    if components.is_empty() {
        let why = "the engine does not tell its version";
        return answer.unknown(daemon, why, "ask an engine of version 20.10 or newer");
    }
    let now = i64::try_from(facts.host.collected.taken_at).unwrap_or(i64::MAX);
    let evidence: Vec<String> =
        components.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let (mut is_bad, mut open) = (false, Vec::new());
    for (name, version) in &components {
        let line = LINES.iter().find(|it| it.program == *name && is_older(version, it.below));
        let Some(line) = line else { continue };
        let ended = seconds(&format!("{}T00:00:00Z", line.ended));
        if ended.is_none_or(|it| it >= now) {
            open.push(format!("{name} {version}"));
            continue;
        }
        is_bad = true;
        let rebuilt = is_rebuilt(version);
        let hope = if rebuilt { ", save by the distribution" } else { "" };
        let ended = line.ended;
        answer.fail(
            daemon.clone(),
            Fault {
                message: format!("{name} {version} is not mended since {ended}{hope}: upgrade it"),
                setting: (*name).to_owned(),
                source: "version".to_owned(),
                evidence: evidence.clone(),
                confidence: rebuilt.then_some(Confidence::Medium),
                ..Fault::default()
            },
        );
    }
    if is_bad {
        return;
    }
    if open.is_empty() {
        return answer.pass(
            daemon,
            "engine and containerd are of the newest known lines",
            evidence,
        );
    }
    let question = format!("is the line of {} still mended by who built it?", open.join(" and "));
    answer.manual(daemon, question, evidence);
}

const ESCAPE: &str = "Engine or runtime with a known way out of containers.

## Why
With these faults an image or a process in a container reaches the host's files. They are used.

## Fails
```text
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"runc\", \"Version\": \"1.1.11\"}]}
```
```text
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"runc\", \"Version\": \"1.3.2\"}]}
```
```text
answer /version {\"Version\": \"27.1.0\", \"Components\": [{\"Name\": \"runc\", \"Version\": \"1.4.2\"}]}
```

## Manual
```text
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"runc\", \"Version\": \"1.4.2\"}], \"KernelVersion\": \"6.1.0-18-amd64\"}
```

## Unknown
```text
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"runc\", \"Version\": \"1.1.5+ds1\"}]}
```
```text
answer /version {\"Version\": \"29.3.0\"}
```

## Passes
None: faults of kernels are mended in packages of distributions, so that is left to a person.

## Limits
A build of a distribution may hold the mending under an old number; then it is unknown.
";

/// A fault of a program: versions from (inclusive) to (exclusive).
struct Hole {
    program: &'static str,
    name: &'static str,
    ranges: &'static [(&'static str, &'static str)],
}

const HOLES: &[Hole] = &[
    Hole { program: "runc", name: "CVE-2024-21626", ranges: &[("0.0.0", "1.1.12")] },
    Hole {
        program: "runc",
        name: "CVE-2025-31133",
        ranges: &[("0.0.0", "1.2.8"), ("1.3.0", "1.3.3")],
    },
    Hole {
        program: "containerd",
        name: "CVE-2020-15257",
        ranges: &[("0.0.0", "1.3.9"), ("1.4.0", "1.4.3")],
    },
    Hole {
        program: "Engine",
        name: "CVE-2024-41110",
        ranges: &[
            ("19.3.0", "23.0.15"),
            ("24.0.0", "25.0.6"),
            ("26.0.0", "26.1.5"),
            ("27.0.0", "27.1.1"),
        ],
    },
];

fn judge_escape(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let daemon = answer.daemon();
    let version = facts.host.answer("/version");
    let Some(version) = answer.need(daemon.clone(), version, "there is no engine") else { return };
    let components = components(version);
    if components.iter().all(|it| it.0 != "runc") {
        let why = "the engine does not tell the version of runc";
        return answer.unknown(daemon, why, "ask an engine that uses runc, of 20.10 or newer");
    }
    let mut evidence: Vec<String> =
        components.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let mut is_told = false;
    for (name, version) in &components {
        let is_in =
            |range: &&(&str, &str)| !is_older(version, range.0) && is_older(version, range.1);
        let holes = HOLES.iter().filter(|it| it.program == *name);
        let names: Vec<&str> =
            holes.filter(|it| it.ranges.iter().any(|it| is_in(&it))).map(|it| it.name).collect();
        if names.is_empty() {
            continue;
        }
        is_told = true;
        let names = names.join(", ");
        if is_rebuilt(version) {
            let why = format!("{name} {version} has {names}, unless the distribution mended it");
            answer.unknown(daemon.clone(), &why, "see the security notes of its package");
            continue;
        }
        let message = format!("{name} {version} has {names}: upgrade it");
        let (setting, source) = ((*name).to_owned(), "version".to_owned());
        let evidence = evidence.clone();
        let fault = Fault { message, setting, source, evidence, ..Fault::default() };
        answer.fail(daemon.clone(), fault);
    }
    if !is_told {
        evidence.push(format!("kernel {}", text(version, "/KernelVersion")));
        let question = "is the kernel's package free of known ways out of containers?";
        answer.manual(daemon, question, evidence);
    }
}
