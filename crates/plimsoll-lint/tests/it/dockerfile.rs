//! The docs of the rules over Dockerfiles.

use std::sync::Arc;

use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_finding::{Finding, Rule, RuleSettings, judge_rule};
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

/// A block of several files is a build context: the Dockerfile, its `.dockerignore`, other files. A
/// line `# allowed-registries: NAME` is a setting.
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
    if let Some(registry) = main.text().lines().find_map(|it| it.strip_prefix(ALLOWED_REGISTRIES)) {
        let allowed_registries = vec![registry.trim().to_owned()];
        subject.settings = Arc::new(RuleSettings { allowed_registries, ..RuleSettings::default() });
    }
    let mut res = Vec::new();
    judge_rule(&subject, rule, &mut res);
    res
}

/// A comment that stands for the setting of that name.
const ALLOWED_REGISTRIES: &str = "# allowed-registries: ";
