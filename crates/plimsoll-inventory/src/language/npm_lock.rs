//! `package-lock.json` of all three versions, `npm-shrinkwrap.json`, and the copy that npm keeps in
//! `node_modules`.

use std::collections::BTreeMap;

use plimsoll_package::Dependency;
use serde_json::{Map, Value};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, is_below},
        npm_name::{npm_package, resolve},
        reading::{is_sound, keep, read_json, string},
    },
};

/// npm's lock files.
pub(crate) const FORMAT: Format = Format {
    name: "npm-lock",
    files: Files::named(&["package-lock.json", "npm-shrinkwrap.json", ".package-lock.json"])
        .within(is_own),
    read,
};

/// No longer path in the tree is taken.
const MAX_PATH: usize = 4_096;
/// No more folders than this are climbed to find a dependency.
const MAX_CLIMB: usize = 64;

/// A lock file that a package ships inside `node_modules` says nothing of this tree; only npm's own
/// copy does.
fn is_own(path: &str) -> bool {
    is_below(path, "node_modules") == (file_name(path) == ".package-lock.json")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    let mut entries = BTreeMap::new();
    if let Some(packages) = lock.get("packages").and_then(Value::as_object) {
        collect_packages(packages, &mut entries);
    } else if let Some(dependencies) = lock.get("dependencies").and_then(Value::as_object) {
        collect_dependencies(dependencies, "", &mut entries);
    }
    let n_entries = entries.len();
    entries.retain(|path: &String, it: &mut LockEntry<'_>| {
        it.version.is_empty() || (path.len() <= MAX_PATH && is_sound(it.name, it.version))
    });
    if entries.len() < n_entries {
        facts.gap("states a package whose path, name or version cannot be one".to_owned());
    }
    for (path, entry) in &entries {
        let mut package = npm_package(entry.name, entry.version, file);
        package.development = entry.development;
        package.licence.clone_from(&entry.licence);
        package.dependencies =
            entry.needs.iter().map(|name| find_dependency(path, name, &entries)).collect();
        keep(package, facts);
    }
}

/// One package of the lock, under its path in the tree.
struct LockEntry<'a> {
    name: &'a str,
    version: &'a str,
    development: bool,
    licence: Option<String>,
    needs: Vec<&'a str>,
}

/// Versions 2 and 3: paths to packages.
fn collect_packages<'a>(
    packages: &'a Map<String, Value>,
    entries: &mut BTreeMap<String, LockEntry<'a>>,
) {
    for (path, package) in packages {
        // Without `node_modules` in its path it is a folder of the project itself.
        let Some((_, key)) = path.rsplit_once("node_modules/") else { continue };
        if package.get("link").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        let name = string(package, "name").unwrap_or(key);
        let version = string(package, "version").unwrap_or_default();
        let Some((name, version)) = resolve(name, version) else { continue };
        let needs = [package.get("dependencies"), package.get("optionalDependencies")];
        let entry = LockEntry {
            name,
            version,
            development: is_development(package),
            licence: licence(package),
            needs: needs.into_iter().flatten().flat_map(keys).collect(),
        };
        entries.insert(path.clone(), entry);
    }
}

/// Version 1: dependencies in dependencies. The depth is that of the JSON, which is limited.
fn collect_dependencies<'a>(
    dependencies: &'a Map<String, Value>,
    parent: &str,
    entries: &mut BTreeMap<String, LockEntry<'a>>,
) {
    for (key, package) in dependencies {
        // Some have the path in place of the name.
        let key = key.rsplit("node_modules/").next().unwrap_or(key);
        let path = format!("{parent}node_modules/{key}");
        if let Some(inner) = package.get("dependencies").and_then(Value::as_object) {
            collect_dependencies(inner, &format!("{path}/"), entries);
        }
        let version = string(package, "version").unwrap_or_default();
        let Some((name, version)) = resolve(key, version) else { continue };
        let entry = LockEntry {
            name,
            version,
            development: is_development(package),
            licence: None,
            needs: package.get("requires").into_iter().flat_map(keys).collect(),
        };
        entries.insert(path, entry);
    }
}

/// The dependency `name` of the package at `path`, as Node finds it: in its own `node_modules`,
/// else in that of a folder above.
fn find_dependency(
    path: &str,
    name: &str,
    entries: &BTreeMap<String, LockEntry<'_>>,
) -> Dependency {
    let mut base = path;
    for _ in 0..MAX_CLIMB {
        let slash = if base.is_empty() { "" } else { "/" };
        if let Some(found) = entries.get(&format!("{base}{slash}node_modules/{name}")) {
            let version = Some(found.version.to_owned());
            return Dependency { name: found.name.to_owned(), version };
        }
        if base.is_empty() {
            break;
        }
        base = base.rfind("node_modules/").and_then(|at| base.get(..at)).unwrap_or_default();
        base = base.trim_end_matches('/');
    }
    Dependency { name: name.to_owned(), version: None }
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flat_map(|it| it.keys()).map(String::as_str)
}

fn is_development(package: &Value) -> bool {
    package.get("dev").and_then(Value::as_bool) == Some(true)
}

fn licence(package: &Value) -> Option<String> {
    match package.get("license")? {
        Value::String(text) => Some(text.clone()),
        Value::Array(many) => {
            let words: Vec<_> = many.iter().filter_map(Value::as_str).collect();
            Some(words.join(" OR "))
        }
        other => string(other, "type").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn, check_wants};

    #[test]
    fn lock_files_inside_packages_are_not_wanted() {
        check_wants(
            &FORMAT,
            &[
                ("app/package-lock.json", true),
                ("npm-shrinkwrap.json", true),
                ("node_modules/.package-lock.json", true),
                ("app/node_modules/.package-lock.json", true),
                ("app/node_modules/a/package-lock.json", false),
                ("node_modules/a/npm-shrinkwrap.json", false),
            ],
        );
    }

    const VERSION_1: &str = r#"{"lockfileVersion":1,"dependencies":{
        "a":{"version":"1.0.0","requires":{"b":"^2","c":"*"},
             "dependencies":{"b":{"version":"2.0.0","requires":{"c":"*"}}}},
        "b":{"version":"3.0.0","dev":true},
        "c":{"version":"npm:@s/real@4.0.0"},
        "local":{"version":"file:local"},
        "git":{"version":"git+https://example.com/git.git#abc123"}}}"#;

    #[test]
    fn version_1_nests() {
        let expected = [
            "a@1.0.0 -> b@2.0.0, @s/real@4.0.0",
            "b@2.0.0 -> @s/real@4.0.0",
            "b@3.0.0 development",
            "@s/real@4.0.0",
            "git@abc123",
        ];
        check(&FORMAT, "package-lock.json", VERSION_1, &expected);
    }

    #[test]
    fn versions_2_and_3_have_paths() {
        let text = r#"{"lockfileVersion":3,"packages":{
            "":{"name":"app","version":"1.0.0"},
            "tools":{"name":"tools","version":"1.0.0"},
            "node_modules/tools":{"resolved":"tools","link":true},
            "node_modules/@s/a":{"version":"1.0.0","license":"MIT","dependencies":{"b":"1"}},
            "node_modules/@s/a/node_modules/b":{"version":"1.5.0","dependencies":{"c":"*"}},
            "node_modules/alias":{"name":"real","version":"2.0.0","dev":true},
            "node_modules/b":{"version":"2.0.0","optionalDependencies":{"missing":"*"}},
            "node_modules/c":{"version":"3.0.0","license":["MIT","ISC"]}}}"#;
        let expected = [
            "@s/a@1.0.0 (MIT) -> b@1.5.0",
            "b@1.5.0 -> c@3.0.0",
            "real@2.0.0 development",
            "b@2.0.0 -> missing",
            "c@3.0.0 (MIT OR ISC)",
        ];
        check(&FORMAT, "package-lock.json", text, &expected);
    }

    #[test]
    fn what_is_no_lock_is_told() {
        let gap = "gap: is not valid JSON: EOF while parsing an object at line 1 column 1";
        check(&FORMAT, "package-lock.json", "{", &[gap]);
        check(&FORMAT, "package-lock.json", "[]", &[]);
        let deep = format!("{}1{}", "{\"dependencies\":".repeat(200), "}".repeat(200));
        let gap = "gap: is not valid JSON: recursion limit exceeded at line 1 column 2049";
        let facts =
            crate::language::testing::facts_of(&FORMAT, "package-lock.json", deep.as_bytes());
        assert_eq!(facts.gaps.len(), 1, "{gap}");
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "package-lock.json", VERSION_1.as_bytes());
    }
}
