//! The search of whole files, of pieces, and of hostile ones.

use plimsoll_finding::{Audience, Confidence};
use plimsoll_secret::{Detectors, FileContext, Found, Gap, Limits, Setting};
use plimsoll_text::Source;

/// A GitHub token, put together so that no scanner takes this file for a leak.
fn github_token() -> String {
    format!("ghp_{}", "dQw4w9WgXcQzT8rLk2Vn5YpB7sHj3MfAeR1u")
}

fn find(text: &[u8]) -> Found {
    Detectors::builtin().find(text, FileContext::default(), Limits::default())
}

/// Rule, start, end, line and column of what was found.
fn places(found: &Found) -> Vec<(&'static str, usize, usize, usize, usize)> {
    let place = |it: &plimsoll_secret::Hit| {
        (it.detector.info().id, it.span.start, it.span.end, it.start.line, it.start.column)
    };
    found.hits.iter().map(place).collect()
}

fn in_pieces(text: &[u8], len: usize) -> Found {
    let mut scanner = Detectors::builtin().scanner(FileContext::default(), Limits::default());
    text.chunks(len).for_each(|it| scanner.push(it));
    scanner.finish()
}

#[test]
fn a_secret_has_its_place_and_is_masked() {
    let token = github_token();
    let text = format!("a: \u{e9}\nkey = \"{token}\"\n");
    let found = find(text.as_bytes());
    let start = text.find("ghp_").unwrap();
    assert_eq!(places(&found), [("secret-github-personal-access-token", start, start + 40, 2, 8)]);
    let hit = &found.hits[0];
    assert_eq!((hit.end.line, hit.end.column), (2, 48));
    let told = format!("{hit:?} {} {found:?}", hit.message());
    assert!(!told.contains(&token[4..12]), "{told}");
    assert!(found.gaps.is_empty());
}

#[test]
fn the_most_specific_detector_wins() {
    let token = github_token();
    for text in [
        format!("https://ada:{token}@github.com/x.git"),
        format!("GITHUB_TOKEN={token}"),
        format!("password: \"{token}\""),
    ] {
        let found = find(text.as_bytes());
        let rules: Vec<_> = found.hits.iter().map(|it| it.detector.id()).collect();
        assert_eq!(rules, ["github-personal-access-token"], "{text}");
    }
}

#[test]
fn pieces_find_what_the_whole_does() {
    let token = github_token();
    let mut text = String::new();
    for idx in 0..40 {
        text.push_str(&"some words that are no secret at all\n".repeat(400 + idx * 13));
        let secrets = ["\u{e9} token: ", &token, "\npostgres://ada:hunter", &idx.to_string()];
        text.push_str(&secrets.concat());
        text.push_str("x@db/app\n");
    }
    let whole = places(&find(text.as_bytes()));
    assert_eq!(whole.len(), 80);
    for len in [1_000, 65_536, 262_144, 300_001] {
        assert_eq!(places(&in_pieces(text.as_bytes(), len)), whole, "{len}");
    }
    let short = format!("token: {token}");
    for len in 1..8 {
        assert_eq!(places(&in_pieces(short.as_bytes(), len)).len(), 1, "{len}");
    }
}

#[test]
fn utf_16_is_read_and_offsets_are_those_of_the_file() {
    let token = github_token();
    let text = format!("\u{feff}\u{1f600} = {token}\n");
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        let found = find(&bytes);
        assert_eq!(found.hits.len(), 1);
        let span = found.hits[0].span;
        assert_eq!((span.start, span.end), (12, 12 + 80));
        for len in [1, 3, 64] {
            assert_eq!(places(&in_pieces(&bytes, len)), places(&found), "{len}");
        }
    }
}

#[test]
fn base_64_hides_nothing_where_it_is_the_custom() {
    // The token below in base 64, as `kubectl create secret` writes it.
    let encoded = base64(github_token().as_bytes());
    let manifest = format!("kind: Secret\ndata:\n  token: {encoded}\n");
    let found = find(manifest.as_bytes());
    assert_eq!(found.hits[0].detector.id(), "github-personal-access-token");
    assert!(found.hits[0].is_wrapped);
    let start = manifest.find(&encoded).unwrap();
    assert_eq!(found.hits[0].span.start, start);
    let auth = base64(b"ada:hunter2hunter");
    let config = format!("{{\"auths\": {{\"r.io\": {{\"auth\": \"{auth}\"}}}}}}");
    assert_eq!(find(config.as_bytes()).hits[0].detector.id(), "docker-config-auth");
}

#[test]
fn limits_are_gaps() {
    let token = github_token();
    let limits = Limits { bytes: 100, ..Limits::default() };
    let text = format!("{}{token}", "x ".repeat(100));
    let found = Detectors::builtin().find(text.as_bytes(), FileContext::default(), limits);
    assert_eq!(found.gaps, [Gap::TooLong { limit: 100 }]);
    let mut scanner = Detectors::builtin().scanner(FileContext::default(), limits);
    scanner.push(text.as_bytes());
    assert_eq!(scanner.finish().gaps, [Gap::TooLong { limit: 100 }]);
    let limits = Limits { hits: 3, ..Limits::default() };
    let many = format!("{token} ").repeat(10);
    let found = Detectors::builtin().find(many.as_bytes(), FileContext::default(), limits);
    assert_eq!((found.hits.len(), found.gaps.len()), (3, 1));
    assert!(!found.gaps[0].why().is_empty());
}

#[test]
fn hostile_files_end_and_say_what_was_not_looked_at() {
    for piece in
        ["-----BEGIN ", "password=", "kind: Secret\ndata:\n", "curl -u ", "datadog ", "://a:"]
    {
        let text = piece.repeat((1 << 16) / piece.len());
        let limits = Limits { work: 1 << 18, ..Limits::default() };
        let found = Detectors::builtin().find(text.as_bytes(), FileContext::default(), limits);
        let kept = found.hits.len() + found.gaps.len();
        assert!(kept <= limits.hits + 2, "{piece}");
    }
    let noise: Vec<u8> =
        (0_u32..1 << 18).map(|it| (it.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect();
    let _ = find(&noise);
    for len in 0..noise.len().min(64) {
        let _ = find(&noise[..len]);
    }
}

#[test]
fn a_made_up_or_failing_secret_is_less_sure() {
    let good = find(format!("key: {}", github_token()).as_bytes());
    // The last six characters do not fit the others.
    assert_eq!(good.hits[0].confidence, Confidence::Low);
    let key = format!("key: sk_live_{}", "4eC39HqLyjWDarjtT1zdp7dcQz");
    assert_eq!(find(key.as_bytes()).hits[0].confidence, Confidence::High);
}

#[test]
fn findings_point_into_the_text_and_name_their_secret() {
    let text = format!("token: {}\n", github_token());
    let source = Source::new("a.yaml", text.clone());
    let findings = find(text.as_bytes()).findings(&source);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule.id, "secret-github-personal-access-token");
    assert_eq!(findings[0].secrets.len(), 1);
    assert!(!format!("{} {:?}", findings[0].message, findings[0].evidence).contains("dQw4w9"));
}

#[test]
fn generic_rules_stay_quiet_in_images() {
    let generic = Detectors::builtin().get("generic-key").unwrap();
    assert_eq!(generic.audience(Setting::Folder), Audience::Default);
    assert_eq!(generic.audience(Setting::Image), Audience::Hygiene);
    let token = Detectors::builtin().get("secret-npm-access-token").unwrap();
    assert_eq!(token.audience(Setting::Image), Audience::Default);
}

#[test]
fn passports_are_those_of_rules() {
    let infos = Detectors::builtin().infos();
    assert!(infos.windows(2).all(|it| it[0].id < it[1].id));
    for info in infos {
        assert!(info.id.starts_with("secret-"), "{}", info.id);
        assert!(!info.title().is_empty() && !info.control_ids().is_empty(), "{}", info.id);
        assert!(info.aliases.iter().all(|it| it.contains(':')), "{}", info.id);
    }
}

fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut res = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_usize, |res, it| res << 8 | usize::from(*it))
            << (8 * (3 - chunk.len()));
        for idx in 0..4 {
            let digit = alphabet[number >> (18 - 6 * idx) & 63] as char;
            res.push(if idx <= chunk.len() { digit } else { '=' });
        }
    }
    res
}
