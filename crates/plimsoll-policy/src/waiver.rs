//! A waiver: which findings somebody accepted, why, until when, and where that was said.
//!
//! Knows neither the comments nor the files that waivers are read from.

use std::sync::Arc;

use plimsoll_finding::{Finding, Origin, RuleInfo, Sink};
use plimsoll_text::{Location, Source, Span};

use crate::{date::Date, names::Tool, path_patterns::PathPatterns};

/// One accepted risk. A waiver without a reason cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// What is waived, name by name as it was written.
    pub names: Vec<WaivedName>,
    /// Where it holds.
    pub scope: Scope,
    /// Why, in the writer's words, or in ours where another tool has no room for them.
    pub reason: String,
    /// The last day on which it holds; `None` is without end.
    pub until: Option<Date>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it was said.
    pub origin: Origin,
    /// The tool it was written for; `None` is ours.
    pub tool: Option<Tool>,
}

impl Waiver {
    /// The place it was said at.
    pub fn place(&self) -> &Location {
        match &self.origin {
            Origin::Comment(location) | Origin::Settings(location) => location,
        }
    }
}

/// One name in a waiver.
#[derive(Clone, Debug, PartialEq)]
pub struct WaivedName {
    /// Where it stands.
    pub place: Location,
    /// The rules it means; never empty.
    pub rules: Vec<RuleId>,
}

/// The id of a rule.
pub type RuleId = &'static str;

/// Where a waiver holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// For findings that start in this piece of a text.
    Text(Location),
    /// For findings in this text.
    File(Arc<Source>),
    /// For findings in files.
    Files {
        /// Which files; `None` is all.
        paths: Option<PathPatterns>,
        /// The only finding meant, if there is just one.
        fingerprint: Option<String>,
    },
}

impl Scope {
    /// Whether it holds for `finding`, whose file is `path` from the folder of the settings.
    pub fn covers(&self, finding: &Finding, path: &str) -> bool {
        let place = finding.place.text();
        match self {
            Self::Text(location) => place.is_some_and(|it| {
                it.source.name() == location.source.name()
                    && starts_in(it.span, location.span, location.source.text().len())
            }),
            Self::File(source) => place.is_some_and(|it| it.source.name() == source.name()),
            Self::Files { paths, fingerprint } => {
                paths.as_ref().is_none_or(|it| it.matches(path))
                    && fingerprint.as_ref().is_none_or(|it| *it == finding.fingerprint)
            }
        }
    }

    /// The text that it is bound to, if it is bound to one.
    pub fn source(&self) -> Option<&Arc<Source>> {
        match self {
            Self::Text(location) => Some(&location.source),
            Self::File(source) => Some(source),
            Self::Files { .. } => None,
        }
    }
}

/// What was read from comments or files: waivers, and what is wrong with some of them.
#[derive(Clone, Debug, Default)]
pub struct Waivers {
    /// What is waived.
    pub waivers: Vec<Waiver>,
    /// Findings of [`crate::POLICY_RULES`]; without fingerprint and not yet chosen by settings.
    pub findings: Vec<Finding>,
    /// Names of other tools' checks for which there is no rule here. Nothing is waived by them.
    pub unmapped: Vec<Location>,
}

impl Waivers {
    /// Adds all of `other`.
    pub fn extend(&mut self, other: Waivers) {
        self.waivers.extend(other.waivers);
        self.findings.extend(other.findings);
        self.unmapped.extend(other.unmapped);
    }

    /// Adds a finding of `rule` at `span` of `source`.
    pub(crate) fn report(
        &mut self,
        rule: &'static RuleInfo,
        source: &Arc<Source>,
        span: Span,
        message: impl Into<String>,
    ) {
        Sink::new(rule, source, &mut self.findings).report(span, message);
    }
}

/// The ids of `rules`.
pub(crate) fn rule_ids(rules: &[&'static RuleInfo]) -> Vec<RuleId> {
    rules.iter().map(|it| it.id).collect()
}

/// Whether `span` starts in `scope`. The end of a scope belongs to what follows, unless nothing
/// does.
fn starts_in(span: Span, scope: Span, end_of_text: usize) -> bool {
    let is_last = scope.end == end_of_text && span.start == end_of_text;
    scope.start <= span.start && (span.start < scope.end || is_last)
}

#[cfg(test)]
mod tests {
    use super::starts_in;
    use plimsoll_text::Span;

    #[test]
    fn a_scope_does_not_leak_into_what_follows() {
        let scope = Span::new(10, 20);
        for (start, expected) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(starts_in(Span::new(start, start + 5), scope, 50), expected, "{start}");
        }
        assert!(starts_in(Span::empty(20), scope, 20));
        assert!(!starts_in(Span::empty(20), scope, 21));
    }
}
