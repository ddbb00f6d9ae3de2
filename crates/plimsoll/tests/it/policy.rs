//! What a team says is heeded: settings, waivers, baselines, other tools' files.

use crate::support::{Folder, ROOT};

#[track_caller]
fn found(files: &[(&str, &str)], code: i32) -> Vec<String> {
    Folder::new(files).run("scan --format json").expect(code).findings()
}

#[test]
fn a_baseline_holds_what_was_there_before() {
    let folder = Folder::new(&[("Dockerfile", ROOT)]);
    folder.run("scan --write-baseline baseline.json").expect(1);
    let known = folder.run("scan --baseline baseline.json --format json").expect(0);
    assert_eq!(known.findings(), ["root-user baseline Dockerfile:3"]);
    // Lines above move it, and it stays known.
    folder.write("Dockerfile", format!("# moved\n\n{ROOT}"));
    folder.run("scan --baseline baseline.json").expect(0);
    folder.write("api/Dockerfile", ROOT);
    let new = folder.run("scan --baseline baseline.json --format json").expect(1);
    let open = ["root-user baseline Dockerfile:5", "root-user open api/Dockerfile:3"];
    assert_eq!(new.findings(), open);
}

#[test]
fn a_waiver_needs_a_reason_and_a_day_to_come() {
    let with = |comment: &str| ROOT.replace("USER 0", &format!("{comment}\nUSER 0"));
    let table = [
        ("# plimsoll: allow root-user reason=\"the base needs it\"", 0, "root-user waived"),
        (
            "# plimsoll: allow root-user until=2999-01-01 reason=\"the base needs it\"",
            0,
            "root-user waived",
        ),
        ("# plimsoll: allow root-user", 1, "waiver-without-reason open"),
        (
            "# plimsoll: allow root-user until=2001-01-01 reason=\"for now\"",
            1,
            "expired-waiver open",
        ),
        ("# plimsoll: allow root-user until=2001-01-01 reason=\"for now\"", 1, "root-user open"),
        ("# plimsoll: allow latest-tag reason=\"unused\"", 1, "root-user open"),
    ];
    for (comment, code, expected) in table {
        let text = with(comment);
        let found = found(&[("Dockerfile", &text)], code);
        assert!(found.iter().any(|it| it.starts_with(expected)), "{comment}: {found:?}");
    }
}

#[test]
fn the_files_of_other_tools_are_heeded() {
    let ignored = ROOT.replace("USER 0", "# hadolint ignore=DL3002\nUSER 0");
    assert_eq!(found(&[("Dockerfile", &ignored)], 0), ["root-user waived Dockerfile:4"]);
    let named = [
        (".hadolint.yaml", "ignored: [DL3002]\n"),
        (".trivyignore", "DS-0002\n"),
        (".trivyignore.yaml", "misconfigurations:\n  - id: DS-0002\n"),
    ];
    for (name, text) in named {
        let files = [("Dockerfile", ROOT), (name, text)];
        let found = found(&files, 0);
        assert!(!found.iter().any(|it| it.starts_with("root-user open")), "{name}: {found:?}");
        let folder = Folder::new(&files);
        folder.run("scan --no-config").expect(1);
    }
}

#[test]
fn settings_hold_for_the_paths_they_name() {
    let settings = "\
[rules]
latest-tag = \"off\"

[[paths]]
match = \"legacy/\"
rules = { root-user = \"off\" }
";
    let files =
        [("legacy/Dockerfile", ROOT), ("new/Dockerfile", ROOT), ("plimsoll.toml", settings)];
    assert_eq!(found(&files, 1), ["root-user open new/Dockerfile:3"]);
}

#[test]
fn a_check_list_is_not_ticked_where_a_path_was_spared() {
    let settings = "[[paths]]\nmatch = \"legacy/\"\nrules = { shell-form-command = \"off\" }\n";
    let spared = "FROM scratch\nUSER 10001\nCMD /app\n";
    let files = [("legacy/Dockerfile", spared), ("new/Dockerfile", crate::support::CLEAN)];
    let folder = Folder::new(&files);
    let list = || folder.run("scan --exit-zero --format checklist").expect(0).out;
    assert!(list().contains("[!] exec-form command"), "{}", list());
    folder.write("plimsoll.toml", settings);
    assert!(list().contains("[ ] exec-form command"), "{}", list());
    folder.write("legacy/Dockerfile", crate::support::CLEAN);
    std::fs::remove_file(folder.path("plimsoll.toml")).unwrap();
    assert!(list().contains("[x] exec-form command"), "{}", list());
}

#[test]
fn a_wrong_key_is_shown_where_it_stands() {
    let settings = "fail-on = \"high\"\n\n[limits]\nmax-fil-size = \"1 KiB\"\n";
    let folder = Folder::new(&[("Dockerfile", ROOT), ("plimsoll.toml", settings)]);
    let answer = folder.run("scan").expect(2);
    assert!(answer.err.starts_with("error: plimsoll.toml:4:1"), "{answer:?}");
    assert!(answer.err.contains("max-file-size"), "{answer:?}");
    folder.run("scan --no-config").expect(1);
}

#[test]
fn what_git_ignores_is_passed_over() {
    let folder = Folder::new(&[("old/Dockerfile", ROOT), (".gitignore", "old/\n")]);
    std::fs::create_dir(folder.path(".git")).unwrap();
    folder.run("scan").expect(3);
    folder.run("scan --no-gitignore").expect(1);
    folder.run("scan old/Dockerfile").expect(1);
}
