//! The docs of the rules over Kubernetes manifests.

use std::sync::Arc;

use plimsoll_config::kubernetes::Manifest;
use plimsoll_finding::{Finding, Rule, RuleSettings, judge_rule};
use plimsoll_lint::{rules::kubernetes::RULES, subject::kubernetes::KubernetesSubject};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "manifest.yaml", &|sources| judge(rule, sources));
    }
}

/// The first file of a block is judged, the others are the manifests beside it.
fn judge(rule: &'static Rule<KubernetesSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let mut manifests = sources.iter().map(Manifest::parse);
    let main = manifests.next().unwrap();
    assert!(main.tree.is_clean(), "{}: {:?}", rule.info.id, main.tree.errors);
    let neighbours = manifests.flat_map(|it| KubernetesSubject::facts_for_neighbours(&it));
    let mut settings = RuleSettings::default();
    if rule.info.id == "container-registry-not-allowed" {
        settings.allowed_registries.push("example.com".to_owned());
    }
    let subject = KubernetesSubject::new(main, neighbours.collect(), Arc::new(settings));
    let mut res = Vec::new();
    judge_rule(&subject, rule, &mut res);
    res
}
