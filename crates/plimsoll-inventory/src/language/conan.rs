//! Conan: `conan.lock` of both versions, `conanfile.txt`, and `conaninfo.txt` of an installed
//! package.

use plimsoll_package::{Package, PackageKind};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{keep, read_json, read_text, stated, string},
    },
};

/// Conan's lock file.
pub(crate) const LOCK: Format =
    Format { name: "conan-lock", files: Files::named(&["conan.lock"]), read: read_lock };

/// A project's requirements, and what an installed package was built with.
pub(crate) const TEXT: Format = Format {
    name: "conan-text",
    files: Files::named(&["conanfile.txt", "conaninfo.txt"]),
    read: read_requirements,
};

fn read_lock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    let nodes = lock.get("graph_lock").and_then(|it| it.get("nodes")).and_then(Value::as_object);
    for node in nodes.into_iter().flat_map(|it| it.values()) {
        // The first lock files called it after the built package.
        let reference = string(node, "ref").or_else(|| string(node, "pref"));
        let Some(reference) = reference else { continue };
        let is_built = string(node, "context") == Some("build");
        keep_reference(reference, is_built, file, facts);
    }
    let groups = [("requires", false), ("build_requires", true), ("python_requires", true)];
    for (group, development) in groups {
        let references = lock.get(group).and_then(Value::as_array).into_iter().flatten();
        for reference in references.filter_map(Value::as_str) {
            keep_reference(reference, development, file, facts);
        }
    }
}

fn read_requirements(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    // The full requirements of a built package are exact; its own may be shortened.
    let is_info = file.path().ends_with("conaninfo.txt");
    let mut section = "";
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.starts_with('[') && line.ends_with(']') {
            section = line;
            continue;
        }
        let development = matches!(section, "[build_requires]" | "[tool_requires]");
        let counts = section == if is_info { "[full_requires]" } else { "[requires]" };
        if !line.is_empty() && (counts || development) {
            keep_reference(line, development, file, facts);
        }
    }
}

fn keep_reference(reference: &str, development: bool, file: &InputFile<'_>, facts: &mut FileFacts) {
    if let Some(mut package) = package(reference, file) {
        package.development = development;
        keep(package, facts);
    }
}

/// `name/version@user/channel#revision:package%time`; a version in brackets is a range.
fn package(reference: &str, file: &InputFile<'_>) -> Option<Package> {
    let (name, rest) = reference.split_once('/')?;
    let version = rest.split(['@', '#', ':', '%']).next()?.trim();
    (!version.starts_with('[')).then(|| stated(PackageKind::Conan, name.trim(), version, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn lock_files_of_both_versions() {
        let text = r#"{"graph_lock":{"nodes":{"0":{"path":"conanfile.txt"},
            "1":{"ref":"a/1.0@u/c#00","context":"host"},"2":{"ref":"b/2.0","context":"build"}}},
            "version":"0.4"}"#;
        check(&LOCK, "conan.lock", text, &["a@1.0", "b@2.0 development"]);
        let text = r#"{"version":"0.5","requires":["a/cci.20210118#00%1.0"],
            "build_requires":["b/2.0#00"],"python_requires":["p/3.0"]}"#;
        let expected = ["a@cci.20210118", "b@2.0 development", "p@3.0 development"];
        check(&LOCK, "conan.lock", text, &expected);
        let text = r#"{"graph_lock":{"nodes":{"1":{"pref":"a/1.0#00:11#22"}}},"version":"0.1"}"#;
        check(&LOCK, "conan.lock", text, &["a@1.0"]);
    }

    #[test]
    fn requirements() {
        let text =
            "[requires]\na/1.0 # why\nb/[>1.0]\n[tool_requires]\nc/3.0@u/c\n[options]\na/*:x=1\n";
        check(&TEXT, "conanfile.txt", text, &["a@1.0", "c@3.0 development"]);
        let text = "[requires]\n    a/1.Y.Z\n[full_requires]\n    a/1.2.3:0123\n";
        check(&TEXT, "conaninfo.txt", text, &["a@1.2.3"]);
    }
}
