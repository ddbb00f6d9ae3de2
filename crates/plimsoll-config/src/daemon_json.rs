//! Docker's daemon.json: a typed view over its tree, and what the daemon itself would refuse.
//!
//! Knows which keys there are and what type each has; nothing of what is good or bad.

use std::{net::IpAddr, sync::Arc};

use plimsoll_text::{Source, Span};

use crate::{
    daemon_keys::{DAEMON_KEYS, DaemonKey, KeyStatus, ValueKind},
    json::parse_json,
    nearest::nearest,
    tree::{Entry, ErrorKind, Node, ScalarType, Tree},
    yaml::short,
};

/// No more than this many problems are kept for one file; the last one then says so.
pub const MAX_PROBLEMS: usize = 1_000;

/// A daemon.json.
#[derive(Clone, Debug)]
pub struct DaemonFile {
    /// The text as a tree.
    pub tree: Tree,
    /// What the daemon would refuse or warn about, in the order of the text.
    pub problems: Vec<DaemonProblem>,
}

/// A value of the file with the place of its key and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Where the key stands; for an item of a list where the list's key stands.
    pub key: Span,
    /// Where the value stands.
    pub span: Span,
}

/// Something that the daemon would refuse or warn about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonProblem {
    /// Where.
    pub span: Span,
    /// The key it is about, nested ones with dots before them; empty for the file as a whole.
    pub key: String,
    /// What.
    pub kind: DaemonProblemKind,
}

/// What kind of problem it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DaemonProblemKind {
    /// The text is no JSON, for this reason.
    Syntax(String),
    /// A limit was reached, so a part was not read.
    Limit(String),
    /// The file holds something else than a mapping.
    NotAMapping,
    /// The key stands twice.
    DuplicateKey,
    /// The daemon does not know the key; perhaps this one was meant.
    UnknownKey {
        /// The nearest key that is known.
        nearest: Option<&'static str>,
    },
    /// The value has not the type it must have.
    WrongType(ValueKind),
    /// The value has the right type, but the daemon cannot take it, for this reason.
    BadValue(String),
    /// The key should not be used any more.
    OldKey(KeyStatus),
}

impl DaemonFile {
    /// Reads a daemon.json. An empty file is a valid one that says nothing.
    pub fn parse(source: &Arc<Source>) -> Self {
        let tree = parse_json(source);
        let mut problems = Vec::new();
        let is_empty = source.text().trim_start_matches('\u{feff}').trim().is_empty();
        if !is_empty {
            let mut checker = Checker { problems: &mut problems };
            checker.check_tree(&tree);
        }
        problems.sort_by_key(|it| (it.span.start, it.span.end));
        Self { tree, problems }
    }

    /// The whole text.
    pub fn source(&self) -> &Arc<Source> {
        &self.tree.source
    }

    /// The mapping of the file.
    pub fn root(&self) -> Option<&Node> {
        self.tree.root().filter(|it| it.is_mapping())
    }

    /// Whether all of the text was understood, so that what is not found is not there.
    pub fn is_whole(&self) -> bool {
        self.root().is_some() && !self.tree.is_broken()
    }

    /// The entry of `key`. One whose value is `null` says nothing, as for the daemon.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.root()?.own_entry(key).filter(|it| !it.value.is_null())
    }

    /// The truth that `key` says.
    pub fn truth(&self, key: &str) -> Option<Said<bool>> {
        let entry = self.entry(key)?;
        Some(said(entry, entry.value.as_bool()?))
    }

    /// The text that `key` says.
    pub fn text(&self, key: &str) -> Option<Said<&str>> {
        let entry = self.entry(key)?;
        Some(said(entry, entry.value.as_string()?))
    }

    /// The number that `key` says.
    pub fn number(&self, key: &str) -> Option<Said<i64>> {
        let entry = self.entry(key)?;
        Some(said(entry, entry.value.as_i64()?))
    }

    /// The texts in the list of `key`.
    pub fn texts(&self, key: &str) -> Vec<Said<&str>> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let items = entry.value.items().iter();
        let said = |it| item_text(entry, it);
        items.filter_map(said).collect()
    }

    /// The entries in the mapping of `key`.
    pub fn entries(&self, key: &str) -> Vec<&Entry> {
        self.entry(key).map(|it| it.value.entries()).unwrap_or_default()
    }

    /// The text that `inner` says in the mapping of `key`.
    pub fn inner_text(&self, key: &str, inner: &str) -> Option<Said<&str>> {
        let entry = self.entry(key)?.value.own_entry(inner)?;
        Some(said(entry, entry.value.as_string()?))
    }
}

fn said<T>(entry: &Entry, value: T) -> Said<T> {
    Said { value, key: entry.key.span, span: entry.value.span }
}

fn item_text<'a>(entry: &Entry, item: &'a Node) -> Option<Said<&'a str>> {
    Some(Said { value: item.as_string()?, key: entry.key.span, span: item.span })
}

struct Checker<'a> {
    problems: &'a mut Vec<DaemonProblem>,
}

impl Checker<'_> {
    fn check_tree(&mut self, tree: &Tree) {
        for error in &tree.errors {
            let message = error.message.clone();
            let (kind, key) = match error.kind {
                ErrorKind::DuplicateKey => {
                    let key = tree.source.slice(error.span).trim_matches('"').to_owned();
                    (DaemonProblemKind::DuplicateKey, key)
                }
                ErrorKind::Limit => (DaemonProblemKind::Limit(message), String::new()),
                ErrorKind::Syntax | ErrorKind::Alias => {
                    (DaemonProblemKind::Syntax(message), String::new())
                }
            };
            self.add(error.span, &key, kind);
        }
        let Some(root) = tree.root() else { return };
        if root.is_mapping() {
            for entry in root.own_entries() {
                self.check_entry(entry);
            }
        } else if !tree.is_broken() {
            self.add(root.span, "", DaemonProblemKind::NotAMapping);
        }
    }

    fn check_entry(&mut self, entry: &Entry) {
        // Nothing more would be kept, so nothing more need be looked for.
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let name = entry.key.as_str().unwrap_or_default();
        let Some(key) = DaemonKey::named(name) else {
            let nearest = nearest(name, DAEMON_KEYS.iter().map(|it| it.name));
            let kind = DaemonProblemKind::UnknownKey { nearest };
            return self.add(entry.key.span, name, kind);
        };
        if key.status != KeyStatus::Current {
            self.add(entry.key.span, name, DaemonProblemKind::OldKey(key.status));
        }
        self.check_value(name, &entry.value, key.kind);
    }

    /// The daemon passes over `null`, whatever it expects.
    fn check_value(&mut self, path: &str, node: &Node, kind: ValueKind) {
        if node.is_null() {
            return;
        }
        match kind {
            ValueKind::Text | ValueKind::Word(_) | ValueKind::Address => {
                self.check_text(path, node, kind);
            }
            ValueKind::Size | ValueKind::Truth | ValueKind::Number | ValueKind::Count => {
                self.check_scalar(path, node, kind);
            }
            ValueKind::Texts => self.check_items(path, node, kind, ValueKind::Text),
            ValueKind::Addresses => self.check_items(path, node, kind, ValueKind::Address),
            ValueKind::Pools => self.check_items(path, node, kind, ValueKind::Mapping),
            ValueKind::TextMap | ValueKind::TextFields(_) => {
                self.check_fields(path, node, kind, ValueKind::Text);
            }
            ValueKind::TruthMap => self.check_fields(path, node, kind, ValueKind::Truth),
            ValueKind::TextMaps => self.check_fields(path, node, kind, ValueKind::TextMap),
            ValueKind::Ulimits => self.check_fields(path, node, kind, ValueKind::Mapping),
            ValueKind::Mapping => {
                if !node.is_mapping() {
                    self.add(node.span, path, DaemonProblemKind::WrongType(kind));
                }
            }
        }
        match kind {
            ValueKind::Pools => {
                for (idx, pool) in node.items().iter().enumerate() {
                    self.check_pool(&format!("{path}.{idx}"), pool);
                }
            }
            ValueKind::Ulimits => {
                for limit in node.own_entries() {
                    let name = limit.key.as_str().unwrap_or_default();
                    self.check_ulimit(&format!("{path}.{}", short(name)), &limit.value);
                }
            }
            _ => {}
        }
    }

    fn check_text(&mut self, path: &str, node: &Node, kind: ValueKind) {
        let Some(text) = node.as_string() else {
            return self.add(node.span, path, DaemonProblemKind::WrongType(kind));
        };
        let why = match kind {
            ValueKind::Word(words) if !text.is_empty() && !words.contains(&text) => {
                format!("it must be one of `{}`", words.join("`, `"))
            }
            ValueKind::Address if !text.is_empty() && text.parse::<IpAddr>().is_err() => {
                "it is no IP address".to_owned()
            }
            _ => return,
        };
        self.add(node.span, path, DaemonProblemKind::BadValue(why));
    }

    fn check_scalar(&mut self, path: &str, node: &Node, kind: ValueKind) {
        let scalar = node.scalar_type();
        let fits = match kind {
            ValueKind::Truth => scalar == Some(ScalarType::Bool),
            ValueKind::Size => matches!(scalar, Some(ScalarType::String | ScalarType::Int)),
            _ => scalar == Some(ScalarType::Int),
        };
        if !fits {
            return self.add(node.span, path, DaemonProblemKind::WrongType(kind));
        }
        if kind == ValueKind::Count && node.as_i64().is_some_and(|it| it < 0) {
            let why = "it must not be below zero".to_owned();
            self.add(node.span, path, DaemonProblemKind::BadValue(why));
        }
    }

    fn check_items(&mut self, path: &str, node: &Node, kind: ValueKind, inner: ValueKind) {
        if !node.is_sequence() {
            return self.add(node.span, path, DaemonProblemKind::WrongType(kind));
        }
        for (idx, item) in node.items().iter().enumerate() {
            self.check_value(&format!("{path}.{idx}"), item, inner);
        }
    }

    fn check_fields(&mut self, path: &str, node: &Node, kind: ValueKind, inner: ValueKind) {
        if !node.is_mapping() {
            return self.add(node.span, path, DaemonProblemKind::WrongType(kind));
        }
        for entry in node.own_entries() {
            let name = entry.key.as_str().unwrap_or_default();
            let path = format!("{path}.{}", short(name));
            if let ValueKind::TextFields(names) = kind
                && !names.contains(&name)
            {
                let nearest = nearest(name, names.iter().copied());
                self.add(entry.key.span, &path, DaemonProblemKind::UnknownKey { nearest });
            } else {
                self.check_value(&path, &entry.value, inner);
            }
        }
    }

    fn check_pool(&mut self, path: &str, pool: &Node) {
        self.check_record(path, pool, &[("base", ValueKind::Text), ("size", ValueKind::Count)]);
    }

    fn check_ulimit(&mut self, path: &str, limit: &Node) {
        let fields =
            [("Name", ValueKind::Text), ("Soft", ValueKind::Number), ("Hard", ValueKind::Number)];
        self.check_record(path, limit, &fields);
        let number = |name: &str| field(limit, name).and_then(|it| it.value.as_i64());
        if let (Some(soft), Some(hard)) = (number("Soft"), number("Hard"))
            && hard >= 0
            && (soft > hard || soft < 0)
        {
            let why = format!("the soft limit {soft} is above the hard limit {hard}");
            self.add(limit.span, path, DaemonProblemKind::BadValue(why));
        }
    }

    /// A mapping of fixed fields, whose letter case the daemon does not mind.
    fn check_record(&mut self, path: &str, node: &Node, fields: &[(&'static str, ValueKind)]) {
        for entry in node.own_entries() {
            let name = entry.key.as_str().unwrap_or_default();
            let path = format!("{path}.{}", short(name));
            if let Some((_, kind)) = fields.iter().find(|it| it.0.eq_ignore_ascii_case(name)) {
                self.check_value(&path, &entry.value, *kind);
            } else {
                let nearest = nearest(name, fields.iter().map(|it| it.0));
                self.add(entry.key.span, &path, DaemonProblemKind::UnknownKey { nearest });
            }
        }
    }

    fn add(&mut self, span: Span, key: &str, kind: DaemonProblemKind) {
        let key = short(key);
        if self.problems.len() + 1 < MAX_PROBLEMS {
            self.problems.push(DaemonProblem { span, key, kind });
        } else if self.problems.len() < MAX_PROBLEMS {
            let why = format!("there are more than {MAX_PROBLEMS} problems; the rest is not told");
            self.problems.push(DaemonProblem { span, key, kind: DaemonProblemKind::Limit(why) });
        }
    }
}

/// The entry of a record's field, whatever its letter case.
fn field<'a>(node: &'a Node, name: &str) -> Option<&'a Entry> {
    let mut entries = node.own_entries().iter().rev();
    entries.find(|it| it.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::{DaemonFile, DaemonProblemKind};

    /// Every problem as the text it points at and a word for its kind.
    fn problems(text: &str) -> Vec<(String, String)> {
        let file = DaemonFile::parse(&Source::new("daemon.json", text));
        let word = |kind: &DaemonProblemKind| match kind {
            DaemonProblemKind::Syntax(_) => "syntax".to_owned(),
            DaemonProblemKind::Limit(_) => "limit".to_owned(),
            DaemonProblemKind::NotAMapping => "no mapping".to_owned(),
            DaemonProblemKind::DuplicateKey => "twice".to_owned(),
            DaemonProblemKind::UnknownKey { nearest } => format!("unknown {nearest:?}"),
            DaemonProblemKind::WrongType(_) => "type".to_owned(),
            DaemonProblemKind::BadValue(_) => "value".to_owned(),
            DaemonProblemKind::OldKey(_) => "old".to_owned(),
        };
        let told =
            |it: &super::DaemonProblem| (file.source().slice(it.span).to_owned(), word(&it.kind));
        file.problems.iter().map(told).collect()
    }

    #[test]
    fn what_the_daemon_takes_is_no_problem() {
        for text in [
            "",
            " \n",
            "{}",
            r#"{"debug": null, "icc": false, "mtu": 1400, "hosts": ["fd://"]}"#,
            r#"{"default-shm-size": "64M"}"#,
            r#"{"default-shm-size": 67108864}"#,
            r#"{"log-opts": {"max-size": "10m", "max-file": "3"}, "features": {"cdi": true}}"#,
            r#"{"default-ulimits": {"nofile": {"name": "nofile", "soft": 1, "Hard": -1}}}"#,
            r#"{"default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]}"#,
            r#"{"default-network-opts": {"x": {"a": "b"}}, "dns": ["::1"], "ip": "127.0.0.1"}"#,
            r#"{"runtimes": {"x": {"path": "/x"}}, "builder": {"gc": {"enabled": true}}}"#,
            r#"{"proxies": {"http-proxy": "http://proxy:3128"}, "shutdown-timeout": -1}"#,
        ] {
            assert_eq!(problems(text), [], "{text}");
        }
    }

    #[test]
    fn what_the_daemon_refuses_is_told_where_it_stands() {
        let table = [
            ("[]", "[]", "no mapping"),
            (r#"{"log-opt": {}}"#, r#""log-opt""#, "unknown Some(\"log-opts\")"),
            (r#"{"zzzzzzzz": 1}"#, r#""zzzzzzzz""#, "unknown None"),
            (r#"{"debug": "true"}"#, r#""true""#, "type"),
            (r#"{"log-opts": {"max-file": 3}}"#, "3", "type"),
            (r#"{"hosts": "fd://"}"#, r#""fd://""#, "type"),
            (r#"{"mtu": 1.5}"#, "1.5", "type"),
            (r#"{"mtu": -1}"#, "-1", "value"),
            (r#"{"log-level": "loud"}"#, r#""loud""#, "value"),
            (r#"{"dns": ["resolver"]}"#, r#""resolver""#, "value"),
            (r#"{"graph": "/x"}"#, r#""graph""#, "old"),
            (r#"{"icc": false, "icc": true}"#, r#""icc""#, "twice"),
            (
                r#"{"proxies": {"http_proxy": "x"}}"#,
                r#""http_proxy""#,
                "unknown Some(\"http-proxy\")",
            ),
        ];
        for (text, at, kind) in table {
            assert_eq!(problems(text), [(at.to_owned(), kind.to_owned())], "{text}");
        }
        assert!(problems("{\"icc\": false").iter().any(|it| it.1 == "syntax"));
    }

    #[test]
    fn settings_come_with_their_places() {
        let text = r#"{"icc": true, "icc": false, "ip": 5, "log-opts": {"max-size": "1m"}}"#;
        let file = DaemonFile::parse(&Source::new("daemon.json", text));
        let icc = file.truth("icc").unwrap();
        assert!(!icc.value && file.source().slice(icc.span) == "false");
        assert_eq!(file.text("ip"), None);
        assert_eq!(file.inner_text("log-opts", "max-size").unwrap().value, "1m");
    }
}
