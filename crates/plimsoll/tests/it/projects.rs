//! Files that work together.

use crate::support::Folder;

const BASE: &str = "services:\n  app:\n    image: example.com/app:1\n";

#[test]
fn compose_files_that_are_named_are_one_project_in_their_order() {
    let folder = Folder::new(&[
        ("base.yaml", BASE),
        ("on.yaml", "services:\n  app:\n    privileged: true\n"),
        ("off.yaml", "services:\n  app:\n    privileged: false\n"),
    ]);
    let found = |words: &str| {
        let answer = folder.run(&format!("lint --format json --select privileged-service {words}"));
        answer.findings()
    };
    assert_eq!(found("-f base.yaml -f on.yaml"), ["privileged-service open on.yaml:3"]);
    assert!(found("-f base.yaml -f on.yaml -f off.yaml").is_empty());
    assert_eq!(found("-f base.yaml -f off.yaml -f on.yaml"), ["privileged-service open on.yaml:3"]);
}

#[test]
fn a_service_is_judged_with_the_dockerfile_it_is_built_from() {
    let check = "FROM alpine:3.22\nHEALTHCHECK CMD [\"/check\"]\nUSER 10001\nCMD [\"/app\"]\n";
    let folder = Folder::new(&[
        ("compose.yaml", "services:\n  app:\n    build: ./app\n"),
        ("app/Dockerfile", check),
    ]);
    let rules = "service-known-without-healthcheck,service-without-healthcheck";
    let words = format!("scan --format json --select {rules}");
    assert!(folder.run(&words).expect(0).findings().is_empty());
    folder.write("app/Dockerfile", check.replace("HEALTHCHECK CMD [\"/check\"]\n", ""));
    let found = folder.run(&words).findings();
    assert_eq!(found, ["service-known-without-healthcheck open compose.yaml:2"]);
}

#[test]
fn a_service_that_is_not_healthy_by_choice_says_so() {
    let folder = Folder::new(&[
        ("compose.yaml", "services:\n  app:\n    build: .\n    healthcheck: {disable: true}\n"),
        ("Dockerfile", "FROM scratch\nHEALTHCHECK CMD [\"/check\"]\n"),
    ]);
    let found = folder.run("scan --format json --select healthcheck-switched-off").findings();
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn what_a_comment_says_counts_once_in_a_file_of_two_projects() {
    let base = format!("# plimsoll: allow privileged-service\n{BASE}");
    let folder = Folder::new(&[
        ("compose.yaml", &base),
        ("compose.prod.yaml", "services:\n  app:\n    privileged: true\n"),
    ]);
    let words = "scan --format json --select waiver-without-reason,privileged-service";
    let expected = [
        "privileged-service open compose.prod.yaml:3",
        "waiver-without-reason open compose.yaml:1",
    ];
    assert_eq!(folder.run(words).findings(), expected);
}
