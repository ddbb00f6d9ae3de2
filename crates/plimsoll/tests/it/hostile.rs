//! Files that nobody meant to be judged: each is told of, and the run goes on.

use std::{fmt::Write as _, fs, os::unix::fs::symlink, process::Stdio};

use crate::support::{Answer, CLEAN, Folder, ROOT};

/// The run told of the gap, and judged the other file all the same.
#[track_caller]
fn assert_gap(answer: &Answer, unit: &str, why: &str) {
    assert!(answer.findings().contains(&String::from("root-user open ok/Dockerfile:3")));
    let report = answer.json();
    let coverage = report["coverage"].as_array().unwrap();
    let gap = coverage.iter().find(|it| it["unit"] == unit && it["state"] != "ran");
    let gap = gap.unwrap_or_else(|| panic!("no gap of {unit}: {coverage:#?}"));
    let text = gap["why"].as_str().unwrap();
    assert!(text.contains(why), "{text}");
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_rest_is_judged() {
    let folder = Folder::new(&[("ok/Dockerfile", ROOT)]);
    folder.write("binary/Dockerfile", b"FROM\0scratch\n");
    folder.write("latin/Dockerfile", b"FROM scratch\n# caf\xe9\n");
    folder.write("deep/compose.yaml", format!("services: {}\n", "[".repeat(100_000)));
    fs::create_dir(folder.path("link")).unwrap();
    symlink("nowhere", folder.path("link/Dockerfile")).unwrap();
    let answer = folder.run("scan --format json").expect(1);
    assert_gap(&answer, "binary/Dockerfile", "binary");
    assert_gap(&answer, "latin/Dockerfile", "UTF-8");
    assert_gap(&answer, "deep/compose.yaml", "deep");
    let text = folder.run("scan").expect(1).out;
    for name in ["binary/Dockerfile", "latin/Dockerfile", "deep/compose.yaml"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    let named = folder.run("lint --format json ok link/Dockerfile").expect(1);
    assert_gap(&named, "link/Dockerfile", "");
    folder.run("scan ok --strict").expect(1);
    fs::remove_dir_all(folder.path("ok")).unwrap();
    fs::remove_dir_all(folder.path("deep")).unwrap();
    folder.write("ok/Dockerfile", CLEAN);
    folder.run("scan ok --strict").expect(0);
    folder.run("scan --strict").expect(3);
}

#[test]
fn a_folder_in_itself_is_no_endless_walk() {
    let folder = Folder::new(&[("ok/Dockerfile", ROOT)]);
    symlink("..", folder.path("ok/again")).unwrap();
    let answer = folder.run("scan --format json").expect(1);
    assert_eq!(answer.findings(), ["root-user open ok/Dockerfile:3"]);
}

#[test]
fn large_files_are_told_and_not_read() {
    let limits = "[limits]\nmax-file-size = \"1 KiB\"\n";
    let folder = Folder::new(&[("ok/Dockerfile", ROOT), ("plimsoll.toml", limits)]);
    folder.write("long/Dockerfile", format!("FROM scratch\n{}", "# x\n".repeat(1_000)));
    let answer = folder.run("scan --format json").expect(1);
    assert_gap(&answer, "long/Dockerfile", "larger than");

    // A file of 100 MB that takes no room: only its size may be looked at.
    let folder = Folder::new(&[("ok/Dockerfile", ROOT)]);
    folder.write("huge/Dockerfile", "");
    let huge = fs::OpenOptions::new().write(true).open(folder.path("huge/Dockerfile")).unwrap();
    huge.set_len(100 << 20).unwrap();
    let answer = folder.run("scan --format json").expect(1);
    assert_gap(&answer, "huge/Dockerfile", "larger than");
}

#[test]
fn yaml_that_names_itself_does_not_grow() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let last = level - 1;
        let items = vec![format!("*a{last}"); 9].join(", ");
        writeln!(text, "a{level}: &a{level} [{items}]").unwrap();
    }
    text.push_str("services: {app: {image: scratch, command: *a19}}\n");
    let folder = Folder::new(&[("ok/Dockerfile", ROOT), ("bomb/compose.yaml", &text)]);
    let answer = folder.run("scan --format json").expect(1);
    assert!(answer.findings().contains(&String::from("root-user open ok/Dockerfile:3")));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = Folder::new(&[("Dockerfile", ROOT)]);
    for words in ["scan", "scan --format json", "rules", "man", "schema", "completions bash"] {
        let mut child =
            folder.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The end that reads is closed before the program has said a word.
        drop(child.stdout.take());
        let answer = Answer::new(&child.wait_with_output().unwrap());
        assert!(answer.err.is_empty(), "{words}: {answer:?}");
        assert!(answer.code <= 1, "{words}: {answer:?}");
    }
}
