//! A host is judged by its snapshot, its daemon also by its settings alone.

use serde_json::{Value, json};

use crate::support::Folder;

/// A container that breaks nothing, with `changes` laid over it by their JSON pointers.
fn container(name: &str, changes: &[(&str, Value)]) -> Value {
    let mut res = json!({
        "Name": format!("/{name}"),
        "AppArmorProfile": "docker-default",
        "ProcessLabel": "",
        "State": {"Running": false, "Pid": 0},
        "HostConfig": {
            "Privileged": false, "CapAdd": null, "CapDrop": ["ALL"], "ReadonlyRootfs": true,
            "SecurityOpt": ["no-new-privileges"], "NetworkMode": "back", "PortBindings": {},
            "Memory": 67_108_864, "NanoCpus": 500_000_000, "CpuQuota": 0, "CpuShares": 0,
            "PidsLimit": 64, "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
            "PidMode": "", "IpcMode": "private", "UTSMode": "", "UsernsMode": "", "Devices": [],
            "CgroupParent": "", "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 1024}],
            "MaskedPaths": ["/proc/kcore"], "ReadonlyPaths": ["/proc/sys"]
        },
        "Mounts": [],
        "Config": {
            "User": "1000:1000", "Env": ["MODE=live"], "Image": "example.com/app:1",
            "Healthcheck": {"Test": ["CMD-SHELL", "true"]}, "Labels": {}
        },
        "NetworkSettings": {"Networks": {"back": {}}, "Ports": {}}
    });
    for (pointer, value) in changes {
        *res.pointer_mut(pointer).unwrap() = value.clone();
    }
    res
}

fn snapshot(containers: &[Value]) -> Value {
    let mut answers = serde_json::Map::new();
    let list: Vec<Value> = (0..containers.len()).map(|it| json!({"Id": id(it)})).collect();
    answers.insert("/containers/json?all=1".to_owned(), json!({"had": list}));
    let info = json!({
        "ServerVersion": "28.2.0", "Driver": "overlay2", "Swarm": {"LocalNodeState": "inactive"},
        "SecurityOptions": ["name=seccomp,profile=builtin", "name=apparmor"]
    });
    answers.insert("/info".to_owned(), json!({"had": info}));
    for (number, it) in containers.iter().enumerate() {
        answers.insert(format!("/containers/{}/json", id(number)), json!({"had": it}));
    }
    json!({
        "format": 1, "taken-at": 1_700_000_000, "name": "box", "reach": "engine",
        "answers": answers, "files": {}, "outputs": {}, "gaps": [],
        "processes": {"unknown": {"why": "not on this machine", "remedy": "go there"}}
    })
}

fn id(number: usize) -> String {
    format!("{number:064x}")
}

fn judge(folder: &Folder, containers: &[Value]) -> Value {
    folder.write("snapshot.json", snapshot(containers).to_string());
    folder.run("host --from snapshot.json --format json --exit-zero").expect(0).json()
}

/// The numbers in the benchmark of the checks with this status for the target called `name`.
fn with_status(report: &Value, name: &str, status: &str) -> Vec<String> {
    let of_target = |it: &&Value| it["target"]["name"] == name && it["status"] == status;
    let number = |it: &Value| {
        let mut aliases = it["aliases"].as_array().unwrap().iter().filter_map(Value::as_str);
        aliases.find_map(|it| Some(it.strip_prefix("docker-bench:")?.to_owned()))
    };
    report["outcomes"].as_array().unwrap().iter().filter(of_target).filter_map(number).collect()
}

#[test]
fn each_fault_of_a_container_is_found_alone() {
    let mount = |source: &str| {
        json!([{"Type": "bind", "Source": source, "Destination": "/x", "RW": false,
            "Propagation": "rprivate", "Mode": "ro"}])
    };
    let port = |address: &str, number: &str| json!({"8080/tcp": [{"HostIp": address, "HostPort": number}]});
    let cases = [
        ("4.1", "/Config/User", json!("")),
        ("4.1", "/Config/User", json!("00:0")),
        ("5.2", "/AppArmorProfile", json!("unconfined")),
        ("5.4", "/HostConfig/CapAdd", json!(["CAP_SYS_ADMIN"])),
        ("5.4", "/HostConfig/CapAdd", json!(["NET_RAW"])),
        ("5.4", "/HostConfig/CapDrop", json!(null)),
        ("5.5", "/HostConfig/Privileged", json!(true)),
        ("5.6", "/Mounts", mount("/etc/ssh")),
        ("5.6", "/Mounts", mount("/")),
        ("5.8", "/HostConfig/PortBindings", port("127.0.0.1", "1023")),
        ("5.10", "/HostConfig/NetworkMode", json!("host")),
        ("5.11", "/HostConfig/Memory", json!(0)),
        ("5.12", "/HostConfig/NanoCpus", json!(0)),
        ("5.13", "/HostConfig/ReadonlyRootfs", json!(false)),
        ("5.14", "/HostConfig/PortBindings", port("", "8080")),
        ("5.14", "/HostConfig/PortBindings", port("::", "8080")),
        (
            "5.15",
            "/HostConfig/RestartPolicy",
            json!({"Name": "on-failure", "MaximumRetryCount": 0}),
        ),
        ("5.15", "/HostConfig/RestartPolicy", json!({"Name": "always", "MaximumRetryCount": 0})),
        ("5.16", "/HostConfig/PidMode", json!("host")),
        ("5.17", "/HostConfig/IpcMode", json!("host")),
        (
            "5.18",
            "/HostConfig/Devices",
            json!([{"PathOnHost": "/dev/null", "PathInContainer": "/x"}]),
        ),
        ("5.19", "/HostConfig/Ulimits", json!(null)),
        ("5.21", "/HostConfig/UTSMode", json!("host")),
        ("5.22", "/HostConfig/SecurityOpt", json!(["no-new-privileges", "seccomp=unconfined"])),
        (
            "5.22",
            "/HostConfig/SecurityOpt",
            json!(["no-new-privileges", "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"]),
        ),
        ("5.25", "/HostConfig/CgroupParent", json!("/other")),
        ("5.26", "/HostConfig/SecurityOpt", json!(["no-new-privileges=false"])),
        ("5.27", "/Config/Healthcheck", json!(null)),
        ("5.29", "/HostConfig/PidsLimit", json!(-1)),
        ("5.30", "/HostConfig/NetworkMode", json!("default")),
        ("5.31", "/HostConfig/UsernsMode", json!("host")),
        ("5.32", "/Mounts", mount("/var/run/docker.sock")),
        ("5.32", "/Mounts", mount("/run")),
    ];
    let mut containers = vec![container("hardened", &[])];
    for (number, (_, pointer, value)) in cases.iter().enumerate() {
        containers.push(container(&format!("case-{number}"), &[(pointer, value.clone())]));
    }
    let report = judge(&Folder::new(&[]), &containers);
    assert_eq!(with_status(&report, "hardened", "fail"), [""; 0]);
    assert!(with_status(&report, "hardened", "pass").len() > 24);
    for (number, (item, pointer, value)) in cases.iter().enumerate() {
        let failed = with_status(&report, &format!("case-{number}"), "fail");
        assert_eq!(failed, [*item], "{pointer} {value}");
    }
}

#[test]
fn what_was_not_read_never_passes() {
    let folder = Folder::new(&[]);
    let report = judge(&folder, &[json!({"Name": "/bare"}), json!([])]);
    for name in ["bare", id(1).as_str()] {
        assert_eq!(with_status(&report, name, "pass"), [""; 0], "{name}");
        assert!(with_status(&report, name, "unknown").len() > 15, "{name}");
    }
    // The arguments of a remote daemon are not seen.
    assert_eq!(with_status(&report, "box", "pass").iter().filter(|it| *it == "2.2").count(), 0);
    folder.write("newer.json", r#"{"format": 99}"#);
    assert!(folder.run("host --from newer.json").expect(2).err.contains("format 99"));
}

#[test]
fn the_daemon_is_judged_by_file_and_arguments_together() {
    let folder = Folder::new(&[]);
    let table = [
        ("2.2", "{\"icc\": false}", "dockerd", "pass"),
        ("2.2", "{}", "--icc=false", "pass"),
        ("2.2", "{}", "", "fail"),
        ("2.3", "{}", "-D", "fail"),
        ("2.3", "{}", "-l debug", "fail"),
        ("2.7", "{}", "-H fd:// -H tcp://0.0.0.0:2375", "fail"),
        ("2.7", "{\"tlsverify\": true}", "-H tcp://0.0.0.0:2376", "pass"),
        ("2.14", "{}", "--no-new-privileges=false", "fail"),
        ("2.15", "{}", "--live-restore", "pass"),
        // The daemon would not start with these, so that nothing is known of it.
        ("2.2", "{\"icc\": false,}", "", "unknown"),
        ("2.2", "\u{feff}{\"icc\": false}", "", "unknown"),
        ("2.2", "{\"icc\": false}", "--icc=false", "unknown"),
        ("2.4", "{\"no-such-key\": 1}", "", "unknown"),
        ("2.4", "{\"iptables\": \"yes\"}", "", "unknown"),
    ];
    for (item, file, arguments, status) in table {
        folder.write("daemon.json", file);
        let mut command =
            folder.command("host --format json --exit-zero --daemon-json daemon.json");
        let output = command.args(["--dockerd-args", arguments]).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = with_status(&report, "dockerd", status);
        assert!(found.contains(&item.to_owned()), "{file} {arguments}: {found:?}");
    }
}

#[test]
fn a_finding_names_the_setting_the_line_and_no_secret() {
    let folder = Folder::new(&[(
        "compose.yaml",
        "name: shop\nservices:\n  web:\n    image: example.com/app:1\n    privileged: true\n",
    )]);
    let labels = json!({
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "web",
        "com.docker.compose.project.config_files": folder.path("compose.yaml"),
    });
    let changes = [
        ("/HostConfig/Privileged", json!(true)),
        ("/Config/Labels", labels),
        ("/Config/Env", json!(["DB_PASSWORD=hunter2-hunter2"])),
        ("/HostConfig/Memory", json!(1024)),
    ];
    let report = judge(&folder, &[container("shop-web-1", &changes)]);
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["rule"] == "privileged-service").unwrap();
    assert_eq!(found["place"]["setting"], "HostConfig.Privileged");
    assert_eq!(found["place"]["source"], "containers/shop-web-1/json");
    assert_eq!(found["place"]["start"]["line"], 5);
    assert!(findings.iter().any(|it| it["rule"] == "credential-in-service-environment"));
    assert!(!report.to_string().contains("hunter2"));
    let answer = folder.run("drift compose.yaml --from snapshot.json").expect(1);
    assert!(answer.out.contains("mem_limit") && !answer.out.contains("privileged"), "{answer:?}");
    assert!(!answer.out.contains("hunter2"));
}

#[test]
fn a_narrow_terminal_gets_short_lines_and_no_foreign_signs() {
    let folder = Folder::new(&[]);
    let evil = container("evil\u{1b}[31m", &[("/HostConfig/PidMode", json!("host"))]);
    judge(&folder, &[evil]);
    for words in ["host --from snapshot.json", "host --verbose --from snapshot.json"] {
        let output = folder.command(words).env("COLUMNS", "40").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains('\u{1b}'));
        assert!(text.contains("host-pid-service"));
    }
}
