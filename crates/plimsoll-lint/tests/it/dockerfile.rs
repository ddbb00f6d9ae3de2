//! The docs of the rules over Dockerfiles.

use std::sync::Arc;

use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_finding::{Finding, LabelKind, Rule, RuleSettings, judge_rule};
use plimsoll_lint::{
    rules::dockerfile::RULES,
    subject::dockerfile::{BuildContext, DockerfileSubject},
};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "Dockerfile", &|sources| judge(rule, sources));
    }
}

/// A block of several files is a build context: the Dockerfile, its `.dockerignore`, other files.
/// For the comments that are settings see [`settings`].
fn judge(rule: &'static Rule<DockerfileSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let Some(main) = sources.iter().find(|it| it.name() == "Dockerfile") else {
        panic!("{}: a block without a Dockerfile", rule.info.id)
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
    let mut res = Vec::new();
    judge_rule(&subject, rule, &mut res);
    res
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
