//! Searches a folder for secrets and prints what it found as JSON: `secret-scan DIR`. Words before
//! the folder are passed over, so that it can stand in for `plimsoll secrets --format json DIR`.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example reads files and prints; the product does so in its hands and faces"
)]

use std::{env, fs, path::Path};

use plimsoll_finding::Audience;
use plimsoll_secret::{Detectors, FileContext, Hit, Limits, Setting};

fn main() {
    let Some(folder) = env::args().next_back() else { return };
    let mut findings = Vec::new();
    search(Path::new(&folder), &mut findings, 0);
    println!("{{\"findings\":[{}]}}", findings.join(","));
}

fn search(path: &Path, findings: &mut Vec<String>, depth: usize) {
    if depth > 32 {
        return;
    }
    if path.is_dir() {
        let Ok(entries) = fs::read_dir(path) else { return };
        let mut paths: Vec<_> = entries.flatten().map(|it| it.path()).collect();
        paths.sort();
        for path in &paths {
            search(path, findings, depth + 1);
        }
        return;
    }
    let Ok(text) = fs::read(path) else { return };
    let name = path.to_string_lossy();
    let context = FileContext { path: &name };
    let found = Detectors::builtin().find(&text, context, Limits::default());
    let is_wanted = |it: &&Hit| it.detector.audience(Setting::Folder) == Audience::Default;
    for hit in found.hits.iter().filter(is_wanted) {
        let place = hit.start;
        findings.push(format!(
            "{{\"rule\":{:?},\"confidence\":{:?},\"evidence\":{:?},\"place\":{{\"file\":{name:?},\
             \"start\":{{\"line\":{},\"column\":{}}}}}}}",
            hit.detector.info().id,
            hit.confidence.name(),
            hit.masked.to_string(),
            place.line,
            place.column,
        ));
    }
    for gap in &found.gaps {
        eprintln!("{name}: {}", gap.why());
    }
}
