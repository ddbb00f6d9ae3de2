//! The docs of the rules over Dockerfiles.

use std::sync::Arc;

use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_finding::{Check, Finding, LabelKind, Rule, RuleSettings, Sink, Subject, judge_rule};
use plimsoll_lint::{
    rules::dockerfile::RULES,
    subject::dockerfile::{BuildContext, DockerfileSubject},
};
use plimsoll_text::Source;

use crate::{
    blocks::{check_rule, examples},
    image,
};

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "Dockerfile", &|sources| judge(rule, sources));
    }
}

/// What a rule says that it wants may save it work, but never keeps a finding from it: the text of
/// no example tells one rule more when all of it is shown.
#[test]
fn what_rules_pass_by_holds_nothing_for_them() {
    for sources in RULES.iter().flat_map(|it| examples(&it.info, "Dockerfile")) {
        if is_image(&sources) {
            continue;
        }
        let subject = subject(&sources);
        for rule in RULES {
            let (mut found, mut all) = (Vec::new(), Vec::new());
            judge_rule(&subject, rule, &mut found);
            judge_everything(&subject, rule, &mut all);
            assert_eq!(messages(&found), messages(&all), "{}\n{}", rule.info.id, subject.text());
        }
    }
}

fn messages(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|it| it.message.as_str()).collect()
}

/// Runs a rule without regard to what it wants.
fn judge_everything(
    subject: &DockerfileSubject,
    rule: &'static Rule<DockerfileSubject>,
    out: &mut Vec<Finding>,
) {
    let mut sink = Sink::new(&rule.info, subject.source(), out);
    match &rule.check {
        Check::Whole(check) | Check::WholeWith(_, check) => check(subject, &mut sink),
        Check::On(kinds, check) | Check::OnWith(kinds, _, check) => {
            for (_, node) in subject.nodes().filter(|it| kinds.contains(&it.0)) {
                check(subject, node, &mut sink);
            }
        }
    }
}

/// Judges a block by the rule, or by its twin over images if the block is one.
fn judge(rule: &'static Rule<DockerfileSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    if is_image(sources) {
        return image::judge_twin(rule.info.id, sources);
    }
    let mut res = Vec::new();
    judge_rule(&subject(sources), rule, &mut res);
    res
}

fn is_image(sources: &[Arc<Source>]) -> bool {
    sources.iter().any(|it| it.name() == image::MAIN)
}

/// A block of several files is a build context: the Dockerfile, its `.dockerignore`, other files.
/// For the comments that are settings see [`settings`].
fn subject(sources: &[Arc<Source>]) -> DockerfileSubject {
    let Some(main) = sources.iter().find(|it| it.name() == "Dockerfile") else {
        panic!("a block without a Dockerfile")
    };
    let mut subject = DockerfileSubject::alone(main);
    if sources.len() > 1 {
        let ignore = sources.iter().find(|it| it.name() == ".dockerignore");
        subject.context = Some(BuildContext {
            ignore: ignore.map(|it| DockerIgnore::parse(it).0),
            files: sources.iter().map(|it| it.name().to_owned()).collect(),
            is_complete: true,
        });
    }
    subject.settings = settings(main.text());
    subject
}

/// What the comments of a block set.
fn settings(text: &str) -> Arc<RuleSettings> {
    let mut res = RuleSettings::default();
    for line in text.lines() {
        if let Some(registry) = line.strip_prefix("# allowed-registries: ") {
            res.allowed_registries.push(registry.trim().to_owned());
        }
        if let Some(label) = line.strip_prefix("# required-label: ") {
            let (name, kind) = label.split_once(' ').unwrap();
            res.required_labels.insert(name.to_owned(), LabelKind::parse(kind).unwrap());
        }
        res.strict_labels |= line == "# strict-labels";
    }
    Arc::new(res)
}
