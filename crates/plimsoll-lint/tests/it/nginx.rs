//! The docs of the rules over nginx configurations, and what the example files come to.

use std::sync::Arc;

use plimsoll_finding::{Audience, Finding, Rule, judge_rule};
use plimsoll_lint::{rules::nginx::RULES, subject::nginx::NginxSubject};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "nginx.conf", &|sources| judge(rule, sources));
    }
}

#[test]
fn the_hardened_examples_are_quiet_and_the_careless_one_is_not() {
    for text in [
        include_str!("../../../../examples/shop/hardened/proxy/nginx.conf"),
        include_str!("../../../../examples/shop/hardened/web/site.conf"),
    ] {
        assert_eq!(default_findings(text), [""; 0]);
    }
    let careless = include_str!("../../../../examples/shop/careless/proxy/nginx.conf");
    let mut found = default_findings(careless);
    found.sort_unstable();
    assert_eq!(found, ["nginx-no-https-redirect", "nginx-old-tls", "nginx-weak-cipher"]);
}

fn default_findings(text: &str) -> Vec<&'static str> {
    let sources = [Source::new("nginx.conf", text)];
    let rules = RULES.iter().filter(|it| it.info.audience == Audience::Default);
    rules.flat_map(|it| judge(it, &sources)).map(|it| it.rule.id).collect()
}

fn judge(rule: &'static Rule<NginxSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let mut res = Vec::new();
    for source in sources {
        judge_rule(&NginxSubject::parse(source), rule, &mut res);
    }
    res
}
