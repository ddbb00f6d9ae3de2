//! An engine of another machine, behind a program that the test puts in the place of `ssh`.

use std::{env, fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use plimsoll_docker::parse_host;
use plimsoll_host::{Known, Reach};
use plimsoll_probe::collect;

use crate::engine::request;

/// Tells the test, started once more, that `ssh` is the program of the test's own.
const MARK: &str = "PLIMSOLL_TEST_SSH";

/// Speaks as an engine on its standard streams, and notes each time that it was started.
const SSH: &str = r#"#!/bin/sh
echo "$*" >>"$PLIMSOLL_TEST_SSH"
cr=$(printf '\r')
while read -r verb path rest; do
    while read -r line && [ "$line" != "$cr" ]; do :; done
    case "$path" in
        */version) body='{"ApiVersion": "1.43"}' ;;
        */info) body='{"Name": "far", "KernelVersion": "1", "Swarm": {}}' ;;
        */volumes) body='{}' ;;
        *) body='[]' ;;
    esac
    printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s' ${#body} "$body"
done
"#;

#[test]
fn an_engine_behind_ssh_is_asked_over_few_connections_and_its_host_stays_unknown() {
    if let Ok(log) = env::var(MARK) {
        return ask(Path::new(&log));
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ssh");
    fs::write(&program, SSH).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), env::var("PATH").unwrap());
    let name =
        "remote::an_engine_behind_ssh_is_asked_over_few_connections_and_its_host_stays_unknown";
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", name])
        .env("PATH", path)
        .env(MARK, folder.path().join("log"))
        .status();
    assert!(status.unwrap().success());
}

fn ask(log: &Path) {
    let mut request = request(parse_host("ssh://me@far:2222", None).unwrap());
    request.root = "/".into();
    request.limits = plimsoll_probe::Limits::default();
    let collected = collect(&request, &mut |_| ());
    assert_eq!(collected.reach, Reach::Engine);
    assert_eq!(collected.name, "ssh://me@far:2222");
    assert_eq!(collected.answer("/containers/json?all=1"), Known::Had("[]"));
    assert_eq!(collected.gaps, Vec::<String>::new());
    assert!(matches!(collected.file("/etc/docker"), Known::Unknown { .. }));
    assert!(matches!(collected.processes, Known::Unknown { .. }));
    let starts = fs::read_to_string(log).unwrap();
    let starts: Vec<&str> = starts.lines().collect();
    let dial = "-o BatchMode=yes -T -p 2222 -- me@far docker system dial-stdio";
    assert!(starts.iter().all(|it| *it == dial), "{starts:?}");
    // One for the version and four for everything else, of which there are seven questions.
    assert!(starts.len() <= 5, "{starts:?}");
}
