//! The docs of the rules over compose files as they are written.

use std::sync::Arc;

use plimsoll_finding::{Finding, Rule, RuleSettings, judge_rule};
use plimsoll_lint::{rules::compose::RULES, subject::compose::ComposeSubject};
use plimsoll_text::Source;

use crate::{blocks::check_rule, bundle};

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "compose.yaml", &|sources| judge(rule, sources));
    }
}

fn judge(rule: &'static Rule<ComposeSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let (compose, _) = bundle::project(sources);
    let mut res = Vec::new();
    for (idx, file) in compose.files.iter().enumerate() {
        let issues = compose.issues.iter();
        let issues = issues.filter(|it| it.location.source.name() == file.source.name());
        let subject = ComposeSubject {
            tree: Arc::clone(&file.tree),
            issues: issues.cloned().collect(),
            is_overlay: idx > 0,
            settings: Arc::new(RuleSettings::default()),
        };
        judge_rule(&subject, rule, &mut res);
    }
    res
}
