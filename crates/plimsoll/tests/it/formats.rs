//! Every form of the report, and where it goes.

use std::{fs, os::unix::fs::symlink};

use serde_json::Value;

use crate::support::{Answer, Folder, ROOT};

const FORMATS: [&str; 9] =
    ["human", "json", "sarif", "junit", "gitlab", "github", "markdown", "html", "checklist"];

#[test]
fn every_form_names_what_was_found() {
    let folder = Folder::new(&[("Dockerfile", ROOT)]);
    for format in FORMATS {
        let answer = folder.run(&format!("scan --format {format}")).expect(1);
        assert!(answer.out.contains("root-user"), "{format}: {answer:?}");
        assert!(answer.err.is_empty(), "{format}: {answer:?}");
    }
    for format in ["sarif", "gitlab"] {
        folder.run(&format!("scan --format {format}")).json();
    }
}

#[test]
fn a_report_keeps_to_the_schema_that_the_program_prints() {
    let folder = Folder::new(&[("Dockerfile", ROOT), ("binary/Dockerfile", "\0")]);
    let table = [
        ("schema report", "scan --format json", 1),
        ("schema rules", "rules --format json", 0),
        ("schema fix", "fix --format json", 0),
        ("schema posture", "posture --format json", 0),
    ];
    folder.write("compose.yaml", "services: {app: {build: .}}\n");
    for (schema, words, code) in table {
        let schema = folder.run(schema).expect(0).json();
        let document = folder.run(words).expect(code).json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{words}: {errors:#?}");
    }
}

#[test]
fn two_runs_tell_the_same() {
    let careless = crate::support::repository().join("examples/shop/careless");
    let folder = Folder::new(&[]);
    let words = format!("scan --select all --format json {}", careless.display());
    let tell = || {
        let mut report = folder.run(&words).expect(1).json();
        let Value::Object(fields) = &mut report else { panic!("{report}") };
        fields.remove("started");
        if let Some(run) = fields.get_mut("run").and_then(Value::as_object_mut) {
            run.remove("started");
        }
        serde_json::to_string_pretty(&report).unwrap()
    };
    let first = tell();
    assert_eq!(first, tell());
    assert!(first.len() > 10_000, "{first}");
}

#[test]
fn colour_is_for_those_who_want_it() {
    let folder = Folder::new(&[("Dockerfile", ROOT)]);
    let is_coloured = |words: &str, no_color: &str| {
        let output = folder.command(words).env("NO_COLOR", no_color).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!is_coloured("scan", ""), "a pipe gets no colour");
    assert!(is_coloured("scan --color always", ""));
    assert!(is_coloured("scan --color always", "1"), "who says `always` means it");
    assert!(!is_coloured("scan --color auto", "1"));
    assert!(!is_coloured("scan --color never", ""));
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    let folder = Folder::new(&[("Dockerfile", ROOT)]);
    let output = folder.command("scan").env("COLUMNS", "40").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= 40, "{line}");
    }
}

#[test]
fn a_report_goes_to_its_file_whole_or_not_at_all() {
    let folder = Folder::new(&[("Dockerfile", ROOT)]);
    let answer = folder.run("scan --format json --output report.json").expect(1);
    assert!(answer.out.is_empty(), "{answer:?}");
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    assert_eq!(report["schema"], "plimsoll/v1");
    // Written again, it is replaced, and nothing is left beside it.
    folder.run("scan --format markdown --output report.json").expect(1);
    assert!(!folder.read("report.json").starts_with('{'));
    let names = || fs::read_dir(folder.path(".")).unwrap().count();
    assert_eq!(names(), 2);
    // A link is not written through.
    folder.write("precious", "mine");
    symlink("precious", folder.path("linked.json")).unwrap();
    folder.run("scan --format json --output linked.json").expect(2);
    assert_eq!(folder.read("precious"), "mine");
    let answer = folder.run("scan --output Dockerfile/report").expect(2);
    assert!(answer.err.contains("help: "), "{answer:?}");
}

#[test]
fn a_report_is_the_same_on_any_number_of_cores() {
    let folder = Folder::new(&[("plimsoll.toml", UNUSED)]);
    for number in 0..60 {
        let text = format!("FROM a:{number}\nENV TOKEN=hunter2-{}\nUSER 0\n", number % 7);
        folder.write(&format!("{number:03}/Dockerfile"), text);
        if number % 10 == 0 {
            let text = "services:\n  app:\n    build: .\n    environment:\n      - TOKEN\n";
            folder.write(&format!("{number:03}/compose.yaml"), text);
        }
    }
    let on = |n_cores: &str, words: &str| {
        let mut command = folder.command(words);
        Answer::new(&command.env("RAYON_NUM_THREADS", n_cores).output().unwrap()).expect(1)
    };
    let human = "scan --select all";
    let shown = on("1", human).out;
    assert_eq!(shown, on("7", human).out);
    assert!(!shown.contains("hunter2"), "a secret of one file shows in another");
    let json = "scan --select all --format json";
    let (one, seven) = (on("1", json).json(), on("7", json).json());
    for part in ["outcome", "findings", "coverage", "stats"] {
        assert_eq!(one[part], seven[part], "{part}");
    }
    let findings = one["findings"].as_array().unwrap();
    let files: Vec<&str> =
        findings.iter().map(|it| it["place"]["file"].as_str().unwrap()).collect();
    assert!(files.is_sorted() && files.last() == Some(&"plimsoll.toml"), "{files:?}");
}

/// A waiver that waives nothing, which is known only when all else is decided.
const UNUSED: &str = "[[waiver]]\nrule = 'latest-tag'\npaths = 'nowhere/'\nreason = 'x'\n";
