//! Haskell: `stack.yaml.lock` and `cabal.project.freeze`.

use plimsoll_config::tree::Node;
use plimsoll_package::PackageKind;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{keep, read_text, read_yaml, stated},
    },
};

/// Stack's lock file.
pub(crate) const STACK: Format = Format {
    name: "haskell-stack-lock",
    files: Files::named(&["stack.yaml.lock"]),
    read: read_stack,
};

/// What Cabal froze.
pub(crate) const CABAL: Format = Format {
    name: "haskell-cabal-freeze",
    files: Files::named(&["cabal.project.freeze"]),
    read: read_cabal,
};

fn read_stack(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(tree) = read_yaml(file, facts) else { return };
    let packages = tree.root().and_then(|it| it.get("packages"));
    for package in packages.map(Node::items).unwrap_or_default() {
        let Some(completed) = package.get("completed") else { continue };
        let said = |key: &str| completed.get(key).and_then(Node::as_str);
        // `name-version@sha256:digest,size`, or both apart where it comes from a repository.
        let named = said("hackage").and_then(|it| it.split('@').next()?.rsplit_once('-'));
        let named = named.or_else(|| Some((said("name")?, said("version")?)));
        if let Some((name, version)) = named {
            keep(stated(PackageKind::Hackage, name, version, file), facts);
        }
    }
}

/// `any.name ==version` among constraints, separated by commas.
fn read_cabal(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    for constraint in text.split([',', '\n']) {
        let Some((_, pinned)) = constraint.split_once("any.") else { continue };
        let Some((name, version)) = pinned.split_once("==") else { continue };
        keep(stated(PackageKind::Hackage, name.trim(), version.trim(), file), facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn stack() {
        let text = "packages:\n- completed:\n    hackage: a-b-1.0.2@sha256:00,1\n  original:\n\
            \x20   hackage: a-b-1.0.2\n- completed:\n    git: https://example.com/c\n    name: c\n\
            \x20   version: 0.1\nsnapshots: []\n";
        check(&STACK, "stack.yaml.lock", text, &["a-b@1.0.2", "c@0.1"]);
    }

    #[test]
    fn cabal() {
        let text = "active-repositories: hackage\nconstraints: any.a ==1.0,\n             a +flag,\n\
            \x20            any.b-c ==2.0\nindex-state: hackage 2024\n";
        check(&CABAL, "cabal.project.freeze", text, &["a@1.0", "b-c@2.0"]);
    }
}
