//! Counts what a verdict holds, and says counts in words.

use std::collections::BTreeMap;

use plimsoll_finding::{CoverageState, Safety, Severity, SubjectKind};
use plimsoll_policy::{Chunk, Head, Standing, Verdict};

/// The severities, worst first, as every summary lists them.
pub(crate) const WORST_FIRST: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// How many findings there are of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    by_severity: [usize; 5],
    /// Findings that count.
    pub(crate) open: usize,
    /// Findings that someone accepted.
    pub(crate) waived: usize,
    /// Findings that the baseline holds.
    pub(crate) baseline: usize,
    /// Findings that a statement (VEX) says do not apply.
    pub(crate) not_affected: usize,
    /// Open findings with a fix that keeps the meaning.
    pub(crate) safe: usize,
    /// Open findings whose best fix may change behaviour.
    pub(crate) needs_unsafe: usize,
}

impl Tally {
    /// Counts `findings`.
    pub(crate) fn of(findings: impl IntoIterator<Item = Head>) -> Self {
        let mut res = Self::default();
        findings.into_iter().for_each(|it| res.add(it));
        res
    }

    /// Counts one more.
    pub(crate) fn add(&mut self, finding: Head) {
        match finding.standing {
            Standing::Open => {}
            Standing::Waived => return self.waived += 1,
            Standing::Baseline => return self.baseline += 1,
            Standing::NotAffected => return self.not_affected += 1,
        }
        self.add_open(finding.severity);
        match finding.best_fix {
            Some(Safety::Safe) => self.safe += 1,
            Some(Safety::Unsafe) => self.needs_unsafe += 1,
            Some(Safety::Display) | None => {}
        }
    }

    /// Counts one more that is open.
    pub(crate) fn add_open(&mut self, severity: Severity) {
        self.open += 1;
        for (it, count) in WORST_FIRST.iter().zip(&mut self.by_severity) {
            *count += usize::from(*it == severity);
        }
    }

    /// The open findings of each severity, worst first.
    pub(crate) fn severities(&self) -> impl Iterator<Item = (Severity, usize)> {
        WORST_FIRST.into_iter().zip(self.by_severity)
    }

    /// The open findings by severity in words: `1 high, 2 low`.
    pub(crate) fn words(&self) -> String {
        let there = self.severities().filter(|it| it.1 > 0);
        let words: Vec<String> = there.map(|it| format!("{} {}", it.1, it.0.name())).collect();
        words.join(", ")
    }

    /// How many findings do not count.
    pub(crate) fn disposed(&self) -> usize {
        self.waived + self.baseline + self.not_affected
    }

    /// The findings that do not count, in words; empty where there are none.
    pub(crate) fn disposed_words(&self) -> String {
        let mut words = Vec::new();
        if self.waived > 0 {
            words.push(format!("{} waived", self.waived));
        }
        if self.baseline > 0 {
            words.push(format!("{} in the baseline", self.baseline));
        }
        if self.not_affected > 0 {
            words.push(format!("{} not affected", self.not_affected));
        }
        words.join(", ")
    }
}

/// Counts the findings of each file, files in the order of their first finding.
pub(crate) fn by_file(chunks: &[Chunk]) -> Vec<(String, Tally)> {
    let mut res: Vec<(String, Tally)> = Vec::new();
    for chunk in chunks {
        // All findings of one file lie in one chunk.
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (head, finding) in chunk.heads().zip(chunk.iter()) {
            let name = finding.target().name;
            let at = places.get(&name).copied().unwrap_or(res.len());
            if at == res.len() {
                places.insert(name.clone(), at);
                res.push((name, Tally::default()));
            }
            if let Some(group) = res.get_mut(at) {
                group.1.add(head);
            }
        }
    }
    res
}

/// Counts the findings of each rule, by its id.
pub(crate) fn by_rule(verdict: &Verdict) -> BTreeMap<&'static str, Tally> {
    let mut res: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for head in verdict.findings.heads() {
        res.entry(head.rule.id).or_default().add(head);
    }
    res
}

/// `1 finding`, `2 findings`.
pub(crate) fn count(n_things: usize, noun: &str) -> String {
    let ending = if n_things == 1 { "" } else { "s" };
    format!("{n_things} {noun}{ending}")
}

/// What was judged, in words; `None` where nothing was.
pub(crate) fn judged_words(verdict: &Verdict) -> Option<String> {
    let there = verdict.judged.iter().filter(|it| *it.1 > 0);
    let words: Vec<String> = there.map(|it| count(*it.1, noun(*it.0))).collect();
    let (last, others) = words.split_last()?;
    let joined = others.join(", ");
    Some(if joined.is_empty() { last.clone() } else { format!("{joined} and {last}") })
}

/// The units that were not looked at wholly, in the order of the verdict.
pub(crate) fn gaps(verdict: &Verdict) -> impl Iterator<Item = &plimsoll_finding::Coverage> {
    verdict.coverage.iter().filter(|it| it.state != CoverageState::Ran)
}

/// Open findings at or above the threshold.
pub(crate) fn failing(verdict: &Verdict) -> usize {
    let Some(threshold) = verdict.fail_on else { return 0 };
    let open = verdict.findings.heads().filter(|it| it.standing == Standing::Open);
    open.filter(|it| it.severity >= threshold).count()
}

fn noun(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Dockerfile => "Dockerfile",
        SubjectKind::Compose => "compose file",
        SubjectKind::Service => "service",
        SubjectKind::Project => "project",
        SubjectKind::Kubernetes => "Kubernetes manifest",
        SubjectKind::Daemon => "daemon configuration",
        SubjectKind::Nginx => "nginx configuration",
        SubjectKind::Seccomp => "seccomp profile",
        SubjectKind::Workflow => "CI workflow",
        SubjectKind::EnvFile => "environment file",
        SubjectKind::Image => "image",
        SubjectKind::Package => "package list",
        SubjectKind::Secret => "text",
        SubjectKind::Host => "host",
        SubjectKind::Policy => "policy file",
    }
}
