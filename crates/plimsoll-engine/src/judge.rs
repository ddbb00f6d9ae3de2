//! Judges files one by one, and what belongs together together. Pure but for the context listing
//! that it is handed.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_config::tree::{Node, Tree};
use plimsoll_dockerfile::Dockerfile;
use plimsoll_finding::{
    Coverage, CoverageState, Finding, Rule, RuleInfo, RuleSettings, Subject, SubjectKind, judge,
};
use plimsoll_lint::{Judged, RuleBook};
use plimsoll_policy::{CommentFormat, CommentScope};
use plimsoll_text::{Source, Span};

/// What judging one file or one group of files came to.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) findings: Vec<Finding>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) judged: BTreeMap<SubjectKind, usize>,
    pub(crate) comments: Vec<FileComments>,
}

/// The comments of a file that may hold waivers.
#[derive(Debug)]
pub(crate) struct FileComments {
    pub(crate) source: Arc<Source>,
    pub(crate) format: CommentFormat,
    pub(crate) scopes: Vec<CommentScope>,
}

impl Judgement {
    /// Takes all of `other` in.
    pub(crate) fn extend(&mut self, other: Judgement) {
        self.findings.extend(other.findings);
        self.coverage.extend(other.coverage);
        self.comments.extend(other.comments);
        for (kind, count) in other.judged {
            *self.judged.entry(kind).or_default() += count;
        }
    }

    /// Runs `rules` over `subject` and counts it.
    pub(crate) fn run<S: Subject + Judged + 'static>(
        &mut self,
        subject: &S,
        rules: &[&'static Rule<S>],
    ) {
        let (findings, broken) = judge(subject, rules.iter().copied());
        self.findings.extend(findings);
        *self.judged.entry(S::KIND).or_default() += 1;
        for rule in broken {
            self.coverage.push(broken_rule(subject.source(), rule));
        }
    }

    /// Notes that a file was looked at, and how far.
    pub(crate) fn looked_at(&mut self, unit: &str, state: CoverageState, why: impl Into<String>) {
        self.coverage.push(Coverage { unit: unit.to_owned(), state, why: why.into() });
    }
}

fn broken_rule(source: &Source, rule: &RuleInfo) -> Coverage {
    let why = format!(
        "the rule `{}` broke on this file; its verdict is missing. Please report the file's shape",
        rule.id
    );
    Coverage { unit: source.name().to_owned(), state: CoverageState::Partial, why }
}

/// What judging needs to know besides the file.
pub(crate) struct Terms<'a> {
    pub(crate) book: &'a RuleBook,
    pub(crate) settings: &'a Arc<RuleSettings>,
}

/// The comments of a Dockerfile with what each of them governs.
pub(crate) fn dockerfile_comments(dockerfile: &Dockerfile) -> Option<FileComments> {
    let source = &dockerfile.source;
    if !may_waive(source.text()) {
        return None;
    }
    let spans: Vec<Span> = dockerfile.comments.iter().map(|it| it.span).collect();
    let entries: Vec<Span> = dockerfile.instructions.iter().map(|it| it.span).collect();
    let scopes = plimsoll_policy::comment_scopes(source, &spans, &entries);
    Some(FileComments { source: Arc::clone(source), format: CommentFormat::Dockerfile, scopes })
}

/// The comments of a YAML file with what each of them governs.
pub(crate) fn tree_comments(tree: &Tree) -> Option<FileComments> {
    let source = &tree.source;
    if !may_waive(source.text()) {
        return None;
    }
    let spans: Vec<Span> = tree.comments.iter().map(|it| it.span).collect();
    let mut entries = Vec::new();
    for document in &tree.documents {
        push_entries(&document.root, &mut entries);
    }
    let scopes = plimsoll_policy::comment_scopes(source, &spans, &entries);
    Some(FileComments { source: Arc::clone(source), format: CommentFormat::Other, scopes })
}

fn push_entries(node: &Node, out: &mut Vec<Span>) {
    for entry in node.own_entries() {
        out.push(entry.span());
        push_entries(&entry.value, out);
    }
    for item in node.items() {
        out.push(item.span);
        push_entries(item, out);
    }
}

/// The words that our waivers and those of other tools begin with. Most files hold none, so that
/// the comments need not be looked at.
fn may_waive(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "plimsoll:", "hadolint", "check=", "trivy:ignore", "checkov:skip", "kics-scan", "nosemgrep",
        "dclint", "tally", "droast",
    ];
    MARKS.iter().any(|it| text.contains(it))
}
