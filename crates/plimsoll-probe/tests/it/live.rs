//! A real engine: that looking at it changes nothing. Needs root and Debian's `docker.io`, which
//! the script in `bench/host` starts, and runs with `RUN_SLOW=1`; where `CI=true`, it must run.

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use plimsoll_docker::{Endpoint, Engine, Limits};
use plimsoll_host::{Collected, Known, Reach};
use plimsoll_probe::{Request, collect};
use serde_json::Value;

/// An engine of the test's own, stopped and removed with it.
struct OwnEngine {
    folder: PathBuf,
}

impl OwnEngine {
    fn start() -> Self {
        let folder = env::temp_dir().join(format!("plimsoll-live-{}", std::process::id()));
        let res = Self { folder };
        let output = script("start", &res.folder);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        res
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("docker.sock")
    }

    /// Asks it to do something, as a test must and the program cannot.
    fn post(&self, path: &str, body: &str) {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--fail", "--max-time", "60", "-X", "POST", "--unix-socket"]);
        curl.arg(self.socket()).args(["-H", "Content-Type: application/json", "-d", body]);
        let status = curl.arg(format!("http://docker{path}")).stdout(Stdio::null()).status();
        assert!(status.unwrap().success(), "{path}");
    }

    /// All that it knows and that could be changed.
    fn state(&self) -> BTreeMap<String, Value> {
        let engine = Engine::connect(Endpoint::Unix(self.socket()), Limits::default()).unwrap();
        let mut res = BTreeMap::new();
        let mut keep = |path: String| {
            let value = engine.get(&path).unwrap();
            res.insert(path, value.clone());
            value
        };
        let ids = |list: &Value, key: &str| -> Vec<String> {
            let items = list.as_array().into_iter().flatten();
            items.filter_map(|it| Some(it.get(key)?.as_str()?.to_owned())).collect()
        };
        for id in ids(&keep("/containers/json?all=1".to_owned()), "Id") {
            keep(format!("/containers/{id}/json"));
        }
        for id in ids(&keep("/networks".to_owned()), "Id") {
            keep(format!("/networks/{id}"));
        }
        keep("/images/json?all=1".to_owned());
        keep("/volumes".to_owned());
        for list in res.values_mut().filter_map(Value::as_array_mut) {
            // The engine gives a list in any order.
            list.sort_by_key(|it| it["Id"].to_string());
            // The words that tell how long ago something was change by themselves.
            for item in list.iter_mut().filter(|it| it.get("Status").is_some()) {
                item["Status"] = Value::Null;
            }
        }
        res
    }

    /// What happened at it between two moments.
    fn events(&self, since: Duration, until: Duration) -> String {
        let engine = Engine::connect(Endpoint::Unix(self.socket()), Limits::default()).unwrap();
        let moment = |it: Duration| format!("{}.{:09}", it.as_secs(), it.subsec_nanos());
        let path = format!("/events?since={}&until={}", moment(since), moment(until));
        std::io::read_to_string(engine.stream(&path).unwrap()).unwrap()
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        script("stop", &self.folder);
    }
}

/// Programs are larger, and told by their size and times.
const MAX_CONTENT: u64 = 4 << 20;

fn script(verb: &str, folder: &Path) -> std::process::Output {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/host/engine");
    Command::new(path).arg(verb).arg(folder).stdin(Stdio::null()).output().unwrap()
}

/// Owner, mode, size, time of change and content of each file that was looked at.
fn files(collected: &Collected) -> BTreeMap<String, String> {
    // The kernel's own files, and those of whatever else starts and stops meanwhile, are not kept.
    let passing = ["/proc/", "/sys/", "/run/", "/var/run/", "/var/log/"];
    let is_steady = |path: &&String| !passing.iter().any(|it| path.starts_with(it));
    let paths = collected.files.keys().filter(is_steady);
    paths
        .map(|path| {
            let facts = fs::symlink_metadata(path).map(|it| {
                let owner = (it.uid(), it.gid(), it.mode(), it.size(), it.mtime_nsec(), it.ctime());
                let mut hasher = DefaultHasher::new();
                let is_read = it.is_file() && it.size() < MAX_CONTENT;
                let bytes = if is_read { fs::read(path).ok() } else { None };
                bytes.hash(&mut hasher);
                let content = hasher.finish();
                let names = fs::read_dir(path).map(|it| {
                    let mut names: Vec<_> = it.flatten().map(|it| it.file_name()).collect();
                    names.sort();
                    names
                });
                format!("{owner:?} {content} {:?}", names.ok())
            });
            (path.clone(), facts.unwrap_or_default())
        })
        .collect()
}

/// The names of what is not the same in both.
fn changed<'a, T: PartialEq>(
    before: &'a BTreeMap<String, T>,
    after: &'a BTreeMap<String, T>,
) -> Vec<&'a str> {
    let names = before.keys().chain(after.keys());
    names.filter(|it| before.get(*it) != after.get(*it)).map(String::as_str).collect()
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

#[test]
fn looking_at_a_real_engine_changes_nothing() {
    let is_asked = |name: &str| env::var(name).is_ok_and(|it| !it.is_empty() && it != "0");
    if !is_asked("RUN_SLOW") && !is_asked("CI") {
        return;
    }
    let engine = OwnEngine::start();
    let settings = r#"{"Image": "plimsoll-test", "Cmd": ["sleep", "600"], "Env": ["A=b"]}"#;
    for name in ["created", "running"] {
        engine.post(&format!("/containers/create?name={name}"), settings);
    }
    engine.post("/containers/running/start", "{}");
    engine.post("/volumes/create", r#"{"Name": "kept"}"#);

    let request = Request::new(Endpoint::Unix(engine.socket()), 0, |_, value| value.to_owned());
    // Which files are looked at is known after the first time.
    let known = collect(&request, &mut |_| ());
    let (state_before, files_before, since) = (engine.state(), files(&known), now());
    let collected = collect(&request, &mut |_| ());
    let (state_after, files_after) = (engine.state(), files(&known));
    assert_eq!(changed(&state_before, &state_after), Vec::<&str>::new());
    assert_eq!(changed(&files_before, &files_after), Vec::<&str>::new());
    assert_eq!(engine.events(since, now()), "", "something happened while it was looked at");

    assert_eq!(collected.reach, Reach::Host);
    let containers = collected.answers.iter().filter(|it| it.0.starts_with("/containers/"));
    assert_eq!(containers.filter(|it| matches!(it.1, Known::Had(_))).count(), 3);
    let processes = collected.processes.had().unwrap();
    let sleeps = processes.iter().find(|it| it.arguments == ["sleep", "600"]).unwrap();
    assert!(sleeps.container().is_some() && sleeps.seccomp == Some(2));
    assert!(sleeps.namespaces.had().unwrap().contains_key("pid"));
    assert!(processes.iter().any(|it| it.name == "dockerd" && it.container().is_none()));
    let socket = engine.socket().display().to_string();
    assert!(collected.file(&socket).had().is_some(), "the socket that dockerd's arguments name");
}
