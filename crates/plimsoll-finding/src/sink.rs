//! How a rule speaks.

use std::sync::Arc;

use plimsoll_text::{Edit, Location, Source, Span};

use crate::{
    finding::{Disposition, Finding, Place, Related},
    fix::{Fix, Safety},
    passport::{Confidence, RuleInfo, Severity},
};

/// Where a rule lays its findings. It cannot see what others laid there.
#[derive(Debug)]
pub struct Sink<'a> {
    rule: &'static RuleInfo,
    source: &'a Arc<Source>,
    out: &'a mut Vec<Finding>,
}

impl<'a> Sink<'a> {
    /// A sink that signs with `rule` and takes spans as places in `source`.
    pub fn new(
        rule: &'static RuleInfo,
        source: &'a Arc<Source>,
        out: &'a mut Vec<Finding>,
    ) -> Self {
        Self { rule, source, out }
    }

    /// Reports a finding at `span` of the judged text; the place is an argument, so no finding is
    /// without one.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> Draft<'_> {
        self.report_at(Location::new(self.source, span), message)
    }

    /// Reports a finding at a place that may be in another file than the judged one.
    pub fn report_at(&mut self, location: Location, message: impl Into<String>) -> Draft<'_> {
        self.report_place(Place::Text(location), message)
    }

    /// Reports a finding at a place that need not be text.
    pub fn report_place(&mut self, place: Place, message: impl Into<String>) -> Draft<'_> {
        self.out.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            confidence: self.rule.confidence,
            message: message.into(),
            place,
            related: Vec::new(),
            evidence: Vec::new(),
            fixes: Vec::new(),
            secrets: Vec::new(),
            disposition: Disposition::Open,
            names: Vec::new(),
            fingerprint: String::new(),
        });
        let at = self.out.len() - 1;
        Draft { finding: &mut self.out[at], source: self.source }
    }
}

/// The finding just reported, open for more detail. Dropping it is fine: the finding stays.
#[derive(Debug)]
pub struct Draft<'a> {
    finding: &'a mut Finding,
    source: &'a Arc<Source>,
}

impl Draft<'_> {
    /// Adds a place of the judged text that explains the first.
    pub fn related(self, span: Span, message: impl Into<String>) -> Self {
        let location = Location::new(self.source, span);
        self.related_at(location, message)
    }

    /// Adds a place of any file that explains the first.
    pub fn related_at(self, location: Location, message: impl Into<String>) -> Self {
        self.finding
            .related
            .push(Related { place: Place::Text(location), message: message.into() });
        self
    }

    /// Adds a fact that the judgement rests on; mask secrets with [`crate::Masked`].
    pub fn evidence(self, fact: impl Into<String>) -> Self {
        self.finding.evidence.push(fact.into());
        self
    }

    /// Says that `span` of the judged text holds a secret, to be masked wherever it is shown.
    pub fn secret(self, span: Span) -> Self {
        let location = Location::new(self.source, span);
        self.secret_at(location)
    }

    /// Says that a place of any file holds a secret, to be masked wherever it is shown.
    pub fn secret_at(self, location: Location) -> Self {
        self.finding.secrets.push(location);
        self
    }

    /// Adds a name that a waiver or a VEX statement may call this finding by.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.finding.names.push(name.into());
        self
    }

    /// Lowers the confidence of this one finding.
    pub fn confidence(self, confidence: Confidence) -> Self {
        self.finding.confidence = confidence.min(self.finding.confidence);
        self
    }

    /// Sets the severity of this one finding where it differs from the rule's.
    pub fn severity(self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }

    /// Adds a way to mend it by edits of the judged text; no edits, no fix.
    pub fn fix(self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        let source = Arc::clone(self.source);
        self.fix_in(&source, title, safety, edits)
    }

    /// Adds a way to mend it by edits of `source`; no edits, no fix.
    pub fn fix_in(
        self,
        source: &Arc<Source>,
        title: impl Into<String>,
        safety: Safety,
        edits: Vec<Edit>,
    ) -> Self {
        if !edits.is_empty() {
            let source = Arc::clone(source);
            self.finding.fixes.push(Fix { title: title.into(), safety, source, edits });
        }
        self
    }
}
