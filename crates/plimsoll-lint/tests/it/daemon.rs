//! The docs of the rules over daemon.json files, and what the example files come to.

use std::sync::Arc;

use plimsoll_finding::{Audience, Finding, Rule, judge_rule};
use plimsoll_lint::{rules::daemon::RULES, subject::daemon::DaemonSubject};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "daemon.json", &|sources| judge(rule, sources));
    }
}

#[test]
fn the_hardened_example_is_quiet_and_the_careless_one_is_not() {
    let hardened = include_str!("../../../../examples/shop/hardened/daemon.json");
    assert_eq!(default_findings(hardened), [""; 0]);
    let careless = default_findings(include_str!("../../../../examples/shop/careless/daemon.json"));
    for id in [
        "daemon-tcp-without-tls",
        "daemon-insecure-registry",
        "daemon-inter-container-communication",
        "daemon-seccomp-off",
        "daemon-unrotated-logs",
        "daemon-new-privileges",
    ] {
        assert!(careless.contains(&id), "{id} is missing in {careless:?}");
    }
}

fn default_findings(text: &str) -> Vec<&'static str> {
    let sources = [Source::new("daemon.json", text)];
    let rules = RULES.iter().filter(|it| it.info.audience == Audience::Default);
    rules.flat_map(|it| judge(it, &sources)).map(|it| it.rule.id).collect()
}

fn judge(rule: &'static Rule<DaemonSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let mut res = Vec::new();
    for source in sources {
        judge_rule(&DaemonSubject::parse(source), rule, &mut res);
    }
    res
}
