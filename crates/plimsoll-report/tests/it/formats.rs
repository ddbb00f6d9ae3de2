//! The formats that machines read: valid by their schemas, and saying what they should.

#![expect(clippy::needless_raw_string_hashes, reason = "the tool that keeps snapshots writes them")]

use expect_test::{expect, expect_file};
use plimsoll_finding::{Disposition, Finding, Place, Severity};
use plimsoll_policy::Verdict;
use plimsoll_report::{
    Run, fixes, github, gitlab, html, json, junit, markdown, posture, rules, sarif, schema,
};
use plimsoll_text::{LineColumn, Location, Source, Span};
use serde_json::{Value, json};

use crate::sample::{RULES, SECRET, any_verdict, options, run, verdict, written};

pub(crate) fn validated(schema: &Value, text: &str) -> Value {
    checked(&jsonschema::validator_for(schema).unwrap(), text)
}

fn checked(validator: &jsonschema::Validator, text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|it| format!("{}: {it}", it.instance_path)).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

pub(crate) fn own_schema(document: schema::Document) -> Value {
    let mut res = serde_json::from_str(&written(|out| schema::write(document, out))).unwrap();
    close(&mut res);
    res
}

/// Forbids fields that the schema does not name, so that the test sees an undocumented one.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            if entries.contains_key("properties") {
                entries.insert("additionalProperties".into(), false.into());
            }
            entries.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn the_report_keeps_to_its_schema_and_to_the_contract() {
    let schema = own_schema(schema::Document::Report);
    let text = written(|out| json::write(&verdict(), &run(), out));
    let report = validated(&schema, &text);
    assert_eq!(report["schema"], "plimsoll/v1");
    let finding = &report["findings"][7];
    assert_eq!(finding["rule"], "root-user");
    assert_eq!(finding["aliases"], json!(["hadolint:DL3002", "trivy:DS-0002"]));
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["confidence"], "high");
    assert_eq!(finding["disposition"], "open");
    assert_eq!(finding["target"], json!({ "kind": "file", "name": "web/Dockerfile" }));
    let place = json!({ "file": "web/Dockerfile", "start": { "line": 11, "column": 6 },
                        "end": { "line": 11, "column": 10 } });
    assert_eq!(finding["place"], place);
    assert_eq!(finding["fixes"][0]["safety"], "unsafe");
    assert_eq!(finding["fixes"][0]["edits"][0]["text"], "10001:10001");
    let controls = finding["controls"].as_array().unwrap();
    assert!(controls.contains(&"cis-docker-1.8.0:4.1".into()), "{controls:?}");
    assert_eq!(report["findings"][8]["waiver"]["until"], "2027-03-01");
    assert_eq!(report["coverage"][1]["state"], "partial");
    assert_eq!(report["stats"]["waived"], 1);
    let validator = jsonschema::validator_for(&schema).unwrap();
    for seed in 0..50 {
        checked(&validator, &written(|out| json::write(&any_verdict(seed), &run(), out)));
    }
}

#[test]
fn every_field_of_every_schema_is_documented() {
    fn check(schema: &Value, path: &str) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, field) in properties {
                assert!(field.get("description").is_some(), "{path}.{name} has no description");
            }
        }
        match schema {
            Value::Object(entries) => {
                entries.iter().for_each(|it| check(it.1, &format!("{path}/{}", it.0)));
            }
            Value::Array(items) => items.iter().for_each(|it| check(it, path)),
            _ => {}
        }
    }
    for document in schema::Document::ALL {
        assert_eq!(schema::Document::parse(document.name()), Some(document));
        let text = written(|out| schema::write(document, out));
        check(&serde_json::from_str(&text).unwrap(), document.name());
    }
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let schema = serde_json::from_str(include_str!("../data/sarif-schema-2.1.0.json")).unwrap();
    let log = validated(&schema, &written(|out| sarif::write(&verdict(), &run(), out)));
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), verdict().findings.len());
    let root = &results[7];
    let place = &root["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "web/Dockerfile");
    assert_eq!(place["region"]["startLine"], 11);
    assert_eq!(root["partialFingerprints"]["plimsoll/v1"], format!("{:032x}", 7));
    assert_eq!(root["relatedLocations"][0]["id"], 1);
    let replacement = &root["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "10001:10001");
    assert_eq!(replacement["deletedRegion"]["startColumn"], 6);
    assert_eq!(results[8]["suppressions"][0]["kind"], "inSource");
    assert_eq!(results[9]["suppressions"][0]["kind"], "external");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = &rules[usize::try_from(root["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], "root-user");
    assert_eq!(rule["properties"]["security-severity"], "8.0");
    assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20);
    let validator = jsonschema::validator_for(&schema).unwrap();
    for seed in 0..50 {
        checked(&validator, &written(|out| sarif::write(&any_verdict(seed), &Run::default(), out)));
    }
}

#[test]
fn sarif_keeps_the_worst_and_says_what_it_left_out() {
    let mut many = verdict();
    let model = many.findings.iter().nth(7).unwrap();
    let one_of_many = |number| Finding {
        severity: if number >= 5500 { Severity::Critical } else { Severity::Low },
        disposition: if number < 1000 { Disposition::Baseline } else { Disposition::Open },
        ..model.clone()
    };
    many.findings = (0..6000).map(one_of_many).collect();
    let text = written(|out| sarif::write(&many, &run(), out));
    let log: Value = serde_json::from_str(&text).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5000);
    assert_eq!(results.iter().filter(|it| it["level"] == "error").count(), 500);
    let notes = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with("1000 of 6000 findings"));
}

#[test]
fn paths_in_sarif_are_addresses() {
    let source = Source::new("a b/ü#1", "x");
    let mut one = verdict();
    let place = Place::Text(Location::new(&source, Span::new(0, 1)));
    one.findings =
        one.findings.iter().take(1).map(|it| Finding { place: place.clone(), ..it }).collect();
    let text = written(|out| sarif::write(&one, &run(), out));
    assert!(text.contains("\"uri\": \"a%20b/%C3%BC%231\""), "{text}");
}

#[test]
fn github_annotations() {
    let text = written(|out| github::write(&verdict(), &run(), out));
    expect_file!["../data/github.txt"].assert_eq(&text);
}

#[test]
fn gitlab_issues() {
    let text = written(|out| gitlab::write(&verdict(), &run(), out));
    let issues: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(issues.as_array().unwrap().len(), verdict().findings.len());
    assert_eq!(issues[0]["severity"], "blocker");
    assert_eq!(issues[7]["check_name"], "root-user");
    assert_eq!(
        issues[7]["location"],
        json!({ "path": "web/Dockerfile", "lines": { "begin": 11, "end": 11 } })
    );
    assert_eq!(issues[8]["severity"], "info");
    assert!(issues[8]["description"].as_str().unwrap().starts_with("[waived: "));
}

#[test]
fn junit_counts_and_escapes() {
    let text = written(|out| junit::write(&verdict(), &run(), out));
    expect_file!["../data/junit.xml"].assert_eq(&text);
    assert_eq!(text.matches("<failure ").count(), 8);
    assert_eq!(text.matches("<skipped ").count(), 3);
    assert!(text.contains("needs &lt;it&gt; @everyone"));
}

#[test]
fn markdown_page() {
    let text = written(|out| markdown::write(&verdict(), &run(), out));
    expect_file!["../data/summary.md"].assert_eq(&text);
}

#[test]
fn a_huge_markdown_page_fits_and_says_what_is_missing() {
    let mut many = verdict();
    let model = many.findings.iter().nth(7).unwrap();
    many.findings = vec![model; 20_000].into_iter().collect();
    let text = written(|out| markdown::write(&many, &run(), out));
    assert!(text.len() < 1024 * 1024, "{}", text.len());
    let rows = text.lines().filter(|it| it.starts_with("| high |") && it.contains("root")).count();
    let n_missing = 20_000 - rows;
    assert!(text.contains(&format!("The page is full; {n_missing} more findings")), "{rows}");
}

#[test]
fn the_page_is_closed_to_the_world() {
    let text = written(|out| html::write(&verdict(), &run(), out));
    assert!(text.contains("default-src 'none'"));
    for forbidden in [" style=", " onclick=", "src=\"", "@import", "url(", "<img", "<link"] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    assert!(!text.contains("needs <it>"));
    assert!(text.contains("needs &lt;it&gt;"));
}

#[test]
fn rule_lists() {
    let text = written(|out| rules::write_json(&RULES, out));
    let list = validated(&own_schema(schema::Document::Rules), &text);
    let keys: Vec<&String> = list[0].as_object().unwrap().keys().collect();
    let expected = [
        "aliases",
        "audience",
        "confidence",
        "controls",
        "fix",
        "id",
        "severity",
        "subject",
        "title",
    ];
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, expected.iter().collect::<Vec<_>>());
    expect![[r#"
        root-user              high      dockerfile  default  unsafe fix  The final stage runs as root
        latest-tag             medium    dockerfile  default              The base image floats
        add-instead-of-copy    low       dockerfile  hygiene  safe fix    ADD where COPY would do
        secret-in-environment  critical  service     default              A secret stands in the environment
        4 rules
    "#]].assert_eq(&written(|out| rules::write_human(&RULES, &options(100), out)));
    expect![[r#"
        root-user
          high      dockerfile, default
          The final stage runs as root
        1 rule
    "#]]
    .assert_eq(&written(|out| rules::write_human(&RULES[..1], &options(40), out)));
    expect![[r#"
        | Rule | Title | Severity | Subject | Audience | Fix | Also known as |
        |---|---|---|---|---|---|---|
        | <code>root-user</code> | The final stage runs as root | high | dockerfile | default | unsafe | hadolint:DL3002, trivy:DS-0002 |
    "#]].assert_eq(&written(|out| rules::write_markdown(&RULES[..1], out)));
}

fn sample_fixes() -> fixes::Fixes {
    let text = format!("FROM a\nADD x /x\nENV P={SECRET}\nENV Q 1");
    let before = Source::new("Dockerfile", text.as_str());
    let secret = Location::new(&before, crate::sample::span(&before, SECRET));
    fixes::Fixes {
        written: false,
        files: vec![fixes::MendedFile {
            after: text.replace("ADD", "COPY").replace("Q 1", "Q=1").replace("P=", "PW="),
            before,
        }],
        applied: vec![fixes::Applied {
            file: String::from("Dockerfile"),
            rule: String::from("add-instead-of-copy"),
            safety: plimsoll_finding::Safety::Safe,
            title: String::from("use COPY"),
        }],
        left: vec![fixes::Left {
            file: String::from("Dockerfile"),
            rule: String::from("root-user"),
            why: String::from("no fix keeps the meaning"),
        }],
        secrets: vec![secret],
    }
}

#[test]
fn what_was_fixed() {
    let text = written(|out| fixes::write_json(&sample_fixes(), out));
    let report = validated(&own_schema(schema::Document::Fix), &text);
    let applied = json!({ "file": "Dockerfile", "rule": "add-instead-of-copy", "safety": "safe" });
    assert_eq!(report["applied"], json!([applied]));
    expect![[r#"
        Dockerfile
          - use COPY (safe, add-instead-of-copy)
        --- a/Dockerfile
        +++ b/Dockerfile
        @@ -1,4 +1,4 @@
         FROM a
        -ADD x /x
        -ENV P=***
        -ENV Q 1
        \ no line feed at the end of the file
        +COPY x /x
        +ENV PW=***
        +ENV Q=1
        \ no line feed at the end of the file

        left: 1 finding
          - root-user: no fix keeps the meaning [Dockerfile]

        1 fix in 1 file; nothing was written: add `--write` to apply
    "#]]
    .assert_eq(&written(|out| fixes::write_human(&sample_fixes(), &options(60), out)));
}

#[test]
fn effective_services() {
    let decided = |line, column| {
        let start = Some(LineColumn { line, column });
        Some(posture::Decision { file: String::from("compose.yaml"), start })
    };
    let mut service = posture::Service { name: String::from("db"), ..Default::default() };
    let user = posture::Setting { value: json!("999"), decided_by: decided(3, 5) };
    service.settings.insert(String::from("user"), user);
    let ports = json!([{ "published": "5432", "password": SECRET }]);
    service.settings.insert(
        String::from("ports"),
        posture::Setting { value: ports, decided_by: decided(9, 7) },
    );
    let privileged = posture::Setting { value: json!(false), decided_by: None };
    service.settings.insert(String::from("privileged"), privileged);
    let posture = posture::Posture {
        services: vec![service],
        project: json!({ "name": "shop", "x": SECRET }),
        secrets: vec![SECRET.to_owned()],
    };
    let text = written(|out| posture::write_json(&posture, out));
    let report = validated(&own_schema(schema::Document::Posture), &text);
    let user = &report["services"][0]["settings"]["user"];
    let expected = json!({ "value": "999", "decided_by": {
        "file": "compose.yaml", "start": { "line": 3, "column": 5 } } });
    assert_eq!(*user, expected);
    assert_eq!(report["project"]["x"], "***");
    assert!(!text.contains(SECRET));
    expect![[r#"
        db
          ports       [{"password":"***","published":"5432"}]
                      (compose.yaml:9:7)
          privileged  false  (engine default)
          user        999  (compose.yaml:3:5)
    "#]]
    .assert_eq(&written(|out| posture::write_human(&posture, &options(60), out)));
}

#[test]
fn an_empty_verdict_is_written_too() {
    for (name, text) in crate::sample::all_outputs(&Verdict::default(), &Run::default()) {
        assert!(name == "github" || !text.trim().is_empty(), "{name}");
    }
}
