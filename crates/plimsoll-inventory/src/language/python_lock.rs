//! Lock files of Python's package managers in TOML and JSON: Poetry, uv, PDM, Pipenv and the common
//! `pylock.toml` (PEP 751).

use std::collections::HashMap;

use plimsoll_package::{Dependency, Package, PackageKind};
use toml::{Table, Value};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name},
        python_name::{normalize, requirement_name},
        reading::{
            dependency, keep, pin_dependencies, reach, read_json, read_toml, stated, string,
        },
    },
};

/// Poetry's lock file.
pub(crate) const POETRY: Format =
    Format { name: "python-poetry-lock", files: Files::named(&["poetry.lock"]), read: read_poetry };

/// uv's lock file.
pub(crate) const UV: Format =
    Format { name: "python-uv-lock", files: Files::named(&["uv.lock"]), read: read_uv };

/// PDM's lock file.
pub(crate) const PDM: Format =
    Format { name: "python-pdm-lock", files: Files::named(&["pdm.lock"]), read: read_pdm };

/// Pipenv's lock file.
pub(crate) const PIPENV: Format = Format {
    name: "python-pipenv-lock",
    files: Files::named(&["Pipfile.lock"]),
    read: read_pipenv,
};

/// The lock file of PEP 751.
pub(crate) const PYLOCK: Format = Format {
    name: "python-pylock",
    files: Files::named(&["pylock.toml"]).or_ending(&[".toml"]).within(is_pylock),
    read: read_pylock,
};

/// No more versions than this of one package are followed.
const MAX_VERSIONS: usize = 64;

fn is_pylock(path: &str) -> bool {
    file_name(path).starts_with("pylock.")
}

fn read_poetry(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_toml(file, facts) else { return };
    for fields in tables(&lock, "package") {
        let Some(mut package) = package(fields, file) else { continue };
        let groups = words(fields.get("groups"));
        package.development = text(fields, "category") == Some("dev")
            || (!groups.is_empty() && !groups.contains(&"main"));
        let needs = fields.get("dependencies").and_then(Value::as_table);
        package.dependencies = needs.into_iter().flat_map(Table::keys).map(dependency).collect();
        keep(package, facts);
    }
    pin_dependencies(facts, normalize);
}

fn read_pdm(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_toml(file, facts) else { return };
    for fields in tables(&lock, "package") {
        let Some(mut package) = package(fields, file) else { continue };
        let groups = words(fields.get("groups"));
        package.development = !groups.is_empty() && !groups.contains(&"default");
        let needs = words(fields.get("dependencies")).into_iter();
        package.dependencies = needs.filter_map(requirement_name).map(dependency).collect();
        keep(package, facts);
    }
    pin_dependencies(facts, normalize);
}

fn read_pylock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_toml(file, facts) else { return };
    for fields in tables(&lock, "packages") {
        let Some(mut package) = package(fields, file) else { continue };
        package.dependencies = named_dependencies(fields, "dependencies");
        keep(package, facts);
    }
    pin_dependencies(facts, normalize);
}

fn read_uv(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_toml(file, facts) else { return };
    let packages: Vec<_> = tables(&lock, "package").collect();
    let development = uv_development(&packages);
    for (fields, development) in packages.iter().zip(development) {
        let Some(mut package) = package(fields, file) else { continue };
        package.development = development;
        package.dependencies = named_dependencies(fields, "dependencies");
        keep(package, facts);
    }
    pin_dependencies(facts, normalize);
}

/// Which packages only the development groups of the project itself lead to. Its own packages are
/// those that come from a folder.
fn uv_development(packages: &[&Table]) -> Vec<bool> {
    let mut numbers: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, fields) in packages.iter().enumerate() {
        let same = numbers.entry(text(fields, "name").unwrap_or_default()).or_default();
        // More than a few versions of one package are an attack on what follows.
        if same.len() < MAX_VERSIONS {
            same.push(number);
        }
    }
    let number = |needs: Vec<&str>| -> Vec<usize> {
        needs.iter().filter_map(|it| numbers.get(it)).flatten().copied().collect()
    };
    let edges: Vec<Vec<usize>> = packages
        .iter()
        .map(|fields| {
            let optional = group_names(fields, "optional-dependencies");
            let own = names(fields.get("dependencies"));
            number(own.into_iter().chain(optional).collect())
        })
        .collect();
    let mut roots = Vec::new();
    let mut development_roots = Vec::new();
    for (at, fields) in packages.iter().enumerate() {
        let source = fields.get("source").and_then(Value::as_table);
        let is_own = ["virtual", "editable"]
            .iter()
            .any(|it| source.is_some_and(|source| source.contains_key(*it)));
        if is_own {
            roots.push(at);
            development_roots.extend(number(group_names(fields, "dev-dependencies")));
            development_roots.extend(number(group_names(fields, "dependency-groups")));
        }
    }
    let used = reach(packages.len(), &roots, &edges);
    let in_development = reach(packages.len(), &development_roots, &edges);
    in_development.into_iter().zip(used).map(|it| it.0 && !it.1).collect()
}

fn read_pipenv(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    // Beside `default` and `develop` a project may have categories of its own.
    let categories = lock.as_object().into_iter().flatten().filter(|it| it.0 != "_meta");
    for (category, packages) in categories {
        for (name, fields) in packages.as_object().into_iter().flatten() {
            let version = string(fields, "version").and_then(|it| it.strip_prefix("=="));
            let Some(version) = version.or_else(|| string(fields, "ref")) else { continue };
            let mut package = stated(PackageKind::PyPi, name, version, file);
            package.development = category == "develop";
            keep(package, facts);
        }
    }
}

fn package(fields: &Table, file: &InputFile<'_>) -> Option<Package> {
    let version = text(fields, "version")?;
    Some(stated(PackageKind::PyPi, text(fields, "name")?, version, file))
}

/// `key = [{ name = "a", version = "1" }, ...]` as dependencies.
fn named_dependencies(fields: &Table, key: &str) -> Vec<Dependency> {
    let items = fields.get(key).and_then(Value::as_array).into_iter().flatten();
    let tables = items.filter_map(Value::as_table);
    tables
        .filter_map(|it| {
            let version = text(it, "version").map(str::to_owned);
            Some(Dependency { name: text(it, "name")?.to_owned(), version })
        })
        .collect()
}

/// The names in `[{ name = "a" }, ...]`.
fn names(list: Option<&Value>) -> Vec<&str> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_table).filter_map(|it| text(it, "name")).collect()
}

/// The names in all groups of `[key] group = [{ name = "a" }, ...]`.
fn group_names<'a>(fields: &'a Table, key: &str) -> Vec<&'a str> {
    let groups = fields.get(key).and_then(Value::as_table);
    groups.into_iter().flat_map(Table::values).flat_map(|it| names(Some(it))).collect()
}

fn tables<'a>(lock: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    lock.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn text<'a>(fields: &'a Table, key: &str) -> Option<&'a str> {
    fields.get(key)?.as_str()
}

fn words(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn, check_wants};

    #[test]
    fn poetry() {
        let text = r#"
            [[package]]
            name = "a"
            version = "1.0"
            category = "main"
            [package.dependencies]
            B_c = { version = ">=2", optional = true }
            missing = "*"
            [[package]]
            name = "b-c"
            version = "2.0"
            groups = ["dev"]
            [[package]]
            name = "d"
            version = "3.0"
            category = "dev""#;
        let expected = ["a@1.0 -> B_c@2.0, missing", "b-c@2.0 development", "d@3.0 development"];
        check(&POETRY, "poetry.lock", text, &expected);
    }

    const UV_LOCK: &str = r#"
        version = 1
        [[package]]
        name = "app"
        version = "0.1.0"
        source = { editable = "." }
        dependencies = [{ name = "a" }]
        [package.dev-dependencies]
        dev = [{ name = "t" }, { name = "a" }]
        [[package]]
        name = "a"
        version = "1.0"
        dependencies = [{ name = "b", version = "2.0", marker = "python_version > '3'" }]
        [[package]]
        name = "b"
        version = "2.0"
        [[package]]
        name = "b"
        version = "1.9"
        [[package]]
        name = "t"
        version = "3.0"
        [[package]]
        name = "dynamic"
        source = { virtual = "x" }"#;

    #[test]
    fn uv() {
        let expected =
            ["app@0.1.0 -> a@1.0", "a@1.0 -> b@2.0", "b@2.0", "b@1.9", "t@3.0 development"];
        check(&UV, "uv.lock", UV_LOCK, &expected);
    }

    #[test]
    fn pdm() {
        let text = r#"
            [[package]]
            name = "a"
            version = "1.0"
            groups = ["default", "dev"]
            dependencies = ["b<3,>=2", "c; sys_platform == 'win32'"]
            [[package]]
            name = "b"
            version = "2.0"
            groups = ["dev"]"#;
        check(&PDM, "pdm.lock", text, &["a@1.0 -> b@2.0, c", "b@2.0 development"]);
    }

    #[test]
    fn pipenv() {
        let text = r#"{"default":{"a":{"version":"==1.0"},"git":{"ref":"0123"},"x":{"path":"."}},
            "develop":{"b":{"version":"==2.0"}},"docs":{"c":{"version":"==3.0"}}}"#;
        let expected = ["a@1.0", "git@0123", "b@2.0 development", "c@3.0"];
        check(&PIPENV, "Pipfile.lock", text, &expected);
    }

    #[test]
    fn pylock() {
        check_wants(
            &PYLOCK,
            &[("pylock.toml", true), ("x/pylock.dev.toml", true), ("a.toml", false)],
        );
        let text = r#"
            lock-version = "1.0"
            [[packages]]
            name = "a"
            version = "1.0"
            dependencies = [{ name = "b" }]
            [[packages]]
            name = "b"
            version = "2.0"
            [[packages]]
            name = "folder"
            directory = { path = "." }"#;
        check(&PYLOCK, "pylock.toml", text, &["a@1.0 -> b@2.0", "b@2.0"]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&UV, "uv.lock", UV_LOCK.as_bytes());
    }
}
