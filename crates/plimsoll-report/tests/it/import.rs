//! Other tools' findings, read from SARIF.

use plimsoll_finding::{Severity, SubjectKind};
use plimsoll_report::import::{
    ColumnKind, ImportError, ImportedRegion, Interner, RULES, read_sarif,
};
use plimsoll_text::{LineColumn, Source, Span};
use serde_json::{Value, json};

use crate::sample::{run, verdict, written};

fn log(results: &Value) -> String {
    json!({ "version": "2.1.0", "runs": [{
        "tool": { "driver": { "name": "Other Tool", "rules": [
            { "id": "A1", "shortDescription": { "text": "A bad thing" },
              "help": { "markdown": "Do *better*." }, "messageStrings": { "m": { "text": "{0} is {1}" } },
              "properties": { "security-severity": "9.8" } },
            { "id": "A2", "defaultConfiguration": { "level": "note" } },
        ] } },
        "originalUriBaseIds": { "SRC": { "uri": "sub/" } },
        "artifacts": [{ "location": { "uri": "indexed.txt" } }],
        "results": results,
    }] })
    .to_string()
}

fn at(uri: &str) -> Value {
    json!([{ "physicalLocation": { "artifactLocation": { "uri": uri },
        "region": { "startLine": 2, "startColumn": 3, "endColumn": 5 } } }])
}

#[test]
fn results_become_findings() {
    let results = json!([
        { "ruleId": "A1", "message": { "id": "m", "arguments": ["x", "y"] }, "locations": at("a%20b/c"),
          "partialFingerprints": { "k": "f00" } },
        { "ruleIndex": 1, "message": { "text": "Plain." }, "locations": [{ "physicalLocation": {
          "artifactLocation": { "uri": "d", "uriBaseId": "SRC" } } }],
          "suppressions": [{ "kind": "external", "justification": "fine" }] },
        { "ruleId": "A1/sub", "level": "error", "message": { "text": "t" }, "locations": [{
          "physicalLocation": { "artifactLocation": { "index": 0 } } }] },
        { "ruleId": "Z", "level": "error", "message": { "text": "t" }, "locations": at("file:///e") },
        { "ruleId": "A1", "kind": "pass", "message": { "text": "t" }, "locations": at("e") },
        { "ruleId": "A1", "message": { "text": "t" } },
    ]);
    let import = read_sarif(&log(&results)).unwrap();
    let table: Vec<(&str, &str, Severity, &str, &str)> = import
        .findings
        .iter()
        .map(|it| (&*it.rule_id, &*it.title, it.severity, &*it.message, &*it.uri))
        .collect();
    assert_eq!(
        table,
        [
            ("A1", "A bad thing", Severity::Critical, "x is y", "a b/c"),
            ("A2", "A2", Severity::Low, "Plain", "sub/d"),
            ("A1/sub", "A bad thing", Severity::Critical, "t", "indexed.txt"),
            ("Z", "Z", Severity::High, "t", "/e"),
        ]
    );
    let first = &import.findings[0];
    assert_eq!((first.tool.as_str(), first.fingerprint.as_deref()), ("other-tool", Some("f00")));
    assert_eq!(&*first.help, "Do *better*.");
    assert_eq!(import.findings[1].suppressed.as_deref(), Some("fine"));
    assert_eq!(import.passed_over.values().sum::<usize>(), 2);
}

#[test]
fn hostile_names_and_arguments_are_tamed() {
    let results = json!([{ "ruleId": "a b\n<c>", "locations": at("e"),
        "message": { "text": "{0}".repeat(5000), "arguments": ["{0}{0}".repeat(5000)] } }]);
    let finding = read_sarif(&log(&results)).unwrap().findings.remove(0);
    assert_eq!(finding.rule_id, "a-b--c-");
    assert!(finding.message.len() < 3000);
}

#[test]
fn what_is_no_log_is_refused() {
    for text in ["", "{}", "[]", "{\"version\":\"2.1.0\",\"runs\":[{}]}", &"[".repeat(100_000)] {
        assert!(matches!(read_sarif(text), Err(ImportError::NotSarif(_))), "{text:.20}");
    }
    let old = read_sarif("{\"version\":\"1.0.0\",\"runs\":[]}");
    assert_eq!(old, Err(ImportError::Version(String::from("1.0.0"))));
}

#[test]
fn regions_find_their_text() {
    let source = Source::new("x", "one\n😀 two\nthree");
    let position = |line, column| LineColumn { line, column };
    let span = |columns, start, end| ImportedRegion { start, end, columns }.span(&source);
    let utf16 = span(ColumnKind::Utf16, position(2, 4), Some(position(2, 7)));
    assert_eq!(source.slice(utf16), "two");
    let points = span(ColumnKind::CodePoints, position(2, 3), Some(position(2, 6)));
    assert_eq!(source.slice(points), "two");
    let line = span(ColumnKind::Utf16, position(3, 1), None);
    assert_eq!(source.slice(line), "three");
    let outside = span(ColumnKind::Utf16, position(99, 1), Some(position(1, 1)));
    assert_eq!(outside, Span::empty(source.text().len()));
}

#[test]
fn rules_are_interned_once_and_not_without_end() {
    let results = json!([{ "ruleId": "A1", "message": { "text": "t" }, "locations": at("e") }]);
    let mut finding = read_sarif(&log(&results)).unwrap().findings.remove(0);
    let mut interner = Interner::default();
    let rule = interner.intern(&finding, SubjectKind::Dockerfile).unwrap();
    assert!(std::ptr::eq(rule, interner.intern(&finding, SubjectKind::Dockerfile).unwrap()));
    assert_eq!(
        (rule.id, rule.aliases, rule.title()),
        ("other-tool/A1", &["other-tool:A1"][..], "A bad thing")
    );
    let source = Source::new("e", "one\ntwo");
    let ours = finding.finding(rule, &source);
    assert_eq!(ours.place.text().unwrap().text(), "o");
    for number in 1..RULES {
        finding.rule_id = format!("R{number}");
        interner.intern(&finding, SubjectKind::Dockerfile).unwrap();
    }
    finding.rule_id = String::from("one too many");
    let refused = interner.intern(&finding, SubjectKind::Dockerfile).unwrap_err();
    assert_eq!(refused, ImportError::TooMany("rules"));
}

#[test]
fn our_own_log_comes_back() {
    let text = written(|out| plimsoll_report::sarif::write(&verdict(), &run(), out));
    let import = read_sarif(&text).unwrap();
    let verdict = verdict();
    assert_eq!(import.findings.len(), verdict.findings.len());
    for (theirs, ours) in import.findings.iter().zip(verdict.findings.iter()) {
        let location = ours.place.text().unwrap();
        assert_eq!(theirs.rule_id, ours.rule.id);
        assert_eq!(theirs.region.unwrap().span(&location.source), location.span);
        assert_eq!(theirs.fingerprint.as_deref(), Some(&*ours.fingerprint));
    }
}
