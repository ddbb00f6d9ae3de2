//! A rule: passport and judgement, and the walk that serves it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use plimsoll_text::Source;

use crate::{finding::Finding, passport::RuleInfo, sink::Sink};

/// What rules can judge: a model made of nodes, each of some kind.
pub trait Subject {
    /// What a rule can ask for.
    type Kind: Copy + PartialEq + Sync + 'static;
    /// One part of the model.
    type Node;

    /// The text that plain spans of a finding point into.
    fn source(&self) -> &Arc<Source>;

    /// Every node with its kind, in source order.
    fn nodes(&self) -> impl Iterator<Item = (Self::Kind, &Self::Node)>;
}

/// A rule: its passport and its judgement.
pub struct Rule<S: Subject> {
    /// What is known without running it.
    pub info: RuleInfo,
    /// How it judges.
    pub check: Check<S>,
}

/// What a rule wants to see. It declares, [`judge`] walks.
pub enum Check<S: Subject> {
    /// The whole model at once.
    Whole(fn(&S, &mut Sink<'_>)),
    /// Every node of one of these kinds.
    On(&'static [S::Kind], fn(&S, &S::Node, &mut Sink<'_>)),
}

/// Runs `rules` over `subject`. Findings come in source order, then by rule; with them the rules
/// that broke (panicked), which the caller reports as gaps.
pub fn judge<S: Subject + 'static>(
    subject: &S,
    rules: impl IntoIterator<Item = &'static Rule<S>>,
) -> (Vec<Finding>, Vec<&'static RuleInfo>) {
    let mut res = Vec::new();
    let mut broken = Vec::new();
    for rule in rules {
        let n_before = res.len();
        if catch_unwind(AssertUnwindSafe(|| judge_rule(subject, rule, &mut res))).is_err() {
            res.truncate(n_before);
            broken.push(&rule.info);
        }
    }
    res.sort_by_cached_key(|it: &Finding| {
        let location = it.place.text();
        let name = location.map(|it| it.source.name().to_owned());
        (name, location.map(|it| it.span.start), it.rule.id)
    });
    (res, broken)
}

/// Runs one rule over `subject`.
pub fn judge_rule<S: Subject>(subject: &S, rule: &'static Rule<S>, out: &mut Vec<Finding>) {
    let mut sink = Sink::new(&rule.info, subject.source(), out);
    match &rule.check {
        Check::Whole(check) => check(subject, &mut sink),
        Check::On(kinds, check) => {
            for (kind, node) in subject.nodes() {
                if kinds.contains(&kind) {
                    check(subject, node, &mut sink);
                }
            }
        }
    }
}
