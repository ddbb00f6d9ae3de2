//! A check and what it says: an outcome for each thing it looked at, and findings.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_finding::{
    Audience, Confidence, Control, FixKind, HostPlace, Outcome, OutcomeStatus, Place, RuleInfo,
    Severity, Sink, SubjectKind, Target, TargetKind, control,
};
use plimsoll_host::{Host, Known};
use plimsoll_text::{Location, Source};

use crate::{Audited, container::Container, settings::HostSettings};

/// A check: its passport and its judgement.
pub(crate) struct Check {
    /// What is known without running it. Its first control is the one that outcomes are about; a
    /// check without one tells findings and gaps only.
    pub(crate) info: RuleInfo,
    /// How it judges.
    pub(crate) judge: fn(&Facts<'_>, &mut Answer<'_>),
}

/// What a check may look at.
pub(crate) struct Facts<'a> {
    pub(crate) host: &'a Host<'a>,
    pub(crate) settings: &'a HostSettings,
    /// Every container, running or not.
    pub(crate) containers: Known<Vec<Container<'a>>>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(host: &'a Host<'a>, settings: &'a HostSettings) -> Self {
        Self { host, settings, containers: Container::all(host) }
    }
}

/// A passport with what most checks share; a check names what differs.
pub(crate) const fn host_rule(id: &'static str) -> RuleInfo {
    RuleInfo {
        id,
        aliases: &[],
        severity: Severity::Medium,
        confidence: Confidence::High,
        audience: Audience::Default,
        subject: SubjectKind::Host,
        controls: &[],
        fix: FixKind::None,
        doc: "",
        file: "",
    }
}

/// Where a check lays what it came to.
pub(crate) struct Answer<'a> {
    rule: &'static RuleInfo,
    control: Option<&'static Control>,
    host: &'a Host<'a>,
    audited: Audited,
    /// The texts that places point into, each read once.
    sources: BTreeMap<String, Option<Arc<Source>>>,
}

/// What is wrong, and where.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    /// What is wrong, in one phrase without a final dot.
    pub(crate) message: String,
    /// The setting: `mode`, `HostConfig.Privileged`.
    pub(crate) setting: String,
    /// The file or API path that holds it.
    pub(crate) source: String,
    /// The line of the file, if its text is known.
    pub(crate) line: Option<usize>,
    /// The facts, in words.
    pub(crate) evidence: Vec<String>,
    /// The severity where it differs from the check's.
    pub(crate) severity: Option<Severity>,
    /// The confidence where it is lower than the check's.
    pub(crate) confidence: Option<Confidence>,
}

impl<'a> Answer<'a> {
    pub(crate) fn new(rule: &'static RuleInfo, host: &'a Host<'a>) -> Self {
        let control = rule.controls.first().and_then(|it| control(it));
        Self { rule, control, host, audited: Audited::default(), sources: BTreeMap::new() }
    }

    /// The host as a whole.
    pub(crate) fn host(&self) -> Target {
        self.target(TargetKind::Host)
    }

    /// The engine's daemon.
    pub(crate) fn daemon(&self) -> Target {
        self.target(TargetKind::Daemon)
    }

    /// The swarm that the host is in.
    pub(crate) fn swarm(&self) -> Target {
        self.target(TargetKind::Swarm)
    }

    fn target(&self, kind: TargetKind) -> Target {
        Target { kind, name: self.host.collected.name.clone() }
    }

    /// It is in order, by this evidence.
    pub(crate) fn pass(&mut self, target: Target, why: impl Into<String>, evidence: Vec<String>) {
        self.outcome(target, OutcomeStatus::Pass, why.into(), evidence);
    }

    /// There is nothing here that it could be about.
    pub(crate) fn not_applicable(&mut self, target: Target, why: impl Into<String>) {
        self.outcome(target, OutcomeStatus::NotApplicable, why.into(), Vec::new());
    }

    /// Only a person can tell; the question, and what helps to answer it.
    pub(crate) fn manual(
        &mut self,
        target: Target,
        question: impl Into<String>,
        evidence: Vec<String>,
    ) {
        self.outcome(target, OutcomeStatus::Manual, question.into(), evidence);
    }

    /// It could not be read; why not, and what makes it readable.
    pub(crate) fn unknown(&mut self, target: Target, why: &str, remedy: &str) {
        if self.control.is_none() {
            self.audited.gaps.push(format!("{}: {why}; {remedy}", self.rule.id));
        }
        self.outcome(target, OutcomeStatus::Unknown, format!("{why}; {remedy}"), Vec::new());
    }

    /// It is not in order.
    pub(crate) fn fail(&mut self, target: Target, fault: Fault) {
        let why = fault.message.clone();
        self.outcome(target.clone(), OutcomeStatus::Fail, why, fault.evidence.clone());
        if self.audited.findings.len() >= MAX_FINDINGS {
            if self.audited.gaps.last().is_none_or(|it| !it.ends_with(LEFT_OUT)) {
                self.audited.gaps.push(format!("{}{LEFT_OUT}", self.rule.id));
            }
            return;
        }
        let location = self.location(&fault);
        let place = HostPlace {
            target,
            setting: fault.setting,
            source: fault.source.trim_start_matches('/').to_owned(),
            location,
        };
        let nowhere = Source::new("", "");
        let mut sink = Sink::new(self.rule, &nowhere, &mut self.audited.findings);
        let mut draft = sink.report_place(Place::Host(Box::new(place)), fault.message);
        for fact in fault.evidence {
            draft = draft.evidence(fact);
        }
        if let Some(severity) = fault.severity {
            draft = draft.severity(severity);
        }
        if let Some(confidence) = fault.confidence {
            draft.confidence(confidence);
        }
    }

    /// It is not in order, and a rule over the engine's own settings says so already.
    pub(crate) fn fail_as_told(
        &mut self,
        target: Target,
        why: impl Into<String>,
        evidence: Vec<String>,
    ) {
        self.outcome(target, OutcomeStatus::Fail, why.into(), evidence);
    }

    /// The fact, or an outcome that says why it is not known or not there.
    pub(crate) fn need<T>(&mut self, target: Target, known: Known<T>, absent: &str) -> Option<T> {
        match known {
            Known::Had(it) => Some(it),
            Known::Absent => {
                self.not_applicable(target, absent);
                None
            }
            Known::Unknown { why, remedy } => {
                self.unknown(target, &why, &remedy);
                None
            }
        }
    }

    /// The check itself broke.
    pub(crate) fn broke(&mut self) {
        let target = self.host();
        self.audited.gaps.push(format!("the check {} broke", self.rule.id));
        let why = "the check itself broke; report it with the snapshot".to_owned();
        self.outcome(target, OutcomeStatus::Unknown, why, Vec::new());
    }

    /// Lays everything into what the run came to.
    pub(crate) fn into_audited(self, out: &mut Audited) {
        out.outcomes.extend(self.audited.outcomes);
        out.findings.extend(self.audited.findings);
        out.gaps.extend(self.audited.gaps);
    }

    fn outcome(
        &mut self,
        target: Target,
        status: OutcomeStatus,
        why: String,
        evidence: Vec<String>,
    ) {
        if let Some(control) = self.control {
            self.audited.outcomes.push(Outcome { control, target, status, why, evidence });
        }
    }

    fn location(&mut self, fault: &Fault) -> Option<Location> {
        let line = fault.line?;
        let (host, path) = (self.host, &fault.source);
        let source = self.sources.entry(path.clone()).or_insert_with(|| {
            let text = host.collected.text(path);
            Some(Source::new(path.trim_start_matches('/'), *text.had()?))
        });
        let source = source.as_ref()?;
        Some(Location::new(source, source.line_span(line)?))
    }
}

/// One check tells no more than this; that there is more is a gap.
const MAX_FINDINGS: usize = 1_000;
const LEFT_OUT: &str = " found more than is told: the rest is left out";
