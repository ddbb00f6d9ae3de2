//! The docs of the rules over effective services.

use std::sync::Arc;

use plimsoll_finding::{Finding, Rule, RuleSettings, judge_rule};
use plimsoll_lint::{rules::service::RULES, subject::service::ServiceSubject};
use plimsoll_text::Source;

use crate::{blocks::check_rule, bundle};

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "compose.yaml", &|sources| judge(rule, sources));
    }
}

fn judge(rule: &'static Rule<ServiceSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let project = Arc::new(bundle::project(sources).1);
    let settings = Arc::new(RuleSettings::default());
    let mut res = Vec::new();
    for service_idx in 0..project.services.len() {
        let subject = ServiceSubject::new(&project, service_idx, &settings).unwrap();
        judge_rule(&subject, rule, &mut res);
    }
    res
}
