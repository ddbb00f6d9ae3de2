//! What the findings over files and images say about controls.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{
    CONTROLS, Control, CoverageState, Disposition, Outcome, OutcomeStatus, RuleInfo,
    SubjectKind::{self, Dockerfile, EnvFile, Image, Kubernetes, Package, Service, Workflow},
    Target, TargetKind,
};
use plimsoll_policy::Verdict;

use crate::{
    mask::Masks,
    place::place_words,
    tally::{count, gaps, judged_words},
};

/// What `verdict`, in which `rules` are all rules there are, comes to by control. A control passes
/// only where subjects that can prove it were judged whole, by every rule that speaks of it.
/// `name` is what was judged, in a few words.
pub fn outcomes_of(verdict: &Verdict, rules: &[&'static RuleInfo], name: &str) -> Vec<Outcome> {
    let masks = Masks::of(verdict);
    let mut failed: BTreeMap<&str, BTreeMap<Target, Vec<String>>> = BTreeMap::new();
    for finding in verdict.findings.iter() {
        if matches!(finding.disposition, Disposition::NotAffected { .. }) {
            continue;
        }
        let accepted = match &finding.disposition {
            Disposition::Waived { reason, .. } => {
                format!(" (accepted: {})", masks.text(reason))
            }
            Disposition::Baseline => " (in the baseline)".to_owned(),
            _ => String::new(),
        };
        let place = masks.words(&finding, &place_words(&finding.place));
        let message = masks.words(&finding, &finding.message);
        let fact = format!("{place}: {message} [{}]{accepted}", finding.rule.id);
        for key in finding.rule.controls {
            let facts = failed.entry(key).or_default().entry(finding.target()).or_default();
            if facts.len() < MAX_FACTS {
                facts.push(fact.clone());
            } else if facts.len() == MAX_FACTS {
                facts.push("and more; the report of the findings lists all".to_owned());
            }
        }
    }
    let judged = Judged::new(verdict, rules, name);
    CONTROLS
        .iter()
        .flat_map(|control| match failed.remove(control.key) {
            Some(targets) => failures(control, targets),
            None => judged.silence(control).into_iter().collect(),
        })
        .collect()
}

/// What was judged, in words; `name` says where.
pub fn subject_of(verdict: &Verdict, name: &str) -> String {
    match judged_words(verdict) {
        Some(words) => format!("{name}: {words}"),
        None => format!("{name}: nothing that could be judged"),
    }
}

/// What could not be looked at, each in one sentence.
pub fn gaps_of(verdict: &Verdict) -> Vec<String> {
    let all: Vec<String> = gaps(verdict)
        .filter(|it| it.state != CoverageState::Skipped)
        .map(|it| format!("{}: {}", it.unit, it.why))
        .collect();
    let n_more = all.len().saturating_sub(MAX_GAPS);
    let mut res: Vec<String> = all.into_iter().take(MAX_GAPS).collect();
    if n_more > 0 {
        res.push(format!("and {}", count(n_more, "more gap")));
    }
    res
}

fn failures(control: &'static Control, targets: BTreeMap<Target, Vec<String>>) -> Vec<Outcome> {
    let failure = |(target, mut evidence): (Target, Vec<String>)| {
        let rest = evidence.split_off(evidence.len().min(1));
        let why = evidence.pop().unwrap_or_default();
        Outcome { control, target, status: OutcomeStatus::Fail, why, evidence: rest }
    };
    targets.into_iter().map(failure).collect()
}

/// What was judged, and by which rules.
struct Judged<'a> {
    verdict: &'a Verdict,
    rules: &'a [&'static RuleInfo],
    in_force: BTreeSet<&'static str>,
    n_gaps: usize,
    target: Target,
}

impl<'a> Judged<'a> {
    fn new(verdict: &'a Verdict, rules: &'a [&'static RuleInfo], name: &str) -> Self {
        let in_force = verdict.rules.iter().map(|it| it.id);
        let broken = [CoverageState::Partial, CoverageState::Broke];
        let is_image = verdict.judged.keys().any(|it| matches!(it, Image | Package));
        let kind = if is_image { TargetKind::Image } else { TargetKind::File };
        Self {
            verdict,
            rules,
            in_force: in_force.filter(|it| !verdict.spared.contains(it)).collect(),
            n_gaps: gaps(verdict).filter(|it| broken.contains(&it.state)).count(),
            target: Target { kind, name: name.to_owned() },
        }
    }

    fn n_subjects(&self, kind: SubjectKind) -> usize {
        self.verdict.judged.get(&kind).copied().unwrap_or_default()
    }

    /// What it means that no rule of `control` had anything to say; `None` where none was asked.
    fn silence(&self, control: &'static Control) -> Option<Outcome> {
        let speaks = |it: &&&RuleInfo| it.controls.contains(&control.key);
        let asked: Vec<&RuleInfo> = self.rules.iter().filter(speaks).copied().collect();
        let asked = asked.into_iter().filter(|it| self.n_subjects(it.subject) > 0);
        let (ran, left): (Vec<&RuleInfo>, Vec<&RuleInfo>) =
            asked.partition(|it| self.in_force.contains(it.id));
        if ran.is_empty() && left.is_empty() {
            return None;
        }
        let kinds: BTreeSet<SubjectKind> = ran.iter().map(|it| it.subject).collect();
        let judged: Vec<String> =
            kinds.iter().map(|it| format!("{} {}", self.n_subjects(*it), it.name())).collect();
        let evidence =
            vec![format!("{} judged by {}", judged.join(", "), count(ran.len(), "rule"))];
        let proof = PROOF.iter().find(|it| it.0 == control.key).map(|it| it.1);
        let (status, why) = if self.n_gaps > 0 {
            let why = format!("{} could not be fully read", count(self.n_gaps, "unit"));
            (OutcomeStatus::Unknown, why)
        } else if !left.is_empty() {
            let ids: Vec<&str> = left.iter().map(|it| it.id).collect();
            let why = format!("not all rules ran everywhere: {} missing", ids.join(", "));
            (OutcomeStatus::Unknown, why)
        } else if proof.is_some_and(|it| it.iter().any(|it| kinds.contains(it))) {
            (OutcomeStatus::Pass, "no rule has anything to say".to_owned())
        } else {
            let why = match self.target.kind {
                TargetKind::Image => "the image says nothing against it, and cannot show it alone",
                _ => "the files say nothing against it, and cannot show it alone",
            };
            (OutcomeStatus::Unknown, format!("{why}: {}", super::needs::need(control.key)))
        };
        Some(Outcome { control, target: self.target.clone(), status, why, evidence })
    }
}

/// What has to be judged so that silence counts for a control: any one of these kinds. What is not
/// listed can be spoken against by files and images, and be shown only by a host or a person.
static PROOF: &[(&str, &[SubjectKind])] = &[
    ("ci.action-pin", &[Workflow]),
    ("image.copy-not-add", &[Dockerfile]),
    ("image.healthcheck", &[Dockerfile, Image]),
    ("image.no-secrets", &[Image]),
    ("image.patched", &[Package]),
    ("image.setuid", &[Image]),
    ("image.update-alone", &[Dockerfile]),
    ("image.user", &[Dockerfile, Image]),
    ("runtime.bind-interface", &[Service]),
    ("runtime.capabilities", &[Service, Kubernetes]),
    ("runtime.cgroup-parent", &[Service]),
    ("runtime.cpu-shares", &[Service, Kubernetes]),
    ("runtime.default-bridge", &[Service]),
    ("runtime.devices", &[Service]),
    ("runtime.docker-socket", &[Service, Kubernetes]),
    ("runtime.health-at-runtime", &[Service, Kubernetes]),
    ("runtime.host-ipc", &[Service, Kubernetes]),
    ("runtime.host-network", &[Service, Kubernetes]),
    ("runtime.host-pid", &[Service, Kubernetes]),
    ("runtime.host-userns", &[Service]),
    ("runtime.host-uts", &[Service]),
    ("runtime.memory-limit", &[Service, Kubernetes]),
    ("runtime.mount-propagation", &[Service]),
    ("runtime.no-new-privileges", &[Service, Kubernetes]),
    ("runtime.pids-limit", &[Service]),
    ("runtime.privileged", &[Service, Kubernetes]),
    ("runtime.read-only-root", &[Service, Kubernetes]),
    ("runtime.restart-policy", &[Service]),
    ("runtime.seccomp-on", &[Service, Kubernetes]),
    ("runtime.sensitive-mounts", &[Service, Kubernetes]),
    ("secrets.build-arg", &[Dockerfile]),
    ("secrets.buildkit-mount", &[Dockerfile]),
    ("secrets.env", &[Service, Kubernetes, EnvFile]),
    ("secrets.layers", &[Image]),
    ("supply.digest-pin", &[Dockerfile, Kubernetes, Workflow]),
];

/// So many gaps are listed for one run.
const MAX_GAPS: usize = 50;

/// So many findings are listed for one target of one control.
const MAX_FACTS: usize = 20;
