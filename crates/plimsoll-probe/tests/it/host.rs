//! The host itself: files in a root of the test's own, and this machine.

use std::{fs, path::Path, process};

use plimsoll_docker::Endpoint;
use plimsoll_host::{FileKind, Known, Reach};
use plimsoll_probe::collect;

use crate::engine::request;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn files_are_collected_without_an_engine_and_settings_lead_to_more() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let settings = r#"{"tlskey": "/etc/docker/key.pem", "hosts": ["tcp://0.0.0.0:2376"]}"#;
    write(root, "etc/docker/daemon.json", settings);
    write(root, "etc/docker/key.pem", "never read");
    write(root, "etc/docker/certs.d/hub/ca.crt", "never read");
    write(root, "etc/audit/rules.d/docker.rules", "-w /etc/docker");
    write(root, "etc/audit/rules.d/notes.txt", "not rules");
    write(root, "lib/systemd/system/docker.service", "EnvironmentFile=-/etc/own\n");
    write(root, "lib/systemd/system/docker.service.d/proxy.conf", "[Service]");
    write(root, "etc/own", "OPTIONS=--icc=false");
    let mut request = request(Endpoint::Unix(root.join("none.sock")));
    request.root = root.to_owned();
    let collected = collect(&request, &mut |_| ());
    assert_eq!(collected.reach, Reach::Host);
    assert_eq!(collected.text("/etc/docker/daemon.json"), Known::Had(settings));
    let key = collected.file("/etc/docker/key.pem");
    let key = key.had().unwrap();
    assert_eq!((key.kind, key.size, &key.text), (FileKind::File, 10, &Known::Absent));
    assert_eq!(collected.text("/etc/docker/certs.d/hub/ca.crt"), Known::Absent);
    let entries = &collected.file("/etc/docker").had().unwrap().entries.clone();
    assert_eq!(entries.had().unwrap(), &["certs.d", "daemon.json", "key.pem"]);
    assert_eq!(collected.text("/etc/audit/rules.d/docker.rules"), Known::Had("-w /etc/docker"));
    assert_eq!(collected.text("/etc/audit/rules.d/notes.txt"), Known::Absent);
    assert_eq!(
        collected.text("/lib/systemd/system/docker.service.d/proxy.conf"),
        Known::Had("[Service]")
    );
    assert_eq!(collected.text("/etc/own"), Known::Had("OPTIONS=--icc=false"));
    assert_eq!(collected.file("/etc/default/docker"), Known::Absent);
    assert!(matches!(collected.output("auditctl -l"), Known::Unknown { .. }));
}

#[test]
fn this_machine_is_looked_at() {
    let mut request = request(Endpoint::Unix("/nonexistent/docker.sock".into()));
    request.root = "/".into();
    let collected = collect(&request, &mut |_| ());
    assert!(collected.text("/proc/self/mountinfo").had().unwrap().contains(" / "));
    assert!(collected.text("/etc/passwd").had().unwrap().starts_with("root:"));
    assert!(!collected.name.is_empty());
    let own = process::id();
    if let Known::Had(processes) = &collected.processes {
        let first = processes.iter().find(|it| it.pid == 1).unwrap();
        assert!(first.parent == 0 && !first.name.is_empty());
        assert!(!processes.iter().any(|it| it.pid == own), "only what belongs to engines");
    }
}
