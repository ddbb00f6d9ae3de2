//! `bun.lock`, JSON with comments and trailing commas; its binary forerunner `bun.lockb` is told as
//! not read.

use std::collections::HashMap;

use plimsoll_package::Dependency;
use serde_json::{Map, Value};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        npm_name::{npm_package, split_at},
        reading::{MAX_BYTES, is_sound, keep, parse_json, reach},
    },
};

/// bun's lock file.
pub(crate) const FORMAT: Format =
    Format { name: "bun-lock", files: Files::named(&["bun.lock"]).within(is_own), read };

/// bun's binary lock file.
pub(crate) const BINARY_FORMAT: Format =
    Format { name: "bun-binary-lock", files: Files::named(&["bun.lockb"]), read: tell_unread };

/// No longer key is taken.
const MAX_KEY: usize = 4_096;
/// No more parents than this are climbed to find a dependency.
const MAX_CLIMB: usize = 64;

/// A lock file that a package ships inside `node_modules` says nothing of this tree.
fn is_own(path: &str) -> bool {
    !is_below(path, "node_modules")
}

fn tell_unread(_: &InputFile<'_>, facts: &mut FileFacts) {
    facts.gap("is a binary lock file, which is not read; `bun install` writes `bun.lock`".into());
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
    let Some(lock) = parse_json(&plain_json(&bytes), facts) else { return };
    let Some(packages) = lock.get("packages").and_then(Value::as_object) else { return };
    let mut entries: Vec<_> =
        packages.iter().filter_map(|(key, value)| lock_entry(key, value)).collect();
    let n_entries = entries.len();
    entries.retain(|it| it.key.len() <= MAX_KEY && is_sound(it.name, it.version));
    if entries.len() < n_entries {
        facts.gap("states a package whose key, name or version cannot be one".to_owned());
    }
    let numbers: HashMap<_, _> = entries.iter().map(|it| it.key).zip(0..).collect();
    let edges: Vec<Vec<usize>> = entries
        .iter()
        .map(|it| it.needs.iter().filter_map(|need| find(it.key, need, &numbers)).collect())
        .collect();
    let development = development_only(&lock, &numbers, &edges);
    for ((entry, edges), development) in entries.iter().zip(&edges).zip(development) {
        let mut package = npm_package(entry.name, entry.version, file);
        package.development = development;
        let needed = edges.iter().filter_map(|it| entries.get(*it));
        package.dependencies = needed
            .map(|it| Dependency { name: it.name.to_owned(), version: Some(it.version.to_owned()) })
            .collect();
        keep(package, facts);
    }
}

/// One package of the lock; its key is its path through the tree of packages.
struct LockEntry<'a> {
    key: &'a str,
    name: &'a str,
    version: &'a str,
    needs: Vec<&'a str>,
}

/// `"key": ["name@version", registry, {dependencies}, checksum]`; `None` for folders.
fn lock_entry<'a>(key: &'a str, value: &'a Value) -> Option<LockEntry<'a>> {
    let parts = value.as_array()?;
    let (name, version) = split_at(parts.first()?.as_str()?)?;
    let is_local =
        ["workspace:", "link:", "file:", "root:"].iter().any(|it| version.starts_with(it));
    if is_local {
        return None;
    }
    // What comes from Git or an archive has its commit or address in place of a version.
    let version = version.rsplit_once('#').map_or(version, |it| it.1);
    let fields = parts.iter().find_map(Value::as_object);
    let groups = ["dependencies", "optionalDependencies"];
    let needs = groups.iter().filter_map(|it| fields?.get(*it)).flat_map(keys).collect();
    Some(LockEntry { key, name, version, needs })
}

/// The package that `name` means to the one at `key`: below it, else below one of its parents.
fn find(key: &str, name: &str, numbers: &HashMap<&str, usize>) -> Option<usize> {
    let mut base = key;
    for _ in 0..MAX_CLIMB {
        if base.is_empty() {
            break;
        }
        if let Some(found) = numbers.get(format!("{base}/{name}").as_str()) {
            return Some(*found);
        }
        base = base.rsplit_once('/').map_or("", |it| it.0);
    }
    numbers.get(name).copied()
}

/// Which packages only the development dependencies of workspaces lead to.
fn development_only(
    lock: &Value,
    numbers: &HashMap<&str, usize>,
    edges: &[Vec<usize>],
) -> Vec<bool> {
    let workspaces = lock.get("workspaces").and_then(Value::as_object);
    let roots = |groups: &[&str]| -> Vec<usize> {
        let fields = workspaces.into_iter().flat_map(Map::values);
        fields
            .flat_map(|fields| groups.iter().filter_map(|it| fields.get(*it)).flat_map(keys))
            .filter_map(|it| numbers.get(it).copied())
            .collect()
    };
    let used = roots(&["dependencies", "optionalDependencies", "peerDependencies"]);
    let used = reach(edges.len(), &used, edges);
    let in_development = reach(edges.len(), &roots(&["devDependencies"]), edges);
    in_development.into_iter().zip(used).map(|it| it.0 && !it.1).collect()
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flat_map(|it| it.keys()).map(String::as_str)
}

/// `bytes` without comments and without commas before a closing bracket.
fn plain_json(bytes: &[u8]) -> Vec<u8> {
    let mut res = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    let mut in_string = false;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                res.push(byte);
                res.extend(rest.next());
                continue;
            }
            b'/' if !in_string && rest.peek() == Some(&b'/') => {
                while rest.next_if(|it| *it != b'\n').is_some() {}
                continue;
            }
            b'/' if !in_string && rest.peek() == Some(&b'*') => {
                rest.next();
                let mut last = 0;
                while let Some(next) = rest.next()
                    && (last, next) != (b'*', b'/')
                {
                    last = next;
                }
                continue;
            }
            b']' | b'}' if !in_string => drop_comma(&mut res),
            _ => {}
        }
        res.push(byte);
    }
    res
}

fn drop_comma(text: &mut Vec<u8>) {
    let end = text.trim_ascii_end().len();
    if text.get(..end).is_some_and(|it| it.ends_with(b",")) {
        text.truncate(end - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    const LOCK: &str = r#"{
  "lockfileVersion": 1, // one
  "workspaces": {"": {"name": "app", "dependencies": {"a": "^1",},
    "devDependencies": {"d": "^4"}},},
  "packages": {
    "a": ["a@1.0.0", "", {"dependencies": {"b": "*"}}, "sha512-x=="],
    "a/b": ["b@2.0.0", "", {}, "sha512-/*no*/"],
    "b": ["b@3.0.0", "", {}, ""], /* "c": 1, */
    "d": ["@s/d@4.0.0", "", {"dependencies": {"b": "*"}}, ""],
    "git": ["git@github:x/git#0123", {}, "x-git-0123"],
    "here": ["here@workspace:here"],
  },
}"#;

    #[test]
    fn packages_with_their_parents() {
        let expected = [
            "a@1.0.0 -> b@2.0.0",
            "b@2.0.0",
            "b@3.0.0 development",
            "@s/d@4.0.0 development -> b@3.0.0",
            "git@0123",
        ];
        check(&FORMAT, "bun.lock", LOCK, &expected);
    }

    #[test]
    fn the_binary_form_is_a_gap() {
        let expected =
            ["gap: is a binary lock file, which is not read; `bun install` writes `bun.lock`"];
        check(&BINARY_FORMAT, "bun.lockb", [0, 1], &expected);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "bun.lock", LOCK.as_bytes());
    }
}
