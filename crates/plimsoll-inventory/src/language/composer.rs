//! PHP: `composer.lock`, and `installed.json` of a vendor folder.

use plimsoll_package::{Package, PackageKind};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, folder},
        reading::{
            dependency, exactly, keep, pin_dependencies, read_json, split_namespace, stated, string,
        },
    },
};

/// Composer's lock file.
pub(crate) const LOCK: Format =
    Format { name: "composer-lock", files: Files::named(&["composer.lock"]), read: read_lock };

/// What Composer installed.
pub(crate) const INSTALLED: Format = Format {
    name: "composer-installed",
    files: Files::named(&["installed.json"]).within(is_installed),
    read: read_installed,
};

fn is_installed(path: &str) -> bool {
    file_name(folder(path)) == "composer"
}

fn read_lock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    for (group, development) in [("packages", false), ("packages-dev", true)] {
        for fields in list(lock.get(group)) {
            let Some(mut package) = package(fields, file) else { continue };
            package.development = development;
            keep(package, facts);
        }
    }
    pin_dependencies(facts, exactly);
}

/// A list of packages (Composer 1), or an object that holds it (Composer 2).
fn read_installed(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(installed) = read_json(file, facts) else { return };
    let names = list(installed.get("dev-package-names")).filter_map(Value::as_str);
    let development: std::collections::BTreeSet<_> = names.collect();
    for fields in list(installed.get("packages").or(Some(&installed))) {
        let Some(mut package) = package(fields, file) else { continue };
        package.installed = true;
        package.development = string(fields, "name").is_some_and(|it| development.contains(it));
        keep(package, facts);
    }
    pin_dependencies(facts, exactly);
}

fn package(fields: &Value, file: &InputFile<'_>) -> Option<Package> {
    let (namespace, name) = split_namespace(string(fields, "name")?);
    let mut res = stated(PackageKind::Composer, name, string(fields, "version")?, file);
    res.namespace = namespace;
    let words: Vec<_> = list(fields.get("license")).filter_map(Value::as_str).collect();
    res.licence = (!words.is_empty()).then(|| words.join(" OR "));
    let needs = fields.get("require").and_then(Value::as_object).into_iter().flatten();
    // What has no vendor is PHP itself or one of its extensions.
    res.dependencies = needs.map(|it| it.0).filter(|it| it.contains('/')).map(dependency).collect();
    Some(res)
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    const LOCK_TEXT: &str = r#"{"packages":[{"name":"v/a","version":"v1.0.0","license":["MIT","ISC"],
        "require":{"php":">=8","v/b":"^2"}}],"packages-dev":[{"name":"v/b","version":"2.0.0"}]}"#;

    #[test]
    fn lock_file() {
        let expected = ["v/a@v1.0.0 (MIT OR ISC) -> v/b@2.0.0", "v/b@2.0.0 development"];
        check(&LOCK, "composer.lock", LOCK_TEXT, &expected);
    }

    #[test]
    fn installed() {
        let path = "app/vendor/composer/installed.json";
        let text = r#"[{"name":"v/a","version":"1.0.0"}]"#;
        check(&INSTALLED, path, text, &["v/a@1.0.0 installed"]);
        let text = r#"{"packages":[{"name":"v/a","version":"1.0.0"},{"name":"v/b","version":"2"}],
            "dev-package-names":["v/b"]}"#;
        check(&INSTALLED, path, text, &["v/a@1.0.0 installed", "v/b@2 installed development"]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&LOCK, "composer.lock", LOCK_TEXT.as_bytes());
    }
}
