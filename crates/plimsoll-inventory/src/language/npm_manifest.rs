//! `package.json`: a package as npm, pnpm and yarn unpack it into `node_modules`, or as yarn keeps
//! it zipped, and elsewhere a program's own manifest.
//!
//! There are thousands of them in an image, so only the few fields needed are read.

use plimsoll_package::{Dependency, Package};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, folder, is_below},
        npm_name::npm_package,
        reading::{dependency, keep, string, without_mark},
        zip::{Budget, read_entries, read_entry},
    },
};

/// `package.json`.
pub(crate) const FORMAT: Format =
    Format { name: "npm-manifest", files: Files::named(&["package.json"]).within(is_root), read };

/// Packages that yarn runs from its cache without unpacking them.
pub(crate) const CACHED: Format = Format {
    name: "yarn-cache",
    files: Files::ending(&[".zip"]).within(is_cached),
    read: read_cached,
};

/// No manifest is longer.
const MAX_BYTES: u64 = 4 << 20;

fn is_cached(path: &str) -> bool {
    folder(path) == ".yarn/cache" || folder(path).ends_with("/.yarn/cache")
}

/// Whether the file stands at the root of a package: directly in `node_modules/name` or
/// `node_modules/@scope/name`, or outside any `node_modules`. Deeper ones are a package's own test
/// data and markers of module formats.
fn is_root(path: &str) -> bool {
    let mut at = path.rmatch_indices("node_modules/");
    let is_folder = |at: usize| at == 0 || path.get(..at).is_some_and(|it| it.ends_with('/'));
    let Some((at, modules)) = at.find(|it| is_folder(it.0)) else { return true };
    let inner = folder(path.get(at + modules.len()..).unwrap_or_default());
    match inner.split_once('/') {
        None => !inner.is_empty(),
        Some((scope, name)) => scope.starts_with('@') && !name.is_empty() && !name.contains('/'),
    }
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
    let is_unpacked = is_below(file.path(), "node_modules");
    read_manifest(&bytes, is_unpacked, file, facts);
}

fn read_cached(file: &InputFile<'_>, facts: &mut FileFacts) {
    let mut budget = Budget::default();
    let is_manifest = |name: &str| {
        name.starts_with("node_modules/") && name.ends_with("/package.json") && is_root(name)
    };
    let entries = match read_entries(file.content, is_manifest, &mut budget) {
        Ok(entries) => entries,
        Err(error) => return facts.gap(error.to_string()),
    };
    for entry in &entries {
        match read_entry(file.content, entry, &mut budget) {
            Ok(bytes) => read_manifest(&bytes, true, file, facts),
            Err(error) => facts.gap(error.to_string()),
        }
    }
}

fn read_manifest(bytes: &[u8], is_unpacked: bool, file: &InputFile<'_>, facts: &mut FileFacts) {
    let manifest: Manifest = match serde_json::from_slice(without_mark(bytes)) {
        Ok(manifest) => manifest,
        Err(error) => return facts.gap(format!("is not valid JSON: {error}")),
    };
    let (Some(name), Some(version)) = (&manifest.name, &manifest.version) else { return };
    if !is_name(name) {
        return;
    }
    let mut package = npm_package(name, version.trim(), file);
    // What a program's own manifest states is there as well, unless it says that it is no package.
    package.installed = is_unpacked || manifest.private != Some(Value::Bool(true));
    package.licence = licence(&manifest);
    package.supplier = person(&manifest.author);
    add_dependencies(&mut package, &manifest.dependencies);
    keep(package, facts);
}

/// The fields of a manifest that are needed, whatever their type.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default, deserialize_with = "any_text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "any_text")]
    version: Option<String>,
    #[serde(default)]
    private: Option<Value>,
    #[serde(default)]
    license: Value,
    #[serde(default)]
    licenses: Value,
    #[serde(default)]
    author: Value,
    #[serde(default)]
    dependencies: Value,
}

fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// Whether `name` is a name; templates of generators are none.
fn is_name(name: &str) -> bool {
    !name.contains(|it: char| it.is_whitespace() || matches!(it, '{' | '}' | '<' | '>' | '%' | '$'))
}

fn licence(manifest: &Manifest) -> Option<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) => {
            string(value, "type").or_else(|| string(value, "name")).map(str::to_owned)
        }
        _ => None,
    };
    let many = |value: &Value| {
        let words: Vec<_> = value.as_array()?.iter().filter_map(one).collect();
        (!words.is_empty()).then(|| words.join(" OR "))
    };
    one(&manifest.license)
        .or_else(|| many(&manifest.license))
        .or_else(|| many(&manifest.licenses))
        .or_else(|| one(&manifest.licenses))
}

fn person(author: &Value) -> Option<String> {
    author.as_str().or_else(|| string(author, "name")).map(str::to_owned)
}

fn add_dependencies(package: &mut Package, dependencies: &Value) {
    let names = dependencies.as_object().into_iter().flatten().map(|it| it.0);
    package.dependencies = names.map(dependency).collect::<Vec<Dependency>>();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{
        testing::{check, check_torn, check_wants},
        zip::tests::archive,
    };

    #[test]
    fn only_roots_of_packages_are_wanted() {
        check_wants(
            &FORMAT,
            &[
                ("package.json", true),
                ("app/package.json", true),
                ("app/node_modules/a/package.json", true),
                ("node_modules/@s/a/package.json", true),
                ("app/node_modules/.pnpm/a@1/node_modules/a/package.json", true),
                ("app/node_modules/a/test/package.json", false),
                ("app/node_modules/a/dist/esm/package.json", false),
                ("app/node_modules/package.json", false),
                ("app/my_node_modules/a/b/package.json", true),
            ],
        );
    }

    #[test]
    fn unpacked_packages_are_installed() {
        let text = r#"{"name":"@s/a","version":"1.2.3","license":"MIT","author":{"name":"N"},
            "dependencies":{"b":"^1"}}"#;
        let expected = ["@s/a@1.2.3 installed (MIT) -> b"];
        check(&FORMAT, "node_modules/@s/a/package.json", text, &expected);
    }

    #[test]
    fn zipped_packages_of_yarn_are_installed() {
        let zip = archive(&[
            ("node_modules/@s/a/package.json", br#"{"name":"@s/a","version":"1.0.0"}"#),
            ("node_modules/@s/a/test/package.json", br#"{"name":"t","version":"1.0.0"}"#),
        ]);
        let path = "app/.yarn/cache/@s-a-npm-1.0.0-00-00.zip";
        check(&CACHED, path, zip, &["@s/a@1.0.0 installed"]);
        check_wants(&CACHED, &[("app/cache/a.zip", false)]);
    }

    #[test]
    fn fields_of_any_type_do_no_harm() {
        for (text, expected) in [
            (
                r#"{"name":"a","version":"1","license":{"type":"ISC"}}"#,
                &["a@1 installed (ISC)"][..],
            ),
            (
                r#"{"name":"a","version":"1","licenses":[{"type":"MIT"},"ISC"]}"#,
                &["a@1 installed (MIT OR ISC)"],
            ),
            (r#"{"name":"a","version":"1","private":true}"#, &["a@1"]),
            (r#"{"name":["a"],"version":1,"dependencies":[]}"#, &[]),
            (r#"{"name":"<%= name %>","version":"1"}"#, &[]),
            (r#"{"name":"a"}"#, &[]),
            (r#"{"type":"module"}"#, &[]),
            ("[]", &[]),
            ("{", &["gap: is not valid JSON: EOF while parsing an object at line 1 column 1"]),
        ] {
            check(&FORMAT, "opt/a/package.json", text, expected);
        }
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "package.json", br#"{"name":"a","version":"1","license":["x"]}"#);
    }
}
