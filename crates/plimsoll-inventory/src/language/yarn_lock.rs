//! `yarn.lock`, of yarn 1 and of its successors ("berry").
//!
//! Both are lines: a header with all requests that the entry answers, fields two blanks in, and
//! dependencies four blanks in. Only the marks between key and value differ, so one reader does.

use std::collections::HashMap;

use plimsoll_package::Dependency;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        npm_name::{archive_parts, npm_package, resolve, split_at},
        reading::{is_sound, keep, read_text},
    },
};

/// yarn's lock file.
pub(crate) const FORMAT: Format =
    Format { name: "yarn-lock", files: Files::named(&["yarn.lock"]).within(is_own), read };

/// A lock file that a package ships inside `node_modules` says nothing of this tree.
fn is_own(path: &str) -> bool {
    !is_below(path, "node_modules")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let entries = read_entries(&text);
    if entries.is_empty() && text.lines().any(|it| !it.starts_with('#') && !it.trim().is_empty()) {
        return facts.gap("holds no entry of yarn's lock format".to_owned());
    }
    let resolved: Vec<_> = entries.iter().map(name_and_version).collect();
    let mut answers = HashMap::new();
    for (entry, package) in entries.iter().zip(&resolved) {
        let Some((name, version)) = package else { continue };
        if is_sound(name, version) {
            answers.extend(entry.requests.iter().map(|it| (it.as_str(), package)));
        }
    }
    for (entry, package) in entries.iter().zip(&resolved) {
        let Some((name, version)) = package else { continue };
        let mut package = npm_package(name, version, file);
        package.dependencies =
            entry.needs.iter().map(|it| find_dependency(it.0, it.1, &answers)).collect();
        keep(package, facts);
    }
}

/// One entry of the lock.
#[derive(Default)]
struct LockEntry<'a> {
    requests: Vec<String>,
    version: &'a str,
    /// Where yarn 1 got it from.
    resolved: &'a str,
    /// What later ones took, `name@npm:1.0.0`.
    resolution: &'a str,
    needs: Vec<(&'a str, &'a str)>,
}

fn read_entries(text: &str) -> Vec<LockEntry<'_>> {
    let mut entries: Vec<LockEntry<'_>> = Vec::new();
    let mut in_needs = false;
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if indent == 0 {
            // A header too long for a simple key stands behind a question mark, its colon alone.
            if content != ":" {
                let header = content.strip_prefix("? ").unwrap_or(content);
                entries.push(LockEntry { requests: read_header(header), ..LockEntry::default() });
            }
            in_needs = false;
            continue;
        }
        let (Some(entry), Some((key, value))) = (entries.last_mut(), split_field(content)) else {
            continue;
        };
        if indent <= 2 {
            in_needs = value.is_empty() && matches!(key, "dependencies" | "optionalDependencies");
            match key {
                "version" => entry.version = value,
                "resolved" => entry.resolved = value,
                "resolution" => entry.resolution = value,
                _ => {}
            }
        } else if in_needs && indent == 4 {
            entry.needs.push((key, value));
        }
    }
    entries.retain(|it| !it.version.is_empty() && !it.requests.is_empty());
    entries
}

/// The requests of a header: `a@^1, "a@>=1 <2":` or `"a@npm:^1, a@npm:~1":`.
fn read_header(header: &str) -> Vec<String> {
    let header = header.trim_end_matches(':');
    let requests = header.split(", ").map(|it| it.trim().trim_matches('"'));
    requests.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// A field `key "value"` or `key: value`, quotes taken off.
fn split_field(content: &str) -> Option<(&str, &str)> {
    let (key, rest) = if let Some(quoted) = content.strip_prefix('"') {
        quoted.split_once('"')?
    } else {
        let end = content.find([' ', ':']).unwrap_or(content.len());
        content.split_at_checked(end)?
    };
    let value = rest.trim_start_matches(':').trim().trim_matches('"');
    Some((key, value))
}

/// The real name and version of an entry; `None` for folders of the project itself, unless the lock
/// states a version of theirs.
fn name_and_version(entry: &LockEntry<'_>) -> Option<(String, String)> {
    let owned = |it: (&str, &str)| Some((it.0.to_owned(), it.1.to_owned()));
    if !entry.resolution.is_empty() {
        let (name, source) = split_at(entry.resolution)?;
        let is_own = ["workspace:", "link:", "portal:"].iter().any(|it| source.starts_with(it));
        let name = if is_own { split_at(entry.requests.first()?)?.0 } else { name };
        let is_stated = !is_own || entry.version != "0.0.0-use.local";
        return if is_stated { owned((name, entry.version)) } else { None };
    }
    let request = entry.requests.first()?;
    let (name, range) = split_at(request)?;
    // The registry knows the real name, whatever the request calls it.
    if let Some(found) = archive_parts(entry.resolved) {
        return owned((found.0, entry.version));
    }
    let name = range.strip_prefix("npm:").and_then(split_at).map_or(name, |it| it.0);
    let is_local = ["file:", "link:"].iter().any(|it| range.starts_with(it));
    if is_local && entry.resolved.is_empty() { None } else { owned(resolve(name, entry.version)?) }
}

fn find_dependency(
    name: &str,
    range: &str,
    answers: &HashMap<&str, &Option<(String, String)>>,
) -> Dependency {
    let found = answers
        .get(format!("{name}@{range}").as_str())
        .or_else(|| answers.get(format!("{name}@npm:{range}").as_str()));
    match found {
        Some(Some((name, version))) => {
            Dependency { name: name.clone(), version: Some(version.clone()) }
        }
        _ => Dependency { name: name.to_owned(), version: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    const YARN_1: &str = r#"# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@>=1 <2":
  version "1.2.0"
  resolved "https://registry.yarnpkg.com/@s/a/-/a-1.2.0.tgz#00"
  dependencies:
    b "^2"
    c "*"

alias@npm:real@^2, b@^2:
  version "2.1.0"

fork@^3:
  version "3.0.0"
  resolved "https://registry.yarnpkg.com/@other/fork/-/fork-3.0.0.tgz#00"

"tool@https://example.com/tool.git#v4":
  version "4.0.0"
  resolved "https://example.com/tool.git#0123"

"local@file:./local":
  version "0.0.0"
"#;

    #[test]
    fn yarn_1() {
        let expected =
            ["@s/a@1.2.0 -> real@2.1.0, c", "real@2.1.0", "@other/fork@3.0.0", "tool@4.0.0"];
        check(&FORMAT, "yarn.lock", YARN_1, &expected);
    }

    const BERRY: &str = r#"__metadata:
  version: 8

"a@npm:^1, a@npm:~1.2":
  version: 1.2.0
  resolution: "a@npm:1.2.0"
  dependencies:
    "@s/b": "npm:^2"
  dependenciesMeta:
    "@s/b":
      optional: true
  checksum: 10c0/00
  languageName: node
  linkType: hard

? "@s/b@npm:^2, @s/b@npm:2"
:
  version: 2.0.0
  resolution: "@s/b@npm:2.0.0"

"a@patch:a@npm%3A1.2.0#~/p.patch":
  version: 1.2.0
  resolution: "a@patch:a@npm%3A1.2.0#~/p.patch::version=1.2.0&hash=00"

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
"#;

    #[test]
    fn berry() {
        let expected = ["a@1.2.0 -> @s/b@2.0.0", "@s/b@2.0.0", "a@1.2.0"];
        check(&FORMAT, "yarn.lock", BERRY, &expected);
    }

    #[test]
    fn aliases_and_folders_of_berry() {
        let text = "__metadata:\n  version: 8\n\n\"alias@npm:@s/real@^1\":\n  version: 1.5.0\n  \
            resolution: \"@s/real@npm:1.5.0\"\n\n\"user@npm:^1\":\n  version: 1.0.0\n  \
            resolution: \"user@npm:1.0.0\"\n  dependencies:\n    alias: \"npm:@s/real@^1\"\n\n\
            \"own@workspace:packages/own\":\n  version: 2.0.0\n  \
            resolution: \"own@workspace:packages/own\"\n\n\"b@https://x.io/b.git#commit=01\":\n  \
            version: 3.0.0\n  resolution: \"b@https://x.io/b.git#commit=01\"\n";
        let expected = ["@s/real@1.5.0", "user@1.0.0 -> @s/real@1.5.0", "own@2.0.0", "b@3.0.0"];
        check(&FORMAT, "yarn.lock", text, &expected);
    }

    #[test]
    fn what_is_no_lock_is_told() {
        check(&FORMAT, "yarn.lock", "{}\n", &["gap: holds no entry of yarn's lock format"]);
        check(&FORMAT, "yarn.lock", "# yarn lockfile v1\n\n", &[]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "yarn.lock", YARN_1.as_bytes());
        check_torn(&FORMAT, "yarn.lock", BERRY.as_bytes());
    }
}
