//! An engine that is well, and engines that are not.

use std::{path::PathBuf, sync::atomic::Ordering};

use plimsoll_docker::Endpoint;
use plimsoll_host::{Collected, Known, Reach, wanted::ANSWERS};
use plimsoll_probe::{Step, collect};

use crate::engine::{Reply, engine, healthy, id, request, snapshot};

/// Why the answer at `path` is not known, with what would help.
fn why(collected: &Collected, path: &str) -> String {
    match collected.answer(path) {
        Known::Unknown { why, remedy } => format!("{why} | {remedy}"),
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn a_healthy_engine_is_read_whole_and_its_text_is_kept() {
    let (endpoint, n_connections) = engine(|path| healthy(path, &["a", "b", "c"]));
    let (mut last, mut n_host) = (None, 0);
    let collected = collect(&request(endpoint), &mut |step| match step {
        Step::Engine { done, total } => last = Some((done, total)),
        Step::Host => n_host += 1,
    });
    for digits in ["a", "b", "c"] {
        let path = format!("/containers/{}/json", id(digits));
        let expected = format!("{{\"Asked\":  \"{path}\"}}");
        assert_eq!(collected.answer(&path).had(), Some(&expected.as_str()));
        assert!(collected.answer(&format!("/images/sha256:{digits}/json")).had().is_some());
    }
    assert!(collected.answer("/networks/abc").had().is_some());
    assert_eq!(collected.answer("/swarm"), Known::Absent);
    assert_eq!(collected.answer("/images/json"), Known::Had("null"));
    assert!(matches!(collected.answer("/containers/x/json"), Known::Unknown { .. }));
    assert_eq!(collected.gaps, Vec::<String>::new());
    assert_eq!((last, n_host), (Some((14, 14)), 1));
    // One for the version, and one for each of those who ask at once; not one for each question.
    assert!(n_connections.load(Ordering::Relaxed) <= 1 + 7 + 7);
}

#[test]
fn an_engine_that_is_not_there_leaves_everything_unknown() {
    let endpoint = Endpoint::Unix(PathBuf::from("/nonexistent/docker.sock"));
    let collected = collect(&request(endpoint), &mut |_| ());
    assert_eq!(collected.reach, Reach::Host);
    assert_eq!(collected.endpoint.as_deref(), Some("unix:///nonexistent/docker.sock"));
    for path in ANSWERS.iter().chain(&["/swarm"]) {
        assert!(why(&collected, path).contains("DOCKER_HOST"), "{path}");
    }
    assert!(collected.gaps[0].contains("/nonexistent/docker.sock"));
}

#[test]
fn an_engine_that_hangs_or_drips_holds_up_nobody() {
    let hangs = snapshot(|_| Reply::Hangs);
    assert!(why(&hangs, "/info").contains("within"));
    let drips = snapshot(|path| match path {
        "/version" | "/info" => healthy(path, &[]),
        _ => Reply::Drips,
    });
    assert!(drips.answer("/info").had().is_some());
    assert!(why(&drips, "/networks").contains("within"));
    let one = id("b");
    let hangs_at_one =
        snapshot(
            move |path| {
                if path.contains(&one) { Reply::Hangs } else { healthy(path, &["a", "b", "c"]) }
            },
        );
    assert!(why(&hangs_at_one, &format!("/containers/{}/json", id("b"))).contains("docker info"));
    assert!(hangs_at_one.answer(&format!("/containers/{}/json", id("c"))).had().is_some());
    assert!(hangs_at_one.gaps[0].contains("one of its containers"), "{:?}", hangs_at_one.gaps);
}

#[test]
fn lies_are_unknown_and_never_empty() {
    for (body, status) in [
        ("<html><body>Sign in</body></html>", 200),
        ("{\"a\": ", 200),
        ("\"text\"", 200),
        ("12", 200),
        ("", 200),
        ("{\"message\": \"no\"}", 500),
        ("nothing here", 404),
        ("[\u{fffd}", 200),
    ] {
        let collected = snapshot(move |path| match path {
            "/version" => healthy(path, &[]),
            _ => Reply::Says(status, body.to_owned()),
        });
        for path in ["/info", "/containers/json?all=1", "/networks", "/volumes", "/swarm"] {
            assert!(!why(&collected, path).is_empty(), "{body}");
        }
        assert!(!collected.gaps.is_empty());
    }
    let swapped = snapshot(|path| match path {
        "/info" => Reply::Says(200, "[]".to_owned()),
        "/containers/json?all=1" => Reply::Says(200, "{}".to_owned()),
        _ => healthy(path, &[]),
    });
    assert!(why(&swapped, "/info").contains("no object"));
    assert!(why(&swapped, "/containers/json?all=1").contains("no list"));
    let not_http = snapshot(|_| Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    assert!(why(&not_http, "/info").contains("not HTTP"));
    let deep = snapshot(|path| match path {
        "/info" => Reply::Says(200, "[".repeat(1_000_000)),
        _ => healthy(path, &[]),
    });
    assert!(why(&deep, "/info").contains("cannot be understood"));
}

#[test]
fn identifiers_that_would_leave_their_place_are_not_asked_for() {
    let collected = snapshot(|path| match path {
        "/containers/json?all=1" => {
            let ids = [r#"{"Id": "../../x?a"}"#, r#"{"Id": ""}"#, r#"{"Id": 5}"#, "null", "{}"];
            Reply::Says(200, format!("[{}]", ids.join(",")))
        }
        _ => healthy(path, &[]),
    });
    assert_eq!(collected.answers.keys().filter(|it| it.starts_with("/containers/")).count(), 1);
}

#[test]
fn a_flood_ends_at_the_limit() {
    let collected = snapshot(|path| match path {
        "/images/json" => Reply::Floods(100 << 20),
        _ => healthy(path, &["a"]),
    });
    assert!(why(&collected, "/images/json").contains("longer than 4194304 bytes"));
    assert!(collected.answer("/info").had().is_some());
}

#[test]
fn all_answers_together_have_a_limit_too() {
    let (endpoint, _) = engine(|path| {
        if path.starts_with("/containers/0") {
            Reply::Says(200, format!("{{\"x\": \"{}\"}}", "y".repeat(100_000)))
        } else {
            healthy(path, &["a", "b", "c", "d", "e", "f"])
        }
    });
    let mut request = request(endpoint);
    request.limits.answers = 250_000;
    request.limits.at_once = 1;
    let collected = collect(&request, &mut |_| ());
    let had = |it: &&str| collected.answer(&format!("/containers/{}/json", id(it))).had().is_some();
    assert_eq!(["a", "b", "c", "d", "e", "f"].iter().filter(|it| had(it)).count(), 2);
    assert!(collected.gaps.iter().any(|it| it.contains("longer than")), "{:?}", collected.gaps);
}

#[test]
fn more_containers_than_the_limit_are_a_gap() {
    let (endpoint, _) = engine(|path| healthy(path, &["a", "b", "c"]));
    let mut request = request(endpoint);
    request.limits.containers = 2;
    let collected = collect(&request, &mut |_| ());
    assert!(collected.gaps.iter().any(|it| it == "only 2 of 3 containers were looked at"));
    assert!(matches!(
        collected.answer(&format!("/containers/{}/json", id("c"))),
        Known::Unknown { .. }
    ));
}

#[test]
fn an_engine_that_dies_half_way_leaves_what_it_said() {
    let dying = id("b");
    let collected =
        snapshot(
            move |path| {
                if path.contains(&dying) { Reply::Dies } else { healthy(path, &["a", "b", "c"]) }
            },
        );
    assert!(collected.answer("/info").had().is_some());
    let path = format!("/containers/{}/json", id("b"));
    assert!(!why(&collected, &path).is_empty());
    assert!(!collected.gaps.is_empty());
}

#[test]
fn a_container_that_vanished_is_absent_and_no_gap() {
    let gone = id("b");
    let collected = snapshot(move |path| {
        if path.contains(&gone) {
            Reply::Says(404, "{\"message\": \"No such container\"}".to_owned())
        } else {
            healthy(path, &["a", "b"])
        }
    });
    assert_eq!(collected.answer(&format!("/containers/{}/json", id("b"))), Known::Absent);
    assert!(collected.answer(&format!("/containers/{}/json", id("a"))).had().is_some());
    assert!(collected.gaps.is_empty());
}

#[test]
fn a_swarm_is_asked_at_managers_only() {
    let swarm = |is_manager: bool| {
        snapshot(move |path| match path {
            "/info" => {
                let info = format!(
                    r#"{{"Swarm": {{"LocalNodeState": "active", "ControlAvailable": {is_manager}}}}}"#
                );
                Reply::Says(200, info)
            }
            "/nodes" | "/services" | "/tasks" | "/secrets" | "/configs" => {
                Reply::Says(200, "[]".to_owned())
            }
            _ => healthy(path, &[]),
        })
    };
    assert_eq!(swarm(true).answer("/services"), Known::Had("[]"));
    assert!(why(&swarm(false), "/services").contains("take a snapshot of a manager"));
}

#[test]
fn an_engine_of_another_machine_does_not_vouch_for_this_one() {
    let (endpoint, _) = engine(|path| match path {
        "/info" => {
            let info = r#"{"Name": "far", "KernelVersion": "1.0-linuxkit", "Swarm": {}}"#;
            Reply::Says(200, info.to_owned())
        }
        _ => healthy(path, &[]),
    });
    let mut request = request(endpoint);
    request.root = PathBuf::from("/");
    let collected = collect(&request, &mut |_| ());
    assert_eq!((collected.reach, collected.name.as_str()), (Reach::Engine, "far"));
    assert!(collected.files.is_empty() && collected.outputs.is_empty());
    assert!(matches!(collected.file("/etc/docker"), Known::Unknown { .. }));
    assert!(matches!(collected.processes, Known::Unknown { .. }));
    assert!(collected.gaps[0].contains("another machine"));
}
