//! Swift: `Package.resolved` of the package manager, and CocoaPods' `Podfile.lock`.

use plimsoll_package::{Package, PackageKind};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{
            dependency, exactly, keep, pin_dependencies, read_json, read_text, split_namespace,
            stated, string,
        },
    },
};

/// What Swift's package manager resolved.
pub(crate) const RESOLVED: Format = Format {
    name: "swift-package-resolved",
    files: Files::named(&["Package.resolved", ".package.resolved"]),
    read: read_resolved,
};

/// CocoaPods' lock file.
pub(crate) const PODFILE_LOCK: Format = Format {
    name: "cocoapods-lock",
    files: Files::named(&["Podfile.lock"]),
    read: read_podfile_lock,
};

/// Version 1 has its pins one level deeper and calls the address otherwise.
fn read_resolved(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(resolved) = read_json(file, facts) else { return };
    let pins = resolved.get("pins").or_else(|| resolved.get("object")?.get("pins"));
    for pin in pins.and_then(Value::as_array).into_iter().flatten() {
        let address = string(pin, "location").or_else(|| string(pin, "repositoryURL"));
        let name = string(pin, "identity").or_else(|| string(pin, "package")).unwrap_or_default();
        let state = pin.get("state");
        let said = |key| state.and_then(|it| string(it, key));
        let Some(version) = said("version").or_else(|| said("revision")) else { continue };
        let (namespace, name) = match address.and_then(repository) {
            Some(path) => split_namespace(&path),
            None => (None, name.to_owned()),
        };
        let mut package = stated(PackageKind::Swift, name, version, file);
        package.namespace = namespace;
        keep(package, facts);
    }
}

/// Host and path of a repository's address: `github.com/apple/swift-log`.
fn repository(address: &str) -> Option<String> {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('@').map_or(rest, |it| it.1).to_owned(),
        None => address.strip_prefix("git@")?.replacen(':', "/", 1),
    };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    path.contains('/').then(|| path.to_owned())
}

fn read_podfile_lock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let mut packages: Vec<Package> = Vec::new();
    let mut in_pods = false;
    for line in text.lines() {
        if !line.starts_with([' ', '-']) && !line.trim().is_empty() {
            in_pods = line.trim_end() == "PODS:";
        }
        let indent = line.len() - line.trim_start().len();
        let Some(item) = line.trim().strip_prefix("- ").filter(|_| in_pods) else { continue };
        let item = item.trim_end_matches(':').trim_matches('"');
        let (name, rest) = item.split_once(" (").unwrap_or((item, ""));
        if indent <= 2 {
            let version = rest.trim_end_matches(')');
            packages.push(stated(PackageKind::CocoaPods, name, version, file));
        } else if let Some(package) = packages.last_mut() {
            package.dependencies.push(dependency(name));
        }
    }
    for package in packages {
        keep(package, facts);
    }
    pin_dependencies(facts, exactly);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn versions_1_and_2() {
        let text = r#"{"object":{"pins":[{"package":"A","repositoryURL":
            "https://github.com/apple/swift-a.git","state":{"revision":"00","version":"1.0.0"}}]},
            "version":1}"#;
        check(&RESOLVED, "Package.resolved", text, &["github.com/apple/swift-a@1.0.0"]);
        let text = r#"{"pins":[
            {"identity":"b","location":"git@github.com:x/b.git","state":{"revision":"0123"}},
            {"identity":"scope.c","kind":"registry","state":{"version":"2.0.0"}}],"version":2}"#;
        check(&RESOLVED, "Package.resolved", text, &["github.com/x/b@0123", "scope.c@2.0.0"]);
    }

    #[test]
    fn pods() {
        let text = "PODS:\n  - A (1.0.0):\n    - \"B+x (= 2.0)\"\n    - C/Core\n  - \"B+x (2.0)\"\n\
            \x20 - C/Core (3.0)\n\nDEPENDENCIES:\n  - A (~> 1)\n\nCOCOAPODS: 1.15.2\n";
        let expected = ["A@1.0.0 -> B+x@2.0, C/Core@3.0", "B+x@2.0", "C/Core@3.0"];
        check(&PODFILE_LOCK, "Podfile.lock", text, &expected);
    }
}
