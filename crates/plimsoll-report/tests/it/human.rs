//! The terminal face, seen at several widths.

use expect_test::{ExpectFile, expect_file};
use plimsoll_policy::{Findings, Outcome, Verdict};
use plimsoll_report::{Options, human};

use crate::sample::{options, run, verdict, written};

fn check(verdict: &Verdict, options: Options, expected: &ExpectFile) {
    expected.assert_eq(&written(|out| human::write(verdict, &run(), &options, out)));
}

#[test]
fn eighty_columns() {
    check(&verdict(), options(80), &expect_file!["../data/human-80.txt"]);
}

#[test]
fn forty_columns() {
    check(&verdict(), options(40), &expect_file!["../data/human-40.txt"]);
}

#[test]
fn a_hundred_and_sixty_columns() {
    check(&verdict(), options(160), &expect_file!["../data/human-160.txt"]);
}

#[test]
fn verbose() {
    let verbose = Options { verbose: true, ..options(80) };
    check(&verdict(), verbose, &expect_file!["../data/human-verbose.txt"]);
}

#[test]
fn colors_and_links_only_where_wanted() {
    let plain = written(|out| human::write(&verdict(), &run(), &options(80), out));
    assert!(!plain.contains('\u{1b}'));
    let rich = Options { color: true, hyperlinks: true, ..options(80) };
    let rich = written(|out| human::write(&verdict(), &run(), &rich, out));
    assert!(rich.contains("\u{1b}]8;;https://plimsoll.example/rules/root-user\u{1b}\\root-user"));
    assert!(rich.contains("\u{1b}]8;;file:///home/me/shop/web/Dockerfile\u{1b}\\"));
    assert!(rich.contains("\u{1b}[1;31mhigh["));
    assert!(!rich.contains("\u{1b}[2K"), "a source erased a line");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [40, 57, 80] {
        let text = written(|out| human::write(&verdict(), &run(), &options(width), out));
        for line in text.lines().filter(|it| !it.contains("-->")) {
            let columns = unicode_width::UnicodeWidthStr::width(line);
            assert!(columns <= width, "{columns} > {width}: {line}");
        }
    }
}

#[test]
fn success_is_one_line() {
    let brief = |it: &Verdict| written(|out| human::write(it, &run(), &options(80), out));
    let mut clean = Verdict { outcome: Outcome::Clean, ..verdict() };
    clean.findings = Findings::default();
    clean.coverage.clear();
    assert_eq!(brief(&clean), "no findings: judged 1 Dockerfile and 2 services\n");
    clean.judged.clear();
    assert_eq!(brief(&clean), "nothing was judged: no file of a known kind was found\n");
}
