//! A rule: passport and judgement, and the walk that serves it.

use std::{
    cmp::Ordering,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use plimsoll_text::Source;

use crate::{
    finding::Finding,
    marks::{Marks, Wanted},
    passport::RuleInfo,
    sink::Sink,
};

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

    /// What a node holds, so that rules about something else can pass it by.
    fn marks(&self, _node: &Self::Node) -> Marks {
        Marks::ALL
    }
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
    /// The whole model, if its nodes together hold what is wanted.
    WholeWith(Wanted, fn(&S, &mut Sink<'_>)),
    /// Every node of one of these kinds.
    On(&'static [S::Kind], fn(&S, &S::Node, &mut Sink<'_>)),
    /// Every node of one of these kinds that holds what is wanted.
    OnWith(&'static [S::Kind], Wanted, fn(&S, &S::Node, &mut Sink<'_>)),
}

/// Runs `rules` over `subject`. Findings come in source order, then by rule; with them the rules
/// that broke (panicked), which the caller reports as gaps.
pub fn judge<S: Subject + 'static>(
    subject: &S,
    rules: impl IntoIterator<Item = &'static Rule<S>>,
) -> (Vec<Finding>, Vec<&'static RuleInfo>) {
    let view = View::of(subject);
    let mut res = Vec::new();
    let mut broken = Vec::new();
    for rule in rules {
        let n_before = res.len();
        if catch_unwind(AssertUnwindSafe(|| view.judge(rule, &mut res))).is_err() {
            res.truncate(n_before);
            broken.push(&rule.info);
        }
    }
    res.sort_by(in_report_order);
    (res, broken)
}

/// Runs one rule over `subject`.
pub fn judge_rule<S: Subject>(subject: &S, rule: &'static Rule<S>, out: &mut Vec<Finding>) {
    View::of(subject).judge(rule, out);
}

/// A subject with its nodes laid out for many rules.
struct View<'a, S: Subject> {
    subject: &'a S,
    nodes: Vec<Seen<'a, S>>,
    /// The nodes by their kind, since most rules ask for one kind only.
    by_kind: Vec<(S::Kind, Vec<Seen<'a, S>>)>,
    /// What the nodes hold together.
    marks: Marks,
}

/// A node with all that is asked before a rule sees it.
struct Seen<'a, S: Subject> {
    kind: S::Kind,
    node: &'a S::Node,
    marks: Marks,
}

impl<'a, S: Subject> View<'a, S> {
    fn of(subject: &'a S) -> Self {
        let mut res =
            Self { subject, nodes: Vec::new(), by_kind: Vec::new(), marks: Marks::default() };
        for (kind, node) in subject.nodes() {
            res.push(kind, node, marks_of(subject, node));
        }
        res
    }

    fn push(&mut self, kind: S::Kind, node: &'a S::Node, marks: Marks) {
        self.marks.add(marks);
        self.nodes.push(Seen { kind, node, marks });
        let seen = Seen { kind, node, marks };
        match self.by_kind.iter_mut().find(|it| it.0 == kind) {
            Some((_, nodes)) => nodes.push(seen),
            None => self.by_kind.push((kind, vec![seen])),
        }
    }

    fn judge(&self, rule: &'static Rule<S>, out: &mut Vec<Finding>) {
        let subject = self.subject;
        let mut sink = Sink::new(&rule.info, subject.source(), out);
        match &rule.check {
            Check::Whole(check) => check(subject, &mut sink),
            Check::WholeWith(wanted, check) => {
                if wanted.may_be_in(&self.marks) {
                    check(subject, &mut sink);
                }
            }
            Check::On(kinds, check) => {
                for it in self.of_kinds(kinds) {
                    check(subject, it.node, &mut sink);
                }
            }
            Check::OnWith(kinds, wanted, check) => {
                if !wanted.may_be_in(&self.marks) {
                    return;
                }
                for it in self.of_kinds(kinds).filter(|it| wanted.may_be_in(&it.marks)) {
                    check(subject, it.node, &mut sink);
                }
            }
        }
    }

    /// The nodes of these kinds, in source order.
    fn of_kinds(&self, kinds: &[S::Kind]) -> impl Iterator<Item = &Seen<'a, S>> {
        let nodes = match kinds {
            [kind] => self.by_kind.iter().find(|it| it.0 == *kind).map(|it| it.1.as_slice()),
            _ => Some(self.nodes.as_slice()),
        };
        let is_one = kinds.len() == 1;
        let nodes = nodes.unwrap_or_default().iter();
        nodes.filter(move |it| is_one || kinds.contains(&it.kind))
    }
}

/// The marks of a node. Where they cannot be told every rule looks at it: what breaks here breaks
/// there again, and is a gap of each rule then.
fn marks_of<S: Subject>(subject: &S, node: &S::Node) -> Marks {
    catch_unwind(AssertUnwindSafe(|| subject.marks(node))).unwrap_or(Marks::ALL)
}

/// By file, place and rule.
fn in_report_order(left: &Finding, right: &Finding) -> Ordering {
    let by_rule = || left.rule.id.cmp(right.rule.id);
    match (left.place.text(), right.place.text()) {
        (Some(left), Some(right)) => {
            let is_same = Arc::ptr_eq(&left.source, &right.source);
            let by_name = || left.source.name().cmp(right.source.name());
            let by_name = if is_same { Ordering::Equal } else { by_name() };
            by_name.then(left.span.start.cmp(&right.span.start)).then_with(by_rule)
        }
        (left, right) => left.is_some().cmp(&right.is_some()).then_with(by_rule),
    }
}
