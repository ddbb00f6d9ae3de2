//! Every detector finds its examples and leaves its counterexamples alone.

use std::collections::BTreeSet;

use plimsoll_secret::{Detector, Detectors, FileContext, Limits, data_faults, data_files};

/// The detectors that see a secret in `text`, alone: before one wins over another.
fn sees(detector: &'static Detector, text: &str) -> bool {
    let context = FileContext::default();
    detector
        .find_alone(text.as_bytes(), context, Limits::default())
        .hits
        .iter()
        .any(|it| it.detector.id() == detector.id())
}

#[test]
fn every_detector_finds_its_examples_and_nothing_in_its_counterexamples() {
    let mut faults = Vec::new();
    for detector in Detectors::builtin().all() {
        for text in detector.examples().filter(|it| !sees(detector, it)) {
            faults.push(format!("{}: misses {text:?}", detector.id()));
        }
        for text in detector.counterexamples().filter(|it| sees(detector, it)) {
            faults.push(format!("{}: takes for a secret {text:?}", detector.id()));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_detector_is_complete() {
    let mut ids = BTreeSet::new();
    for detector in Detectors::builtin().all() {
        let id = detector.id();
        assert!(ids.insert(id), "{id} is there twice");
        assert!(!detector.name().is_empty(), "{id}");
        let is_kebab =
            id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        assert!(is_kebab, "{id}");
        assert_eq!(detector.faults(), Vec::<String>::new(), "{id}");
    }
    assert!(ids.len() >= 300, "{}", ids.len());
}

#[test]
fn every_line_of_the_data_is_read() {
    assert_eq!(data_faults(), Vec::<String>::new());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test compares the list with the folder")]
fn every_data_file_is_in_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/detectors");
    let names = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
    let names: BTreeSet<String> = names.map(|it| it.into_string().unwrap()).collect();
    let listed: BTreeSet<String> =
        data_files().map(|it| it.rsplit('/').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(names, listed);
}

/// Ids are for ever: findings, waivers and baselines name them. The list only grows; an id that is
/// no longer a detector's stays behind `# retired`, and is never used again.
#[test]
fn ids_are_those_of_the_committed_list() {
    let (active, retired) = IDS.split_once("# retired").unwrap_or((IDS, ""));
    let ids: BTreeSet<&str> = Detectors::builtin().all().iter().map(Detector::id).collect();
    let active: BTreeSet<&str> = active.lines().filter(|it| !it.is_empty()).collect();
    let new: Vec<_> = ids.difference(&active).collect();
    assert!(new.is_empty(), "add to tests/it/ids.txt: {new:?}");
    let gone: Vec<_> = active.difference(&ids).collect();
    assert!(gone.is_empty(), "move behind `# retired` in tests/it/ids.txt: {gone:?}");
    assert!(retired.lines().all(|it| !ids.contains(it)), "a retired id is used again");
}

const IDS: &str = include_str!("ids.txt");
