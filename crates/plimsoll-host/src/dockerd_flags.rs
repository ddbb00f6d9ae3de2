//! The arguments of dockerd as settings (dockerd reference, Docker Engine 20.10 to 29).

use serde_json::{Map, Value, json};

/// What an argument list says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DockerdArguments {
    /// Settings by the key that daemon.json has for them, each with the argument that says so.
    pub settings: Vec<(&'static str, Value, String)>,
    /// The path that `--config-file` names.
    pub config_file: Option<String>,
    /// Arguments that are not known, or lack their value.
    pub unknown: Vec<String>,
}

impl DockerdArguments {
    /// Reads `words`, the program's name left out. Lists add up, of anything else the last counts.
    pub fn read<S: AsRef<str>>(words: &[S]) -> Self {
        let mut res = Self::default();
        let mut rest = words.iter().map(AsRef::as_ref).take(MAX_WORDS);
        while let Some(word) = rest.next() {
            if word == "--" {
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                res.take(word, name, value, &mut rest);
            } else if let Some(short) = word.strip_prefix('-').filter(|it| !it.is_empty()) {
                res.take_short(word, short, &mut rest);
            } else {
                res.unknown.push(word.to_owned());
            }
        }
        if words.len() > MAX_WORDS {
            res.unknown.push(format!("what follows the first {MAX_WORDS} words"));
        }
        res
    }

    /// What `key` is set to.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.settings.iter().rev().find(|it| it.0 == key).map(|it| &it.1)
    }

    /// `D`, `Dl=debug`, `ldebug`: letters of truths, then at most one with a value.
    fn take_short<'a>(
        &mut self,
        word: &str,
        letters: &'a str,
        rest: &mut impl Iterator<Item = &'a str>,
    ) {
        let mut left = letters;
        while let Some(letter) = left.chars().next() {
            left = left.get(letter.len_utf8()..).unwrap_or_default();
            let Some((_, name)) = SHORT.iter().find(|it| it.0 == letter) else {
                return self.unknown.push(word.to_owned());
            };
            let is_truth = FLAGS.iter().any(|it| it.name == *name && it.kind == Kind::Truth);
            if let Some(value) = left.strip_prefix('=') {
                return self.take(word, name, Some(value), rest);
            }
            if !is_truth {
                let value = Some(left).filter(|it| !it.is_empty());
                return self.take(word, name, value, rest);
            }
            self.take(word, name, None, rest);
        }
    }

    fn take<'a>(
        &mut self,
        word: &str,
        name: &str,
        value: Option<&str>,
        rest: &mut impl Iterator<Item = &'a str>,
    ) {
        if IGNORED.contains(&name) {
            return;
        }
        let flag = FLAGS.iter().find(|it| it.name == name);
        if let Some(Flag { kind: Kind::Truth, key, .. }) = flag {
            match value.map_or(Some(true), parse_truth) {
                Some(truth) => self.set(key, json!(truth), word),
                None => self.unknown.push(word.to_owned()),
            }
            return;
        }
        let is_apart = value.is_none();
        let Some(value) = value.or_else(|| flag.and_then(|_| rest.next())) else {
            return self.unknown.push(word.to_owned());
        };
        let said = if is_apart { format!("{word} {value}") } else { word.to_owned() };
        match flag {
            Some(Flag { kind, key, .. }) => self.set_as(*kind, key, value, &said),
            None => self.unknown.push(said),
        }
    }

    fn set_as(&mut self, kind: Kind, key: &'static str, value: &str, said: &str) {
        match kind {
            Kind::Truth | Kind::Text => self.set(key, json!(value), said),
            Kind::ConfigFile => self.config_file = Some(value.to_owned()),
            Kind::Number => match value.parse::<i64>() {
                Ok(number) => self.set(key, json!(number), said),
                Err(_) => self.unknown.push(said.to_owned()),
            },
            Kind::Texts => {
                let parts = value.split(',').filter(|it| !it.is_empty());
                // An address of the engine may hold a comma; all other lists may be given as one.
                let new: Vec<Value> = match key {
                    "hosts" | "storage-opts" | "exec-opts" | "labels" => vec![json!(value)],
                    _ => parts.map(|it| json!(it)).collect(),
                };
                match self.entry(key, || Value::Array(Vec::new()), said) {
                    Value::Array(list) => list.extend(new),
                    other => *other = Value::Array(new),
                }
            }
            Kind::Pairs => {
                let (name, value) = value.split_once('=').unwrap_or((value, ""));
                let entry = self.entry(key, || Value::Object(Map::new()), said);
                let value = if key == "features" { json!(value == "true") } else { json!(value) };
                if let Value::Object(map) = entry {
                    map.insert(name.to_owned(), value);
                }
            }
            Kind::Ulimit => {
                let Some((name, limits)) = value.split_once('=') else {
                    return self.unknown.push(said.to_owned());
                };
                let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
                let (Ok(soft), Ok(hard)) = (soft.parse::<i64>(), hard.parse::<i64>()) else {
                    return self.unknown.push(said.to_owned());
                };
                let limit = json!({"Name": name, "Soft": soft, "Hard": hard});
                let entry = self.entry(key, || Value::Object(Map::new()), said);
                if let Value::Object(map) = entry {
                    map.insert(name.to_owned(), limit);
                }
            }
        }
    }

    fn set(&mut self, key: &'static str, value: Value, said: &str) {
        *self.entry(key, || Value::Null, said) = value;
    }

    /// The setting `key`, which is made if it is not there; `said` goes with it.
    fn entry(
        &mut self,
        key: &'static str,
        empty: impl FnOnce() -> Value,
        said: &str,
    ) -> &mut Value {
        let at = self.settings.iter().position(|it| it.0 == key).unwrap_or_else(|| {
            self.settings.push((key, empty(), String::new()));
            self.settings.len() - 1
        });
        let entry = &mut self.settings[at];
        if !entry.2.is_empty() {
            entry.2.push(' ');
        }
        entry.2.push_str(said);
        &mut entry.1
    }
}

/// Splits a command line into words as a shell or systemd would: blanks part them, quotes of both
/// kinds and backslashes hold them together. Variables are not filled in.
pub fn split_words(text: &str) -> Vec<String> {
    let mut res = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, _) if letter.is_whitespace() => res.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    res.extend(word);
    res
}

/// A truth as Go's flag package reads it.
fn parse_truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// No daemon is started with more words.
const MAX_WORDS: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Truth,
    Text,
    Number,
    Texts,
    Pairs,
    Ulimit,
    ConfigFile,
}

struct Flag {
    name: &'static str,
    key: &'static str,
    kind: Kind,
}

const fn same(name: &'static str, kind: Kind) -> Flag {
    Flag { name, key: name, kind }
}

const fn flag(name: &'static str, key: &'static str, kind: Kind) -> Flag {
    Flag { name, key, kind }
}

static SHORT: &[(char, &str)] = &[
    ('D', "debug"),
    ('H', "host"),
    ('l', "log-level"),
    ('g', "graph"),
    ('G', "group"),
    ('s', "storage-driver"),
    ('p', "pidfile"),
    ('b', "bridge"),
    ('v', "version"),
    ('h', "help"),
];

/// What says nothing of how containers are run.
static IGNORED: &[&str] = &["version", "help", "validate"];

static FLAGS: &[Flag] = &[
    flag("config-file", "", Kind::ConfigFile),
    same("debug", Kind::Truth),
    same("icc", Kind::Truth),
    same("iptables", Kind::Truth),
    same("ip6tables", Kind::Truth),
    same("ip-forward", Kind::Truth),
    same("ip-forward-no-drop", Kind::Truth),
    same("ip-masq", Kind::Truth),
    same("ipv6", Kind::Truth),
    same("allow-direct-routing", Kind::Truth),
    same("live-restore", Kind::Truth),
    same("no-new-privileges", Kind::Truth),
    same("experimental", Kind::Truth),
    same("selinux-enabled", Kind::Truth),
    same("raw-logs", Kind::Truth),
    same("tls", Kind::Truth),
    same("tlsverify", Kind::Truth),
    same("userland-proxy", Kind::Truth),
    same("init", Kind::Truth),
    same("rootless", Kind::Truth),
    same("bridge-accept-fwmark", Kind::Text),
    same("log-level", Kind::Text),
    same("log-format", Kind::Text),
    same("log-driver", Kind::Text),
    same("data-root", Kind::Text),
    flag("graph", "data-root", Kind::Text),
    same("exec-root", Kind::Text),
    same("pidfile", Kind::Text),
    same("storage-driver", Kind::Text),
    same("userns-remap", Kind::Text),
    same("cgroup-parent", Kind::Text),
    same("default-runtime", Kind::Text),
    same("seccomp-profile", Kind::Text),
    same("bip", Kind::Text),
    same("bip6", Kind::Text),
    same("bridge", Kind::Text),
    same("fixed-cidr", Kind::Text),
    same("fixed-cidr-v6", Kind::Text),
    same("ip", Kind::Text),
    same("group", Kind::Text),
    same("containerd", Kind::Text),
    same("containerd-namespace", Kind::Text),
    same("containerd-plugins-namespace", Kind::Text),
    same("default-cgroupns-mode", Kind::Text),
    same("default-ipc-mode", Kind::Text),
    same("default-shm-size", Kind::Text),
    same("default-gateway", Kind::Text),
    same("default-gateway-v6", Kind::Text),
    same("firewall-backend", Kind::Text),
    same("host-gateway-ip", Kind::Text),
    same("http-proxy", Kind::Text),
    same("https-proxy", Kind::Text),
    same("no-proxy", Kind::Text),
    same("init-path", Kind::Text),
    same("metrics-addr", Kind::Text),
    same("swarm-default-advertise-addr", Kind::Text),
    same("tlscacert", Kind::Text),
    same("tlscert", Kind::Text),
    same("tlskey", Kind::Text),
    same("userland-proxy-path", Kind::Text),
    same("cpu-rt-period", Kind::Number),
    same("cpu-rt-runtime", Kind::Number),
    same("max-concurrent-downloads", Kind::Number),
    same("max-concurrent-uploads", Kind::Number),
    same("max-download-attempts", Kind::Number),
    same("mtu", Kind::Number),
    same("network-control-plane-mtu", Kind::Number),
    same("network-diagnostic-port", Kind::Number),
    same("oom-score-adjust", Kind::Number),
    same("shutdown-timeout", Kind::Number),
    same("swarm-raft-heartbeat-tick", Kind::Number),
    same("swarm-raft-election-tick", Kind::Number),
    flag("host", "hosts", Kind::Texts),
    flag("insecure-registry", "insecure-registries", Kind::Texts),
    flag("registry-mirror", "registry-mirrors", Kind::Texts),
    flag("storage-opt", "storage-opts", Kind::Texts),
    flag("label", "labels", Kind::Texts),
    flag("authorization-plugin", "authorization-plugins", Kind::Texts),
    flag("exec-opt", "exec-opts", Kind::Texts),
    flag("node-generic-resource", "node-generic-resources", Kind::Texts),
    flag("cdi-spec-dir", "cdi-spec-dirs", Kind::Texts),
    same("dns", Kind::Texts),
    flag("dns-opt", "dns-opts", Kind::Texts),
    same("dns-search", Kind::Texts),
    same("allow-nondistributable-artifacts", Kind::Texts),
    flag("log-opt", "log-opts", Kind::Pairs),
    flag("feature", "features", Kind::Pairs),
    flag("default-ulimit", "default-ulimits", Kind::Ulimit),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{DockerdArguments, split_words};

    fn read(line: &str) -> DockerdArguments {
        DockerdArguments::read(&split_words(line))
    }

    #[test]
    fn every_spelling_says_the_same() {
        for (line, key, value) in [
            ("-D", "debug", json!(true)),
            ("--debug=false", "debug", json!(false)),
            ("-l debug", "log-level", json!("debug")),
            ("-l=debug", "log-level", json!("debug")),
            ("-ldebug", "log-level", json!("debug")),
            ("-Dl debug", "log-level", json!("debug")),
            ("--log-level debug", "log-level", json!("debug")),
            ("--log-level=debug", "log-level", json!("debug")),
            ("--icc=false", "icc", json!(false)),
            ("--tlsverify", "tlsverify", json!(true)),
            ("-H fd:// -H tcp://[::]:2375", "hosts", json!(["fd://", "tcp://[::]:2375"])),
            ("--host=unix:///x", "hosts", json!(["unix:///x"])),
            ("--storage-opt dm.basesize=2G", "storage-opts", json!(["dm.basesize=2G"])),
            (
                "--log-opt max-size=1m --log-opt a=b",
                "log-opts",
                json!({"max-size": "1m", "a": "b"}),
            ),
            (
                "--default-ulimit nofile=1:2",
                "default-ulimits",
                json!({"nofile": {"Name": "nofile", "Soft": 1, "Hard": 2}}),
            ),
            ("--insecure-registry a:5000,b", "insecure-registries", json!(["a:5000", "b"])),
            ("'--cgroup-parent=/a b'", "cgroup-parent", json!("/a b")),
            ("--mtu 1400", "mtu", json!(1400)),
            ("-g /data", "data-root", json!("/data")),
        ] {
            let found = read(line);
            assert_eq!(found.value(key), Some(&value), "{line}");
            assert!(found.unknown.is_empty(), "{line}: {:?}", found.unknown);
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        assert_eq!(read("--frobnicate=1 -Z --icc=perhaps serve").unknown.len(), 4);
        assert_eq!(read("--log-level").unknown, ["--log-level"]);
        assert_eq!(read("--config-file /x.json").config_file.as_deref(), Some("/x.json"));
        assert_eq!(read("-D -- -H x").settings.len(), 1);
    }
}
