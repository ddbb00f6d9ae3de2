//! The Docker daemon's settings, with the edits that rules make of them.

use std::{iter, sync::Arc};

use plimsoll_config::{
    daemon_json::DaemonFile,
    edit::{CommentAbove, Insert, Value, delete_entry, set_key},
    json::parse_json,
    tree::Node,
};
use plimsoll_finding::{Subject, SubjectKind};
use plimsoll_text::{Edit, Source, Span, apply_edits};

use crate::rule::Judged;

/// The Docker daemon's settings.
#[derive(Debug)]
pub struct DaemonSubject {
    /// The file.
    pub file: DaemonFile,
}

impl DaemonSubject {
    /// Reads a daemon.json.
    pub fn parse(source: &Arc<Source>) -> Self {
        Self { file: DaemonFile::parse(source) }
    }

    /// Where to point when something is missing: the brace that opens the file. `None` where the
    /// file was not understood whole, so that nothing can be called missing.
    pub fn opening(&self) -> Option<Span> {
        let root = self.file.root().filter(|_| self.file.is_whole())?;
        Some(Span::new(root.span.start, root.span.start + 1))
    }

    /// Where to point when `key` is not the truth `wanted`: its value, or if it is missing the
    /// opening brace. A value of a wrong type is another fault.
    pub fn lacks(&self, key: &str, wanted: bool) -> Option<Span> {
        match self.file.entry(key) {
            Some(_) => self.file.truth(key).filter(|it| it.value != wanted).map(|it| it.span),
            None => self.opening(),
        }
    }

    /// Whether `key` is said to be `wanted`, and where.
    pub fn says(&self, key: &str, wanted: bool) -> Option<Span> {
        self.file.truth(key).filter(|it| it.value == wanted).map(|it| it.span)
    }

    /// Whether the file is for a daemon on Windows, which lacks what Linux gives.
    pub fn is_windows(&self) -> bool {
        let has_drive = |it: &str| it.get(1..3).is_some_and(|it| it == ":\\" || it == ":/");
        self.file.texts("hosts").iter().any(|it| it.value.starts_with("npipe:"))
            || ["data-root", "exec-root", "pidfile"]
                .iter()
                .any(|key| self.file.text(key).is_some_and(|it| has_drive(it.value)))
    }

    /// Whether the file says that the daemon takes part in a swarm.
    pub fn is_in_swarm(&self) -> Option<Span> {
        let keys = ["swarm-default-advertise-addr", "node-generic-resources"];
        let raft = ["swarm-raft-heartbeat-tick", "swarm-raft-election-tick"];
        let entry = keys.iter().chain(&raft).find_map(|it| self.file.entry(it))?;
        Some(entry.key.span)
    }

    /// Where container logs go, and where that is said; the engine's default if it is not.
    pub fn log_driver(&self) -> Option<(&str, Option<Span>)> {
        match self.file.entry("log-driver") {
            None => Some((DEFAULT_LOG_DRIVER, None)),
            Some(_) => match self.file.text("log-driver")? {
                it if it.value.is_empty() => Some((DEFAULT_LOG_DRIVER, Some(it.span))),
                it => Some((it.value, Some(it.span))),
            },
        }
    }

    /// The edits that set `key` to `value`; none where that cannot be done.
    pub fn set(&self, key: &str, value: &Value) -> Vec<Edit> {
        let Some(root) = self.file.root() else { return Vec::new() };
        self.set_in(root, key, value)
    }

    /// The edits that set `key` to `value` in `mapping`; none where that cannot be done.
    pub fn set_in(&self, mapping: &Node, key: &str, value: &Value) -> Vec<Edit> {
        set_key(&self.file.tree, mapping, key, value, Insert::default()).unwrap_or_default()
    }

    /// The edit that sets all of `settings` at once; none where that cannot be done.
    pub fn set_all(&self, settings: &[(&str, Value)]) -> Vec<Edit> {
        let old = self.file.source();
        let mut source = Arc::clone(old);
        for (key, value) in settings {
            let tree = parse_json(&source);
            let Some(root) = tree.root() else { return Vec::new() };
            let edits = set_key(&tree, root, key, value, Insert::default());
            let Ok(text) = apply_edits(source.text(), &edits.unwrap_or_default()) else {
                return Vec::new();
            };
            source = Source::new(old.name(), text);
        }
        difference(old.text(), source.text())
    }

    /// The edits that take `key` away; none where that cannot be done.
    pub fn remove(&self, key: &str) -> Vec<Edit> {
        let Some(root) = self.file.root() else { return Vec::new() };
        delete_entry(&self.file.tree, root, key, CommentAbove::Keep).unwrap_or_default()
    }

    /// The edits that keep only those texts in the list of `key` that are `wanted`.
    pub fn keep(&self, key: &str, wanted: impl Fn(&str) -> bool) -> Vec<Edit> {
        let Some(entry) = self.file.entry(key) else { return Vec::new() };
        let texts = self.file.texts(key);
        if texts.len() != entry.value.items().len() {
            return Vec::new();
        }
        let left: Vec<Value> =
            texts.iter().filter(|it| wanted(it.value)).map(|it| Value::text(it.value)).collect();
        if left.is_empty() { self.remove(key) } else { self.set(key, &Value::FlowSeq(left)) }
    }
}

/// What the engine takes when nothing is said.
const DEFAULT_LOG_DRIVER: &str = "json-file";

/// The one edit that makes `new` of `old`, without what they share at both ends.
fn difference(old: &str, new: &str) -> Vec<Edit> {
    let same = |it: &(char, char)| it.0 == it.1;
    let head: usize = old.chars().zip(new.chars()).take_while(same).map(|it| it.0.len_utf8()).sum();
    let (Some(old_rest), Some(new_rest)) = (old.get(head..), new.get(head..)) else {
        return Vec::new();
    };
    let pairs = old_rest.chars().rev().zip(new_rest.chars().rev());
    let tail: usize = pairs.take_while(same).map(|it| it.0.len_utf8()).sum();
    let middle = new_rest.get(..new_rest.len() - tail).unwrap_or_default();
    let span = Span::new(head, old.len() - tail);
    if span.is_empty() && middle.is_empty() {
        return Vec::new();
    }
    vec![Edit::replace(span, middle)]
}

impl Subject for DaemonSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        self.file.source()
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for DaemonSubject {
    const KIND: SubjectKind = SubjectKind::Daemon;
}

#[cfg(test)]
mod tests {
    use plimsoll_config::edit::Value;
    use plimsoll_text::{Source, apply_edits};

    use super::DaemonSubject;

    #[test]
    fn several_settings_go_in_at_once() {
        let settings = [("icc", Value::truth(false)), ("init", Value::truth(true))];
        for (text, want) in [
            ("{}\n", "{\n  \"icc\": false,\n  \"init\": true\n}\n"),
            (
                "{\n  \"icc\": true,\n  \"mtu\": 1\n}\n",
                "{\n  \"icc\": false,\n  \"mtu\": 1,\n  \"init\": true\n}\n",
            ),
        ] {
            let subject = DaemonSubject::parse(&Source::new("daemon.json", text));
            let edits = subject.set_all(&settings);
            assert_eq!(apply_edits(text, &edits).unwrap(), want);
        }
    }
}
