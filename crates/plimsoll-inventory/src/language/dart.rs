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
    let sdks = tree.root().and_then(|it| it.get("sdks"));
    for entry in packages.map(Node::entries).unwrap_or_default() {
        let said = |key: &str| entry.value.get(key).and_then(Node::as_str);
        let (Some(name), Some(version)) = (entry.key.as_str(), said("version")) else { continue };
        // What comes with an SDK has no version of its own, `0.0.0` stands there: it has that of
        // the SDK, of which the lock names the versions that will do.
        let sdk = entry.value.get("description").and_then(Node::as_str);
        let range = if said("source") == Some("sdk") {
            let Some(range) = sdk.and_then(|it| sdks?.get(it)?.as_str()) else { continue };
            Some(range)
        } else {
            None
        };
        let Some(version) = range.map_or(Some(version), lowest) else { continue };
        let mut package = stated(PackageKind::Pub, name, version, file);
        package.range = range.filter(|it| *it != version).map(str::to_owned);
        package.development = said("dependency") == Some("direct dev");
        keep(package, facts);
    }
}

/// The lowest version of `>=3.24.5 <4.0.0`, `^3.24.5` or `3.24.5`.
fn lowest(range: &str) -> Option<&str> {
    let first = range.split_whitespace().next()?;
    let version = first.strip_prefix(">=").or(first.strip_prefix('^')).unwrap_or(first);
    version.starts_with(|it: char| it.is_ascii_digit()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn packages() {
        let text = "packages:\n  a:\n    dependency: \"direct main\"\n    description:\n      name: a\n\
            \x20   source: hosted\n    version: \"1.0.0\"\n  b:\n    dependency: \"direct dev\"\n\
            \x20   source: git\n    version: \"2.0.0\"\n  flutter:\n    description: flutter\n\
            \x20   source: sdk\n    version: \"0.0.0\"\n  of_other:\n    description: other\n\
            \x20   source: sdk\n    version: \"0.0.0\"\n\
            sdks:\n  dart: \">=3.0.0\"\n  flutter: \">=3.24.5 <4.0.0\"\n";
        let expected = ["a@1.0.0", "b@2.0.0 development", "flutter@3.24.5 as >=3.24.5 <4.0.0"];
        check(&FORMAT, "pubspec.lock", text, &expected);
        let gap = "gap: is not valid YAML: a flow sequence is not closed";
        let facts = crate::language::testing::facts_of(&FORMAT, "pubspec.lock", b"packages: [");
        assert_eq!(facts.gaps.len(), 1, "{gap}");
    }
}
