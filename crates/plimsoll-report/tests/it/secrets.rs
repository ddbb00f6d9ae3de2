//! No output tells a secret: not at its place, not in another finding's excerpt, fix or words.

use plimsoll_finding::{Safety, Sink};
use plimsoll_policy::Verdict;
use plimsoll_text::{Edit, Source, Span};

use crate::sample::{Dice, ROOT_USER, SECRET, SECRET_IN_ENV, all_outputs, run, span, verdict};

#[test]
fn the_sample_tells_nothing() {
    for (name, text) in all_outputs(&verdict(), &run()) {
        assert!(!text.contains(SECRET), "{name}:\n{text}");
        assert!(!text.contains(&SECRET[..8]), "{name}:\n{text}");
    }
}

#[test]
fn no_cut_of_any_place_shows_a_part() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let key = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA7Zz\nq9Xw2LmN0pRsTuVw\n-----END KEY-----";
        let text = format!("A: {SECRET}\nB: \"{SECRET}\" # {SECRET}\nK: |\n{key}\nC: x\n");
        let source = Source::new("x.yaml", text);
        let mut verdict = Verdict::default();
        let whole = Span::new(3, 3 + SECRET.len());
        let mut all = Vec::new();
        let findings = &mut all;
        Sink::new(&SECRET_IN_ENV, &source, findings).report(whole, "a password").secret(whole);
        let key_span = span(&source, key);
        Sink::new(&SECRET_IN_ENV, &source, findings).report(key_span, "a key").secret(key_span);
        for _ in 0..6 {
            let start = dice.below(source.text().len());
            let place = Span::new(start, start + dice.below(60));
            let cut = dice.below(source.text().len());
            let edits =
                vec![Edit::replace(Span::new(cut, cut + dice.below(9)), "new text\nand more")];
            Sink::new(&ROOT_USER, &source, findings)
                .report(place, format!("it says {SECRET}"))
                .evidence(format!("{SECRET}!"))
                .related(place, format!("[{SECRET}]"))
                .fix(format!("drop {SECRET}"), Safety::Unsafe, edits);
        }
        verdict.findings = all.into_iter().collect();
        for (name, text) in all_outputs(&verdict, &run()) {
            for piece in [&SECRET[..6], &SECRET[6..], "MIIEow", "AAKCAQEA7Zz", "q9Xw2L", "RsTuVw"] {
                assert!(!text.contains(piece), "{name}, seed {seed}: {piece}\n{text}");
            }
        }
    }
}

#[test]
fn a_weak_secret_is_hidden_in_its_own_finding_and_in_edits_of_its_file() {
    let source = Source::new("compose.yaml", "PASSWORD: admin\n");
    let place = Span::new(10, 15);
    let mut verdict = Verdict::default();
    let mut findings = Vec::new();
    Sink::new(&SECRET_IN_ENV, &source, &mut findings)
        .report(place, "the password is `admin`")
        .fix("x", Safety::Unsafe, vec![Edit::replace(Span::new(0, 15), "PW: \"admin\"")])
        .secret(place);
    verdict.findings = findings.into_iter().collect();
    for (name, text) in all_outputs(&verdict, &run()) {
        assert!(!text.contains("admin"), "{name}:\n{text}");
    }
}
