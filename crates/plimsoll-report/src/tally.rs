//! Counts what a verdict holds, and says counts in words.

use plimsoll_finding::{CoverageState, Disposition, Finding, Safety, Severity, SubjectKind};
use plimsoll_policy::Verdict;

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
    /// Open findings with a fix that keeps the meaning.
    pub(crate) safe: usize,
    /// Open findings whose best fix may change behaviour.
    pub(crate) needs_unsafe: usize,
}

impl Tally {
    /// Counts `findings`.
    pub(crate) fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut res = Self::default();
        for finding in findings {
            match finding.disposition {
                Disposition::Open => {}
                Disposition::Waived { .. } => {
                    res.waived += 1;
                    continue;
                }
                Disposition::Baseline => {
                    res.baseline += 1;
                    continue;
                }
            }
            res.open += 1;
            for (severity, count) in WORST_FIRST.iter().zip(&mut res.by_severity) {
                *count += usize::from(*severity == finding.severity);
            }
            match finding.fixes.iter().map(|it| it.safety).max() {
                Some(Safety::Safe) => res.safe += 1,
                Some(Safety::Unsafe) => res.needs_unsafe += 1,
                Some(Safety::Display) | None => {}
            }
        }
        res
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

    /// The findings that do not count, in words; empty where there are none.
    pub(crate) fn disposed_words(&self) -> String {
        let mut words = Vec::new();
        if self.waived > 0 {
            words.push(format!("{} waived", self.waived));
        }
        if self.baseline > 0 {
            words.push(format!("{} in the baseline", self.baseline));
        }
        words.join(", ")
    }
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
    verdict.open().filter(|it| it.severity >= threshold).count()
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
        SubjectKind::Policy => "policy file",
    }
}
