//! Snapshots of hosts and engines that lie, are cut short, or are far too large.

use plimsoll_audit::{Audited, HostSettings, audit};
use plimsoll_finding::OutcomeStatus;
use plimsoll_host::{Collected, Host, Known};
use serde_json::value::RawValue;

use crate::notation::snapshot;

/// What a host in a swarm answers and holds, all of it well formed.
const WHOLE: &str = "answer /info {\"Swarm\": {\"LocalNodeState\": \"active\", \"ControlAvailable\": true}}
answer /version {\"Version\": \"29.3.0\", \"Components\": [{\"Name\": \"runc\", \"Version\": \"1.4.2\"}]}
answer /containers/json?all=1 [{\"Id\": \"aa\"}]
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true, \"Pid\": 41}}
answer /images/json []
answer /networks []
answer /services []
answer /tasks []
answer /secrets [{\"ID\": \"s\"}]
answer /configs []
answer /swarm {\"Spec\": {}}
process 9 dockerd dockerd -H tcp://
process 41 web
text /proc/net/tcp head
text /proc/net/tcp6 head
text /proc/self/mountinfo 22 1 8:1 / / rw - ext4 /dev/sda1 rw
text /etc/sudoers alice ALL=(root) /usr/bin/docker
text /etc/subuid alice:1:65536
text /etc/subgid alice:1:65536
text /etc/docker/daemon.json {}
text /etc/default/docker DOCKER_OPTS=--debug
text /etc/audit/audit.rules -w /etc/docker -p wa
text /lib/systemd/system/docker.service [Service]
output auditctl -l | -w /etc/docker -p wa -k docker
output iptables-save | :INPUT DROP
";

fn run(collected: &Collected) -> Audited {
    let audited = audit(&Host::new(collected), &HostSettings::default());
    let broken: Vec<_> = audited.gaps.iter().filter(|it| it.contains("broke")).collect();
    assert!(broken.is_empty(), "{broken:?}");
    audited
}

#[test]
fn an_answer_of_another_shape_breaks_no_check() {
    for shape in ["7", "\"x\"", "{}", "[]", "[7, \"x\", null, [], {}]", "null", "{\"Swarm\": 7}"] {
        let (whole, _) = snapshot(WHOLE);
        for path in whole.answers.keys() {
            let mut collected = whole.clone();
            let raw = RawValue::from_string(shape.to_owned()).expect("it is JSON");
            collected.answers.insert(path.clone(), Known::Had(raw));
            run(&collected);
        }
    }
}

#[test]
fn an_engine_that_answers_with_numbers_passes_nothing() {
    let (mut collected, _) = snapshot(WHOLE);
    for answer in collected.answers.values_mut() {
        *answer = Known::Had(RawValue::from_string("7".to_owned()).expect("it is JSON"));
    }
    collected.files.clear();
    collected.outputs.clear();
    collected.processes = Known::unknown("denied", "be root");
    let audited = run(&collected);
    let passed: Vec<_> =
        audited.outcomes.iter().filter(|it| it.status == OutcomeStatus::Pass).collect();
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn a_text_that_is_cut_or_garbled_breaks_no_check() {
    let garbage = [
        "",
        ":",
        "::::",
        "\\",
        "\"",
        "-w",
        "-a",
        "-a always,exit -F",
        "=",
        "x=",
        "a ALL=(",
        "{",
        "[",
        "\u{0}",
        "é é é é é é é é é é",
        "-w /",
        "\u{feff}{}",
        "0: 0: 0: 0A",
        " - ",
        "[Service\nx=\\",
    ];
    let (whole, _) = snapshot(WHOLE);
    for path in whole.files.keys() {
        for text in garbage {
            let mut collected = whole.clone();
            if let Some(Known::Had(file)) = collected.files.get_mut(path) {
                file.text = Known::Had(text.repeat(3));
            }
            run(&collected);
        }
    }
}

#[test]
fn what_is_far_too_much_comes_to_an_end() {
    let n = 5_000;
    let lines = |line: &dyn Fn(usize) -> String| -> String {
        (0..n).map(line).collect::<Vec<_>>().join("\n")
    };
    let (mut collected, _) = snapshot(WHOLE);
    let mut set = |path: &str, text: String| {
        if let Some(Known::Had(file)) = collected.files.get_mut(path) {
            file.text = Known::Had(text);
        }
    };
    set("/etc/sudoers", lines(&|it| format!("u{it} ALL=(root) /usr/bin/docker run {it}")));
    set("/etc/subuid", lines(&|it| format!("u{it}:100000:65536")));
    set("/etc/passwd", lines(&|it| format!("u{it}:x:{it}:{it}::/:/bin/sh")));
    set("/etc/group", lines(&|it| format!("docker:x:{it}:u{it}")));
    set("/etc/audit/audit.rules", lines(&|it| format!("-w /etc/docker{it} -p wa")));
    set("/proc/net/tcp", lines(&|it| format!("{it}: 00000000:0947 0:0 0A 0 0 0 0 0")));
    set("/proc/self/mountinfo", lines(&|it| format!("1 1 8:1 / /{it} rw - ext4 /dev/x rw")));
    let tags: Vec<String> = (0..n).map(|it| format!("\"web:{it}\"")).collect();
    let images = format!("[{{\"Id\": \"sha256:a\", \"RepoTags\": [{}]}}]", tags.join(","));
    let raw = RawValue::from_string(images).expect("it is JSON");
    collected.answers.insert("/images/json".to_owned(), Known::Had(raw));
    for it in 0..500 {
        let text =
            format!("{{\"Name\": \"/c{it}\", \"State\": {{\"Running\": true, \"Pid\": {it}}}}}");
        let raw = RawValue::from_string(text).expect("it is JSON");
        collected.answers.insert(format!("/containers/{it}/json"), Known::Had(raw));
    }
    let audited = run(&collected);
    let longest = audited.outcomes.iter().map(|it| it.why.len()).max().unwrap_or_default();
    assert!(longest < 3_000, "{longest}");
}
