//! Holds for every verdict: no renderer filters, none lets foreign text out of its place, and the
//! same verdict gives the same bytes.

use plimsoll_finding::Disposition;
use plimsoll_policy::Verdict;
use serde_json::Value;

use crate::sample::{all_outputs, any_verdict, run};

const SEEDS: u64 = 100;

#[test]
fn findings_in_are_findings_out() {
    for seed in 0..SEEDS {
        let verdict = any_verdict(seed);
        for (name, text) in all_outputs(&verdict, &run()) {
            let Some(found) = ids(name, &text, &verdict) else { continue };
            let mut expected: Vec<&str> = verdict
                .findings
                .iter()
                .filter(|it| name != "human, brief" || it.disposition == Disposition::Open)
                .map(|it| it.rule.id)
                .collect();
            expected.sort_unstable();
            let mut found = found;
            found.sort_unstable();
            assert_eq!(found, expected, "{name}, seed {seed}:\n{text}");
        }
    }
}

/// The rule ids of the findings that an output shows; nothing for outputs that show none.
fn ids(name: &str, text: &str, verdict: &Verdict) -> Option<Vec<String>> {
    let of_json = |list: &Value, key: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|it| it[key].as_str().unwrap().to_owned()).collect()
    };
    let between = |start: &str, end: &str| -> Vec<String> {
        let pieces = text.split(start).skip(1);
        pieces.map(|it| it.split_once(end).unwrap().0.to_owned()).collect()
    };
    Some(match name {
        "json" => of_json(&serde_json::from_str::<Value>(text).unwrap()["findings"], "rule"),
        "gitlab" => of_json(&serde_json::from_str(text).unwrap(), "check_name"),
        "sarif" => {
            let log: Value = serde_json::from_str(text).unwrap();
            of_json(&log["runs"][0]["results"], "ruleId")
        }
        "junit" => {
            let all = between("<testcase classname=\"plimsoll.", "\"");
            all.into_iter().filter(|it| it != "coverage").collect()
        }
        "html" => between("data-rule=\"", "\""),
        "human" | "human, brief" => text
            .lines()
            .filter_map(|it| it.split_once("]:")?.0.split_once('['))
            .filter(|it| {
                ["critical", "high", "medium", "low", "info", "waived", "baseline"].contains(&it.0)
            })
            .map(|it| it.1.to_owned())
            .collect(),
        "github" => text
            .lines()
            .filter_map(|line| {
                let known = verdict.rules.iter().map(|it| it.id);
                let mut known = known.filter(|id| {
                    line.contains(&format!("%3A {id}::"))
                        || line.starts_with(&format!("::debug::{id} "))
                });
                known.next().map(str::to_owned)
            })
            .collect(),
        "markdown" => {
            let rows = text.lines().filter(|it| it.starts_with("| ") && it.contains("<a href="));
            rows.map(|it| it.split_once("rules/").unwrap().1.split_once('"').unwrap().0.to_owned())
                .collect()
        }
        _ => return None,
    })
}

#[test]
fn foreign_text_stays_in_its_place() {
    for seed in 0..SEEDS {
        let verdict = any_verdict(seed);
        for (name, text) in all_outputs(&verdict, &run()) {
            if name == "json" || name == "sarif" || name == "gitlab" {
                continue;
            }
            assert!(!text.contains('\u{202e}'), "{name}, seed {seed}");
            assert!(!text.contains('\0'), "{name}, seed {seed}");
            // Our own colours are bright where a foreign red would not be.
            assert!(!text.contains("\u{1b}[31m"), "{name}, seed {seed}");
            if name != "human, narrow" {
                assert!(!text.contains('\u{1b}'), "{name}, seed {seed}");
            }
            if ["html", "junit"].contains(&name) {
                assert!(!text.contains("<b>a"), "{name}, seed {seed}");
            }
            if name == "github" {
                let own = ["::error", "::warning", "::notice", "::debug"];
                assert!(text.lines().all(|it| own.iter().any(|own| it.starts_with(own))));
            }
        }
    }
}

#[test]
fn the_same_verdict_gives_the_same_bytes() {
    for seed in 0..20 {
        let outputs = all_outputs(&any_verdict(seed), &run());
        assert_eq!(outputs, all_outputs(&any_verdict(seed), &run()));
    }
}

#[test]
fn xml_is_well_formed() {
    for seed in 0..SEEDS {
        let verdict = any_verdict(seed);
        for (name, text) in all_outputs(&verdict, &run()) {
            if name != "junit" {
                continue;
            }
            let mut open: Vec<&str> = Vec::new();
            for tag in text.split('<').skip(1) {
                let (tag, after) = tag.split_once('>').unwrap();
                assert!(!after.contains('>'), "seed {seed}: {tag}");
                let name = tag.split([' ', '/']).find(|it| !it.is_empty()).unwrap();
                if tag.starts_with('/') {
                    assert_eq!(open.pop(), Some(name), "seed {seed}");
                } else if !tag.ends_with(['/', '?']) {
                    open.push(name);
                }
            }
            assert!(open.is_empty());
            let bad = |it: char| it.is_control() && it != '\n' && it != '\t';
            assert!(!text.contains(bad), "seed {seed}");
        }
    }
}
