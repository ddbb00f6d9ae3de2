//! The docs of the rules over seccomp profiles.

use std::sync::Arc;

use plimsoll_finding::{Finding, Rule, judge_rule};
use plimsoll_lint::{rules::seccomp::RULES, subject::seccomp::SeccompSubject};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "seccomp.json", &|sources| judge(rule, sources));
    }
}

fn judge(rule: &'static Rule<SeccompSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let mut res = Vec::new();
    for source in sources {
        judge_rule(&SeccompSubject::parse(source), rule, &mut res);
    }
    res
}
