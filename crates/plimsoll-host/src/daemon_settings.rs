//! What the daemon really runs by: the arguments of dockerd, its settings file and what the engine
//! itself states, as one text in the form of daemon.json with the origin of each key.

use std::{fmt, ops::Range, path::Path};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};

use crate::{
    collected::{Collected, ProcessFacts, Reach},
    dockerd_flags::{DockerdArguments, split_words},
    known::Known,
};

/// The settings in effect.
#[derive(Clone, Debug, Default)]
pub struct DaemonSettings {
    /// An object like that of daemon.json, each key on a line of its own.
    pub text: String,
    /// Where each key of the text comes from, in its order.
    pub entries: Vec<SettingEntry>,
    /// Why the daemon would not start with them, or would read them otherwise than they look, each
    /// in one phrase.
    pub problems: Vec<String>,
    /// What is not known; then a key that is missing here may be set all the same. Each is why it
    /// is not known and what would help.
    pub unknown: Vec<(String, String)>,
    /// The settings file and its text, where there is one.
    pub file: Option<(String, String)>,
}

/// A key of the effective settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingEntry {
    /// Its name.
    pub key: String,
    /// Where it and its value stand in the text.
    pub range: Range<usize>,
    /// Where its value starts in the text.
    pub value: usize,
    /// Who says so.
    pub origin: SettingOrigin,
}

/// Who says what a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingOrigin {
    /// The settings file: where in its text the key and the value start.
    File {
        /// Where the key starts.
        key: usize,
        /// Where the value starts.
        value: usize,
    },
    /// An argument of dockerd, as written.
    Argument(String),
    /// The engine says so itself, in its answer to `/info`.
    Engine,
}

impl DaemonSettings {
    /// The settings of the daemon that `collected` is about.
    pub fn of(collected: &Collected) -> Self {
        let info = collected.answer("/info");
        let info: Value =
            info.had().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
        let mut res = Self::default();
        let arguments = match dockerd(collected, &info) {
            Known::Had(process) => {
                let words = process.arguments.get(1..).unwrap_or_default();
                Some(DockerdArguments::read(words))
            }
            Known::Absent => {
                res.unknown.push(not_running(collected));
                None
            }
            Known::Unknown { why, remedy } => {
                res.unknown.push((why, remedy));
                None
            }
        };
        let is_seen = arguments.is_some();
        let arguments = arguments.unwrap_or_default();
        let path = arguments.config_file.clone().unwrap_or_else(|| default_path(collected, &info));
        if is_seen || collected.reach == Reach::Host {
            match collected.text(&path) {
                Known::Had(text) => res.file = Some((path, (*text).to_owned())),
                Known::Absent => {}
                Known::Unknown { why, remedy } => res.unknown.push((why, remedy)),
            }
        }
        let accepts_mark = engine_major(&info).is_some_and(|it| it >= 23);
        res.build(&arguments, accepts_mark, &stated(&info, is_seen));
        res
    }

    /// The settings that a file and a line of arguments make, with no engine at hand.
    pub fn of_parts(path: &str, text: Option<&str>, arguments: &str) -> Self {
        let mut words = split_words(arguments);
        let is_program = |it: &String| it == "dockerd" || it.ends_with("/dockerd");
        if words.first().is_some_and(is_program) {
            words.remove(0);
        }
        let file = text.map(|it| (path.to_owned(), it.to_owned()));
        let mut res = Self { file, ..Self::default() };
        res.build(&DockerdArguments::read(&words), false, &[]);
        res
    }

    /// The entry that holds `offset` of the text.
    pub fn entry_at(&self, offset: usize) -> Option<&SettingEntry> {
        self.entries.iter().find(|it| it.range.contains(&offset))
    }

    /// Whether `key` is set by anyone.
    pub fn sets(&self, key: &str) -> bool {
        self.entries.iter().any(|it| it.key == key)
    }

    fn build(
        &mut self,
        arguments: &DockerdArguments,
        accepts_mark: bool,
        stated: &[(&'static str, Value)],
    ) {
        self.text.push('{');
        let file = self.file.take();
        if let Some((path, text)) = &file {
            self.read_file(path, text, accepts_mark);
        }
        self.file = file;
        for (key, value, said) in &arguments.settings {
            if self.sets(key) && *key != "runtimes" {
                let why = format!("`{key}` is set by the arguments (`{said}`) and by the file");
                self.problems.push(format!("{why}, so the daemon does not start"));
            }
            self.push(key, value, SettingOrigin::Argument(said.clone()));
        }
        for word in &arguments.unknown {
            self.problems.push(format!("the argument `{word}` is not known"));
        }
        for (key, value) in stated {
            if !self.sets(key) {
                self.push(key, value, SettingOrigin::Engine);
            }
        }
        self.text.push_str(if self.entries.is_empty() { "}\n" } else { "\n}\n" });
    }

    fn read_file(&mut self, path: &str, text: &str, accepts_mark: bool) {
        let bare = text.trim_start_matches('\u{feff}');
        let n_mark = text.len() - bare.len();
        if n_mark > 0 && !accepts_mark {
            let why = "starts with a byte order mark, which engines before 23.0 refuse";
            self.problems.push(format!("{path} {why}"));
        }
        if bare.trim().is_empty() {
            return;
        }
        let entries: FileEntries<'_> = match serde_json::from_str(bare) {
            Ok(it) => it,
            Err(error) => {
                let why =
                    format!("{path} is no JSON object, so the daemon does not start: {error}");
                return self.problems.push(why);
            }
        };
        for (key, raw) in entries.0 {
            if self.sets(&key) {
                self.problems.push(format!("`{key}` stands twice in {path}; the last one counts"));
            }
            let value = (raw.get().as_ptr() as usize).saturating_sub(bare.as_ptr() as usize);
            let before = bare.get(..value).unwrap_or_default();
            let start = before.rfind(&format!("\"{key}\"")).unwrap_or(value);
            let origin = SettingOrigin::File { key: start + n_mark, value: value + n_mark };
            self.push_text(&key, raw.get(), origin);
        }
    }

    fn push(&mut self, key: &str, value: &Value, origin: SettingOrigin) {
        match to_raw_value(value) {
            Ok(raw) => self.push_text(key, raw.get(), origin),
            Err(_) => self.problems.push(format!("`{key}` cannot be written down")),
        }
    }

    fn push_text(&mut self, key: &str, value: &str, origin: SettingOrigin) {
        self.text.push_str(if self.entries.is_empty() { "\n  " } else { ",\n  " });
        let start = self.text.len();
        self.text.push_str(&json!(key).to_string());
        self.text.push_str(": ");
        let at = self.text.len();
        self.text.push_str(value);
        let range = start..self.text.len();
        self.entries.push(SettingEntry { key: key.to_owned(), range, value: at, origin });
    }
}

/// The entries of an object in their order, twins too, each value as the text that it is.
struct FileEntries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for FileEntries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut res = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    res.push(entry);
                }
                Ok(res)
            }
        }
        deserializer.deserialize_map(Entries).map(FileEntries)
    }
}

/// The process of the daemon: of several the one with the data root that the engine states.
fn dockerd<'a>(collected: &'a Collected, info: &Value) -> Known<&'a ProcessFacts> {
    let processes = match &collected.processes {
        Known::Had(it) => it,
        Known::Absent => return Known::Absent,
        Known::Unknown { why, remedy } => return Known::unknown(why.clone(), remedy.clone()),
    };
    let is_dockerd = |it: &&ProcessFacts| {
        let program = it.arguments.first().map(String::as_str).unwrap_or_default();
        it.name == "dockerd" || Path::new(program).file_name().is_some_and(|it| it == "dockerd")
    };
    let all: Vec<&ProcessFacts> = processes.iter().filter(is_dockerd).collect();
    let root = info.get("DockerRootDir").and_then(Value::as_str).unwrap_or_default();
    let root_of = |it: &ProcessFacts| {
        let words = it.arguments.get(1..).unwrap_or_default();
        DockerdArguments::read(words)
            .value("data-root")
            .and_then(|it| Some(it.as_str()?.to_owned()))
    };
    // A daemon that remaps users keeps its data in a folder below the root.
    let is_root = |it: &str| {
        let rest = root.strip_prefix(it.trim_end_matches('/'));
        rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
    };
    let named = all.iter().find(|it| root_of(it).is_some_and(|it| is_root(&it)));
    let unnamed = || all.iter().find(|it| root_of(it).is_none());
    let only = || all.first().filter(|_| all.len() == 1);
    match named.or_else(unnamed).or_else(only) {
        Some(it) => Known::Had(it),
        None => Known::Absent,
    }
}

fn not_running(collected: &Collected) -> (String, String) {
    let why = match collected.reach {
        Reach::Engine => "the arguments of a remote daemon cannot be seen",
        Reach::Host | Reach::Settings => "no process of dockerd was seen",
    };
    let remedy = "run plimsoll as root on the host itself, outside of any container";
    (why.to_owned(), remedy.to_owned())
}

/// The settings file where no argument names one: a rootless daemon has its own.
fn default_path(collected: &Collected, info: &Value) -> String {
    let is_own = |it: &&String| it.ends_with("/.config/docker/daemon.json");
    let own = collected.files.keys().find(is_own).filter(|_| is_rootless(info));
    own.cloned().unwrap_or_else(|| "/etc/docker/daemon.json".to_owned())
}

fn security_options(info: &Value) -> impl Iterator<Item = &str> {
    let list = info.get("SecurityOptions").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

fn has_option(info: &Value, name: &str) -> bool {
    security_options(info).any(|it| it.split(',').any(|it| it.strip_prefix("name=") == Some(name)))
}

fn is_rootless(info: &Value) -> bool {
    has_option(info, "rootless")
}

fn engine_major(info: &Value) -> Option<u32> {
    info.get("ServerVersion")?.as_str()?.split('.').next()?.parse().ok()
}

/// What the engine states of its settings. Where its arguments and its file were read, only that
/// counts which it chooses itself when nobody says anything.
fn stated(info: &Value, is_seen: bool) -> Vec<(&'static str, Value)> {
    let mut res = Vec::new();
    if let Some(driver) = info.get("Driver").filter(|it| it.is_string()) {
        res.push(("storage-driver", driver.clone()));
    }
    if is_rootless(info) {
        res.push(("rootless", json!(true)));
    }
    if is_seen {
        return res;
    }
    let fields = [
        ("live-restore", "LiveRestoreEnabled"),
        ("log-driver", "LoggingDriver"),
        ("experimental", "ExperimentalBuild"),
        ("debug", "Debug"),
        ("default-runtime", "DefaultRuntime"),
    ];
    for (key, field) in fields {
        if let Some(value) = info.get(field).filter(|it| !it.is_null()) {
            res.push((key, value.clone()));
        }
    }
    if has_option(info, "userns") {
        res.push(("userns-remap", json!("default")));
    }
    if has_option(info, "no-new-privileges") {
        res.push(("no-new-privileges", json!(true)));
    }
    let profile = security_options(info).find_map(|it| it.strip_prefix("name=seccomp,profile="));
    if let Some(profile) = profile {
        res.push(("seccomp-profile", json!(profile)));
    }
    if let Some(plugins) = info.pointer("/Plugins/Authorization").filter(|it| it.is_array()) {
        res.push(("authorization-plugins", plugins.clone()));
    }
    if let Some(insecure) = insecure_registries(info) {
        res.push(("insecure-registries", insecure));
    }
    res
}

/// The registries that are taken without TLS, but for those of this machine.
fn insecure_registries(info: &Value) -> Option<Value> {
    let registries = info.get("RegistryConfig")?;
    let networks = registries.get("InsecureRegistryCIDRs")?.as_array()?;
    let is_own = |it: &&Value| matches!(it.as_str(), Some("127.0.0.0/8" | "::1/128"));
    let mut res: Vec<Value> = networks.iter().filter(|it| !is_own(it)).cloned().collect();
    for (name, config) in registries.get("IndexConfigs").and_then(Value::as_object)? {
        if config.get("Secure") == Some(&Value::Bool(false)) {
            res.push(json!(name));
        }
    }
    Some(Value::Array(res))
}

#[cfg(test)]
mod tests {
    use super::{DaemonSettings, SettingOrigin};

    #[test]
    fn file_and_arguments_become_one_text_that_knows_its_origins() {
        let file = "{\n \"icc\": false,\n \"log-opts\": {\"max-size\": \"1m\"}\n}";
        let found = DaemonSettings::of_parts("/d.json", Some(file), "dockerd -D -H fd://");
        assert_eq!(
            found.text,
            "{\n  \"icc\": false,\n  \"log-opts\": {\"max-size\": \"1m\"},\n  \"debug\": true,\n  \
             \"hosts\": [\"fd://\"]\n}\n"
        );
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let icc = &found.entries[0];
        assert_eq!(icc.origin, SettingOrigin::File { key: 3, value: 10 });
        assert_eq!(&found.text[icc.value..icc.range.end], "false");
        assert_eq!(found.entries[3].origin, SettingOrigin::Argument("-H fd://".to_owned()));
        assert_eq!(found.entry_at(icc.value), Some(icc));
    }

    #[test]
    fn what_keeps_the_daemon_from_starting_is_told() {
        for (file, arguments, words) in [
            ("{\"icc\": false,}", "", "no JSON object"),
            ("[]", "", "no JSON object"),
            ("\u{feff}{\"icc\": false}", "", "byte order mark"),
            ("{\"icc\": true, \"icc\": false}", "", "stands twice"),
            ("{\"icc\": false}", "--icc=false", "by the arguments"),
            ("{}", "--no-such-thing", "not known"),
        ] {
            let found = DaemonSettings::of_parts("/d.json", Some(file), arguments);
            assert!(found.problems.iter().any(|it| it.contains(words)), "{file} {arguments}");
        }
        for file in ["", " \n", "{}"] {
            let found = DaemonSettings::of_parts("/d.json", Some(file), "dockerd");
            assert!(found.problems.is_empty() && found.text == "{}\n", "{file:?}");
        }
    }
}
