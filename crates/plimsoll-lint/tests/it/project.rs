//! The docs of the rules over whole projects.

use std::sync::Arc;

use plimsoll_finding::{Finding, Rule, RuleSettings, judge_rule};
use plimsoll_lint::{
    rules::project::RULES,
    subject::project::{ProjectEnvFile, ProjectSubject},
};
use plimsoll_text::Source;

use crate::{blocks::check_rule, bundle};

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "compose.yaml", &|sources| judge(rule, sources));
    }
}

/// A `.env` file of a block is ignored by git if the block has a `.gitignore` that names it.
fn judge(rule: &'static Rule<ProjectSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let (compose, project) = bundle::project(sources);
    let find = |name: &str| sources.iter().find(|it| it.name() == name);
    let ignored = find(".gitignore").is_some_and(|it| it.text().contains(".env"));
    let contexts = bundle::contexts(sources, &project);
    let subject = ProjectSubject {
        project: Arc::new(project),
        contexts,
        env_file: find(".env")
            .map(|it| ProjectEnvFile { source: Arc::clone(it), is_ignored_by_git: Some(ignored) }),
        settings: Arc::new(RuleSettings::default()),
        source: Arc::clone(&compose.files.first().unwrap().source),
    };
    let mut res = Vec::new();
    judge_rule(&subject, rule, &mut res);
    res
}
