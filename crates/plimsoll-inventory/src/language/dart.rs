//! Dart and Flutter: `pubspec.lock`.

use plimsoll_config::tree::Node;
use plimsoll_package::PackageKind;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{keep, read_yaml, stated},
    },
};

/// Dart's lock file.
pub(crate) const FORMAT: Format =
    Format { name: "dart-pubspec-lock", files: Files::named(&["pubspec.lock"]), read };

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(tree) = read_yaml(file, facts) else { return };
    let packages = tree.root().and_then(|it| it.get("packages"));
    for entry in packages.map(Node::entries).unwrap_or_default() {
        let said = |key: &str| entry.value.get(key).and_then(Node::as_str);
        let (Some(name), Some(version)) = (entry.key.as_str(), said("version")) else { continue };
        // What comes with the SDK has no version of its own; `0.0.0` stands there.
        if said("source") == Some("sdk") {
            continue;
        }
        let mut package = stated(PackageKind::Pub, name, version, file);
        package.development = said("dependency") == Some("direct dev");
        keep(package, facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn packages() {
        let text = "packages:\n  a:\n    dependency: \"direct main\"\n    description:\n      name: a\n\
            \x20   source: hosted\n    version: \"1.0.0\"\n  b:\n    dependency: \"direct dev\"\n\
            \x20   source: git\n    version: \"2.0.0\"\n  flutter:\n    source: sdk\n\
            \x20   version: \"0.0.0\"\nsdks:\n  dart: \">=3.0.0\"\n";
        check(&FORMAT, "pubspec.lock", text, &["a@1.0.0", "b@2.0.0 development"]);
        let gap = "gap: is not valid YAML: a flow sequence is not closed";
        let facts = crate::language::testing::facts_of(&FORMAT, "pubspec.lock", b"packages: [");
        assert_eq!(facts.gaps.len(), 1, "{gap}");
    }
}
