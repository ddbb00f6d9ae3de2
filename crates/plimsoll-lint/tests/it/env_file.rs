//! The docs of the rules over `.env` files.

use std::sync::Arc;

use plimsoll_finding::{Finding, Rule, RuleSettings, judge_rule};
use plimsoll_lint::{rules::env_file::RULES, subject::env_file::EnvFileSubject};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, ".env", &|sources| judge(rule, sources));
    }
}

/// A `.gitignore` in a block names the files that git ignores, one in each line; a `.no-repository`
/// says that there is none.
fn judge(rule: &'static Rule<EnvFileSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let named = |name: &str| sources.iter().find(|it| it.name() == name);
    let Some(main) = named(".env") else { panic!("{}: a block without .env", rule.info.id) };
    let ignore = named(".gitignore").map(|it| it.text()).unwrap_or_default();
    let is_ignored = ignore.lines().any(|it| it == ".env");
    let is_ignored = if named(".no-repository").is_some() { None } else { Some(is_ignored) };
    let subject = EnvFileSubject::new(main, is_ignored, &Arc::new(RuleSettings::default()));
    let mut res = Vec::new();
    judge_rule(&subject, rule, &mut res);
    res
}
