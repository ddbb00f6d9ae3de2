//! Images in every output, seen from outside.

use expect_test::{ExpectFile, expect_file};
use plimsoll_policy::{Outcome, Verdict};
use plimsoll_report::{Options, Run, image, schema};
use serde_json::{Value, json};

use crate::{
    formats::{own_schema, validated},
    image_sample::{digest, image, image_verdict},
    sample::{SECRET, options, run, written},
};

fn human(options: Options) -> String {
    written(|out| image::human::write(&image(), &image_verdict(), &run(), &options, out))
}

fn check(options: Options, expected: &ExpectFile) {
    expected.assert_eq(&human(options));
}

#[test]
fn at_the_terminal() {
    check(options(80), &expect_file!["../data/image-80.txt"]);
    check(options(40), &expect_file!["../data/image-40.txt"]);
    check(options(200), &expect_file!["../data/image-200.txt"]);
    let verbose = Options { verbose: true, ..options(100) };
    check(verbose, &expect_file!["../data/image-verbose.txt"]);
}

#[test]
fn nothing_overruns_and_nothing_foreign_moves_the_cursor() {
    for width in [24, 40, 59, 60, 80, 120, 200] {
        for verbose in [false, true] {
            let text = human(Options { verbose, ..options(width) });
            assert!(
                !text.contains(SECRET) && !text.contains('\u{1b}') && !text.contains('\u{202e}')
            );
            // The line that names a file and a line is never broken, so that it can be clicked.
            for line in text.lines().filter(|it| !it.contains("-->")) {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= width, "{columns} > {width}: {line}");
            }
        }
    }
    let color = human(Options { color: true, hyperlinks: true, ..options(80) });
    assert!(color.contains("\u{1b}]8;;https://nvd.nist.gov/vuln/detail/CVE-2024-6119\u{1b}\\"));
    assert!(!color.contains("\u{1b}[2J"));
}

#[test]
fn old_or_missing_facts_are_never_called_good() {
    let clean =
        Verdict { findings: [].into_iter().collect(), outcome: Outcome::Clean, ..image_verdict() };
    let mut bare = image();
    bare.vulnerabilities.clear();
    bare.advice.clear();
    let last = |image: &image::Image| {
        let color = Options { color: true, ..options(200) };
        let text = written(|out| image::human::write(image, &clean, &run(), &color, out));
        text.lines().last().unwrap().to_owned()
    };
    assert!(last(&bare).starts_with("\u{1b}[32mpasses"), "{}", last(&bare));
    if let Some(it) = &mut bare.advisories {
        (it.as_of, it.age_days) = (None, None);
    }
    let text = written(|out| image::human::write(&bare, &clean, &run(), &options(80), out));
    assert!(text.contains("advisories of unknown age (built in)"), "{text}");
    if let Some(it) = &mut bare.advisories {
        it.too_old = true;
    }
    assert!(!last(&bare).contains("\u{1b}[32m"));
    bare.advisories = None;
    assert!(!last(&bare).contains("\u{1b}[32m"));
    let text = written(|out| image::human::write(&bare, &clean, &run(), &options(80), out));
    assert!(text.contains("vulnerabilities were not looked for"));
}

#[test]
fn the_document_keeps_to_its_schema_and_to_the_contract() {
    let text = written(|out| image::json::write(&image(), &image_verdict(), &run(), out));
    assert!(!text.contains(SECRET), "a secret of an instruction or a setting is shown");
    let report = validated(&own_schema(schema::Document::Image), &text);
    assert_eq!(report["schema"], "plimsoll/v1");
    let image = &report["image"];
    assert_eq!(
        (&image["digest"], &image["os"]),
        (&json!(digest(99)), &json!("Debian GNU/Linux 12 (bookworm)"))
    );
    assert_eq!(image["base"]["vulnerabilities"], 4);
    assert_eq!(image["layers"][1]["vulnerabilities"], 1);
    assert_eq!(image["layers"][2]["findings"], 1);
    let package = &report["packages"][3];
    assert_eq!(package["name"], "minimist");
    assert_eq!(package["type"], "npm");
    assert_eq!(package["owner"], "nodejs");
    assert_eq!(package["layer"], digest(2));
    assert_eq!(report["packages"][4]["installed"], false);
    let first = &report["vulnerabilities"][0];
    for (key, value) in [
        ("id", json!("CVE-2024-6119")),
        ("package", json!("libssl3")),
        ("status", json!("fixed")),
        ("fixed_in", json!("3.0.14-1~deb12u2")),
        ("severity", json!("critical")),
        ("vendor_severity", json!("high")),
        ("kev", json!(true)),
        ("epss", json!(0.971)),
        ("urgency", json!(90)),
        ("disposition", json!("open")),
        ("layer", json!(digest(0))),
        ("published", json!("2023-11-14")),
    ] {
        assert_eq!(first[key], value, "{key}");
    }
    assert_eq!(first["cvss"][0]["score"], 9.8);
    assert_eq!(report["vulnerabilities"][6]["disposition"], "not-affected");
    assert_eq!(report["vulnerabilities"][7]["disposition_reason"], "only <used> in tests");
    let rules: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["private-key", "root-user", "root-user"]);
    assert_eq!(
        report["advisories"],
        json!({ "as_of": "2025-12-30", "age_days": 3, "source": "built in", "too_old": false })
    );
    assert_eq!(report["stats"]["vulnerabilities"], 8);
    assert_eq!(report["stats"]["known_exploited"], 2);
    assert_eq!(report["advice"][0]["ids"], json!(["CVE-2024-5535", "CVE-2024-6119"]));
}

#[test]
fn a_vulnerability_without_a_finding_counts() {
    let mut lost = image();
    lost.vulnerabilities.iter_mut().for_each(|it| it.finding = usize::MAX);
    lost.vulnerabilities[0].package = usize::MAX;
    let verdict = Verdict { findings: [].into_iter().collect(), ..image_verdict() };
    let text = written(|out| image::json::write(&lost, &verdict, &run(), out));
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["stats"]["vulnerabilities_by_severity"]["critical"], 2);
    assert_eq!(report["vulnerabilities"][0]["disposition"], "open");
}

#[test]
fn the_page_is_closed_to_the_world() {
    let text = written(|out| image::html::write(&image(), &image_verdict(), &run(), out));
    for forbidden in
        [" style=", " onclick=", "src=\"", "@import", "url(", "<img", "<link", SECRET, "\u{202e}"]
    {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    assert!(text.contains("RUN rm -rf /srv/cache &lt;b&gt;&amp;"));
    assert!(text.contains("only &lt;used&gt; in tests"));
    assert_eq!(text.matches("<tr data-severity=").count(), 8);
    assert_eq!(text.matches("<li title=").count(), 4);
    assert!(text.contains("<b class=\"kev\">KEV</b>"));
}

/// The rules of GitLab's schema 15 that a report is refused by.
fn gitlab_rules() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let address = json!({ "type": "string", "pattern": "^https?://.+" });
    let time =
        json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$" });
    let tool = json!({ "required": ["id", "name", "version", "vendor"], "properties": {
        "id": text, "name": text, "version": text,
        "vendor": { "required": ["name"], "properties": { "name": text } } } });
    let names = json!({ "type": "array", "minItems": 1, "items": {
        "required": ["type", "name", "value"],
        "properties": { "type": text, "name": text, "value": text, "url": address } } });
    let flags = json!({ "items": { "required": ["type", "origin", "description"], "properties": {
        "type": { "const": "flagged-as-likely-false-positive" }, "origin": text } } });
    let location = json!({ "required": ["dependency", "operating_system", "image"], "properties": {
        "dependency": { "required": ["package", "version"], "properties": {
            "package": { "required": ["name"] }, "version": { "type": "string" } } },
        "operating_system": text,
        "image": { "type": "string", "pattern": "^[^:]+(:\\d+[^:]*)?:[^:]+(:[^:]+)?$" } } });
    json!({ "required": ["scan", "version", "vulnerabilities"], "properties": {
        "version": { "pattern": "^15\\.[0-9]+\\.[0-9]+$" },
        "scan": {
            "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
            "properties": {
                "analyzer": tool, "scanner": tool, "end_time": time, "start_time": time,
                "status": { "enum": ["success", "failure"] },
                "type": { "const": "container_scanning" },
                "messages": { "items": { "required": ["level", "value"], "properties": {
                    "level": { "enum": ["info", "warn", "fatal"] }, "value": text } } } } },
        "vulnerabilities": { "type": "array", "items": {
            "required": ["id", "identifiers", "location"], "properties": {
                "id": text, "name": { "type": "string", "maxLength": 255 },
                "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                "solution": { "maxLength": 7000 }, "identifiers": names,
                "links": { "items": { "required": ["url"], "properties": { "url": address } } },
                "flags": flags, "location": location } } } } })
}

#[test]
fn gitlab_takes_the_report() {
    let written = |image: &image::Image, run: &Run| {
        written(|out| image::gitlab::write(image, &image_verdict(), run, out))
    };
    let report = validated(&gitlab_rules(), &written(&image(), &run()));
    let all = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(all.len(), 8);
    assert_eq!(all[0]["severity"], "Critical");
    assert_eq!(all[0]["solution"], "upgrade libssl3 to 3.0.14-1~deb12u2 or later");
    assert_eq!(all[0]["identifiers"][1]["value"], "DSA-5764-1");
    assert_eq!(all[0]["location"]["image"], "registry.example/shop/web:1.2");
    assert_eq!(
        (&all[6]["severity"], &all[6]["flags"][0]["origin"]),
        (&json!("Info"), &json!("plimsoll"))
    );
    assert!(all[7]["description"].as_str().unwrap().starts_with("[waived: only <used> in tests]"));
    for name in ["", "/tmp/web.tar", "host:5000/web", "a:b:c:d:e", "web@sha256:00", "x::y"] {
        let odd = image::Image { name: name.to_owned(), references: Vec::new(), ..image() };
        validated(&gitlab_rules(), &written(&odd, &Run::default()));
    }
    let bare = image::Image { vulnerabilities: Vec::new(), distribution: None, ..image() };
    validated(&gitlab_rules(), &written(&bare, &Run::default()));
}

#[test]
fn each_vulnerability_is_a_rule_of_its_own_in_sarif() {
    let schema = serde_json::from_str(include_str!("../data/sarif-schema-2.1.0.json")).unwrap();
    let text = written(|out| image::sarif::write(&image(), &image_verdict(), &run(), out));
    assert!(!text.contains(SECRET));
    let log = validated(&schema, &text);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(results.len(), 11);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
    }
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "web/Dockerfile");
    assert_eq!(place["region"]["startLine"], 11);
    let fault = &results[2];
    assert_eq!(fault["ruleId"], "CVE-2024-6119");
    let place = &fault["locations"][0];
    assert_eq!(
        place["physicalLocation"]["artifactLocation"]["uri"],
        "registry.example/shop/web%3A1.2"
    );
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 1);
    assert_eq!(place["logicalLocations"][0]["name"], "var/lib/dpkg/status");
    assert_eq!(place["logicalLocations"][1]["name"], digest(0));
    let rule = rules.iter().find(|it| it["id"] == "CVE-2024-6119").unwrap();
    assert_eq!(rule["helpUri"], "https://nvd.nist.gov/vuln/detail/CVE-2024-6119");
    assert_eq!(rule["properties"]["security-severity"], "9.8");
    let tags = rule["properties"]["tags"].as_array().unwrap();
    assert!(tags.contains(&json!("known-exploited")) && tags.contains(&json!("security")));
    assert_eq!(rules.iter().filter(|it| it["id"] == "CVE-2024-6119").count(), 1);
    assert_eq!(results[8]["suppressions"][0]["status"], "accepted");
}

#[test]
fn the_summary_page_starts_with_the_image() {
    let text = written(|out| image::markdown::write(&image(), &image_verdict(), &run(), out));
    expect_file!["../data/image-summary.md"].assert_eq(&text);
    assert!(!text.contains(SECRET));
}

#[test]
fn no_output_of_findings_gives_a_secret_of_an_instruction_away() {
    for (name, text) in crate::sample::all_outputs(&image_verdict(), &run()) {
        assert!(!text.contains(SECRET), "{name}");
    }
}

#[test]
fn two_images_beside_each_other() {
    let mut new = image();
    new.name = String::from("registry.example/shop/web:1.3");
    for number in [0, 1] {
        new.packages[number].package.version = String::from("3.0.14-1~deb12u2");
    }
    new.packages.remove(4);
    let mut added = new.packages[2].clone();
    added.package.name = String::from("curl");
    new.packages.push(added);
    new.layers[2].size = 10_000_000;
    new.layers[2].digest = digest(7);
    // Both faults of OpenSSL are mended; one of curl is new.
    let mut faults = new.vulnerabilities.split_off(4);
    faults.push(crate::image_sample::fault(
        "CVE-2026-0001",
        4,
        50,
        plimsoll_finding::Severity::High,
    ));
    new.vulnerabilities = faults;
    let before = image_verdict();
    let findings =
        before.findings.iter().enumerate().filter(|it| it.0 == 1 || it.0 > 5).map(|it| it.1);
    let mut verdict = crate::image_sample::verdict_of(findings.collect());
    new.vulnerabilities.iter_mut().for_each(|it| it.finding = it.finding.wrapping_sub(5));
    verdict.coverage.clear();
    let comparison = image::compare::compare((&image(), &image_verdict()), (&new, &verdict));
    let names = |all: &[image::compare::Fault]| -> Vec<String> {
        all.iter().map(|it| format!("{} {}", it.id, it.package)).collect()
    };
    assert_eq!(names(&comparison.came), ["CVE-2026-0001 curl"]);
    assert_eq!(comparison.gone.len(), 4);
    assert_eq!(names(&comparison.kept), ["GHSA-xvch-5gv4-984h minimist", "CVE-2023-44487 nodejs"]);
    assert_eq!(comparison.findings_gone[0].rule, "private-key");
    let changes: Vec<_> =
        comparison.packages.iter().map(|it| (it.name.as_str(), it.change())).collect();
    let odd = "odd\u{202e}\u{1b}[31m<name>";
    let expected =
        [("curl", "added"), ("libssl3", "upgraded"), ("openssl", "upgraded"), (odd, "removed")];
    assert_eq!(changes, expected);
    let text = written(|out| image::compare::write_json(&comparison, out));
    let report = validated(&own_schema(schema::Document::ImageComparison), &text);
    assert_eq!(report["gone_vulnerabilities"][0]["id"], "CVE-2024-6119");
    assert!(!text.contains(SECRET));
    let page = written(|out| image::compare::write_human(&comparison, &options(80), out));
    expect_file!["../data/image-compare.txt"].assert_eq(&page);
    let page = written(|out| image::compare::html::write(&comparison, &run(), out));
    assert!(!page.contains(SECRET) && !page.contains("<name>"), "{page}");
    assert!(page.contains("<b>only before</b>") && page.contains("CVE-2026-0001"), "{page}");
    let page = written(|out| image::compare::write_markdown(&comparison, out));
    expect_file!["../data/image-compare.md"].assert_eq(&page);
    for width in [24, 40, 80, 200] {
        let page = written(|out| image::compare::write_human(&comparison, &options(width), out));
        assert!(!page.contains(SECRET) && !page.contains('\u{1b}'));
        for line in page.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn an_image_is_as_itself() {
    let (image, verdict) = (image(), image_verdict());
    let same = image::compare::compare((&image, &verdict), (&image, &verdict));
    assert!(same.packages.is_empty() && same.gone.is_empty() && same.came.is_empty());
    assert!(same.findings_gone.is_empty() && same.findings_came.is_empty());
    assert_eq!((same.kept.len(), same.n_findings_kept), (6, 3));
    // What is waived from now on is not gone, and does not hide.
    let findings = verdict.findings.iter().map(|it| plimsoll_finding::Finding {
        disposition: plimsoll_finding::Disposition::Baseline,
        ..it
    });
    let accepted = Verdict { findings: findings.collect(), ..image_verdict() };
    let accepted = image::compare::compare((&image, &verdict), (&image, &accepted));
    assert_eq!((accepted.gone.len(), accepted.disposed.len()), (0, 6));
}

#[test]
fn images_to_build_from_instead() {
    use image::recommend::{
        Candidate, CandidateKind, Recommendation, write_human, write_json, write_markdown,
    };
    use plimsoll_finding::Severity;
    let candidate = |reference: &str, kind, fixes| Candidate {
        reference: reference.to_owned(),
        kind,
        why: String::from("bookworm gets no fixes any more, trixie does until 2030-06-30"),
        fixes,
        released: String::from("2026-01-02"),
        size: Some(74_210_000),
    };
    let some = Some([(Severity::Critical, 2), (Severity::Low, 3)].into());
    let recommendation = Recommendation {
        target: String::from("web:1"),
        current: String::from("debian:12"),
        evidence: String::from("os-release"),
        candidates: vec![
            candidate("debian:13", CandidateKind::Supported, some),
            Candidate {
                size: None,
                released: String::new(),
                ..candidate("debian:13-slim", CandidateKind::Slimmer, None)
            },
        ],
        ..Recommendation::default()
    };
    let text = written(|out| write_json(&recommendation, out));
    let report = validated(&own_schema(schema::Document::ImageRecommendation), &text);
    assert_eq!(report["candidates"][0]["fixes"], json!({ "critical": 2, "low": 3 }));
    assert_eq!(report["candidates"][1]["fixes"], Value::Null);
    expect_test::expect![[r"
        web:1: built from debian:12 (known by os-release)
          debian:13
            bookworm gets no fixes any more, trixie does until 2030-06-30
            mends at least 2 critical, 3 low of the vulnerabilities found, released
            2026-01-02, 74.2 MB
          debian:13-slim
            bookworm gets no fixes any more, trixie does until 2030-06-30
            what it mends is not known
        vulnerabilities were not looked for
    "]]
    .assert_eq(&written(|out| write_human(&recommendation, &options(80), out)));
    let nothing = written(|out| write_human(&Recommendation::default(), &options(80), out));
    assert!(nothing.contains("no better image is known"));
    let table = written(|out| write_markdown(&recommendation, out));
    assert!(table.contains("| <code>debian:13</code> | supported |"), "{table}");
    let unknown = Recommendation { note: String::from("no tags"), ..Recommendation::default() };
    assert!(written(|out| write_markdown(&unknown, out)).contains("no tags"));
}
