//! The docs of the rules over CI workflows.

use std::sync::Arc;

use plimsoll_finding::{Audience, Finding, Rule, RuleSettings, judge, judge_rule};
use plimsoll_lint::{rules::workflow::RULES, subject::workflow::WorkflowSubject};
use plimsoll_text::Source;

use crate::blocks::check_rule;

#[test]
fn docs_are_true() {
    for rule in RULES {
        check_rule(&rule.info, "ci.yml", &|sources| judge_all(rule, sources));
    }
}

#[test]
fn the_shop_is_judged_as_its_readme_says() {
    let careless = include_str!("../../../../examples/shop/careless/.github/workflows/build.yml");
    let hardened = include_str!("../../../../examples/shop/hardened/.github/workflows/build.yml");
    let found = |text: &str| {
        let settings = Arc::new(RuleSettings::default());
        let subject = WorkflowSubject::new(&Source::new("build.yml", text), &settings);
        let default = RULES.iter().copied().filter(|it| it.info.audience == Audience::Default);
        let (findings, broken) = judge(&subject, default);
        assert!(broken.is_empty());
        let line = |it: &Finding| it.place.text().map_or(0, |it| it.start().line);
        findings.iter().map(|it| format!("{} {}", it.rule.id, line(it))).collect::<Vec<_>>()
    };
    assert_eq!(
        found(careless),
        [
            "workflow-floating-image 9",
            "workflow-docker-socket 11",
            "workflow-unpinned-image-action 14",
            "workflow-unpinned-image-action 19",
            "workflow-secret-build-arg 25",
            "workflow-push-without-scan 30",
        ]
    );
    assert_eq!(found(hardened), Vec::<String>::new());
}

/// Each file of a block is a workflow of its own.
fn judge_all(rule: &'static Rule<WorkflowSubject>, sources: &[Arc<Source>]) -> Vec<Finding> {
    let mut res = Vec::new();
    for source in sources {
        let subject = WorkflowSubject::new(source, &Arc::new(RuleSettings::default()));
        judge_rule(&subject, rule, &mut res);
    }
    res
}
