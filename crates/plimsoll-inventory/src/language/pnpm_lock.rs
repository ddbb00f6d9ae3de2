//! `pnpm-lock.yaml`, formats 5 to 9.

use std::collections::{BTreeMap, HashMap};

use plimsoll_config::tree::Node;
use plimsoll_package::Dependency;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        npm_name::{npm_package, split_at},
        reading::{keep, reach, read_yaml},
    },
};

/// pnpm's lock file.
pub(crate) const FORMAT: Format =
    Format { name: "pnpm-lock", files: Files::named(&["pnpm-lock.yaml"]).within(is_own), read };

/// A lock file that a package ships inside `node_modules` says nothing of this tree.
fn is_own(path: &str) -> bool {
    !is_below(path, "node_modules")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(tree) = read_yaml(file, facts) else { return };
    for document in &tree.documents {
        read_document(&document.root, file, facts);
    }
}

fn read_document(root: &Node, file: &InputFile<'_>, facts: &mut FileFacts) {
    let version = root.get("lockfileVersion").and_then(Node::as_str).unwrap_or_default();
    let major = version.split('.').next().and_then(|it| it.parse::<u32>().ok()).unwrap_or(0);
    let style = if major >= 6 { KeyStyle::At } else { KeyStyle::Slash };
    let mut entries: BTreeMap<PackageId, LockEntry> = BTreeMap::new();
    for (key, package) in pairs(root.get("packages")) {
        let Some(id) = package_id(key, package, style) else { continue };
        let entry = entries.entry(id).or_default();
        entry.development = package.get("dev").and_then(Node::as_bool) == Some(true);
        entry.needs.extend(needs(package, style));
    }
    for (key, snapshot) in pairs(root.get("snapshots")) {
        let Some(id) = split_key(key, style) else { continue };
        if let Some(entry) = entries.get_mut(&id) {
            entry.needs.extend(needs(snapshot, style));
        }
    }
    for (id, development) in direct_needs(root, style) {
        entries.entry(id).or_insert_with(|| LockEntry { development, needs: Vec::new() });
    }
    if major >= 9 {
        mark_development(root, style, &mut entries);
    }
    for (id, mut entry) in entries {
        let mut package = npm_package(&id.name, &id.version, file);
        package.development = entry.development;
        entry.needs.sort_unstable();
        entry.needs.dedup();
        let needs = entry.needs.into_iter();
        package.dependencies =
            needs.map(|it| Dependency { name: it.name, version: Some(it.version) }).collect();
        keep(package, facts);
    }
}

/// How keys tell name from version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyStyle {
    /// `/name/1.0.0_peer@2.0.0`, up to format 5.
    Slash,
    /// `/name@1.0.0(peer@2.0.0)`, or without the first slash from format 9 on.
    At,
}

/// A package apart from its peers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct PackageId {
    name: String,
    version: String,
}

#[derive(Default)]
struct LockEntry {
    development: bool,
    needs: Vec<PackageId>,
}

/// What `key` and the fields of `package` call it; `None` for folders of the project itself.
fn package_id(key: &str, package: &Node, style: KeyStyle) -> Option<PackageId> {
    let is_folder = package.find(&["resolution", "directory"]).is_some();
    let said = |key: &str| package.get(key).and_then(Node::as_str).map(str::to_owned);
    let name = said("name").or_else(|| split_at(key).map(|it| it.0.to_owned()));
    match (split_key(key, style), name, said("version")) {
        _ if is_folder => None,
        (_, Some(name), Some(version)) => Some(PackageId { name, version }),
        (id, ..) => id,
    }
}

fn split_key(key: &str, style: KeyStyle) -> Option<PackageId> {
    let (name, version) = match style {
        KeyStyle::At => split_at(key.strip_prefix('/').unwrap_or(key))?,
        KeyStyle::Slash => {
            // Without the slash in front the key begins with the host of another registry.
            let path = key.strip_prefix('/').or_else(|| key.split_once('/').map(|it| it.1))?;
            let skip = usize::from(path.starts_with('@'));
            let (at, _) = path.match_indices('/').nth(skip)?;
            (path.get(..at)?, path.get(at + 1..)?)
        }
    };
    let version = without_peers(version, style);
    let is_version = !version.contains([':', '/', '@']);
    is_version.then(|| PackageId { name: name.to_owned(), version: version.to_owned() })
}

fn without_peers(version: &str, style: KeyStyle) -> &str {
    let mark = if style == KeyStyle::At { '(' } else { '_' };
    version.split(mark).next().unwrap_or_default()
}

/// The packages that `package` needs.
fn needs(package: &Node, style: KeyStyle) -> Vec<PackageId> {
    let both = [package.get("dependencies"), package.get("optionalDependencies")];
    let pairs = both.into_iter().flat_map(pairs);
    pairs.filter_map(|(name, value)| needed(name, value, style)).collect()
}

/// The package that `name: value` means; the value is a version, another key, or both as fields of
/// an importer.
fn needed(name: &str, value: &Node, style: KeyStyle) -> Option<PackageId> {
    let value = value.get("version").unwrap_or(value).as_str()?;
    if value.starts_with("link:") || value.starts_with("file:") {
        return None;
    }
    let version = without_peers(value, style);
    if value.starts_with('/') || (style == KeyStyle::At && version.contains('@')) {
        return split_key(value, style);
    }
    Some(PackageId { name: name.to_owned(), version: version.to_owned() })
}

/// Marks what only the development dependencies of importers lead to; from format 9 on the lock
/// file does not say it itself.
fn mark_development(root: &Node, style: KeyStyle, entries: &mut BTreeMap<PackageId, LockEntry>) {
    let numbers: HashMap<_, _> = entries.keys().cloned().zip(0..).collect();
    let number = |ids: &[PackageId]| -> Vec<usize> {
        ids.iter().filter_map(|it| numbers.get(it)).copied().collect()
    };
    let edges: Vec<_> = entries.values().map(|it| number(&it.needs)).collect();
    let direct = direct_needs(root, style);
    let (development_roots, roots): (Vec<_>, Vec<_>) = direct.into_iter().partition(|it| it.1);
    let ids =
        |roots: Vec<(PackageId, bool)>| -> Vec<_> { roots.into_iter().map(|it| it.0).collect() };
    let (roots, development_roots) = (number(&ids(roots)), number(&ids(development_roots)));
    let used = reach(entries.len(), &roots, &edges);
    let used_in_development = reach(entries.len(), &development_roots, &edges);
    for ((entry, used), in_development) in entries.values_mut().zip(used).zip(used_in_development) {
        entry.development = in_development && !used;
    }
}

/// What the folders of the project need themselves, and whether only to develop. A project of one
/// folder has its groups at the top in older formats.
fn direct_needs(root: &Node, style: KeyStyle) -> Vec<(PackageId, bool)> {
    const GROUPS: [&str; 5] = [
        "dependencies",
        "optionalDependencies",
        "configDependencies",
        "packageManagerDependencies",
        "devDependencies",
    ];
    let importers = pairs(root.get("importers")).map(|it| it.1).chain([root]);
    let mut res = Vec::new();
    for importer in importers {
        for group in GROUPS {
            let ids = pairs(importer.get(group)).filter_map(|it| needed(it.0, it.1, style));
            res.extend(ids.map(|it| (it, group == "devDependencies")));
        }
    }
    res
}

fn pairs(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.into_iter().filter_map(|it| Some((it.key.as_str()?, &it.value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    #[test]
    fn format_5() {
        let text = "\
lockfileVersion: 5.4
dependencies:
  a: 1.0.0
packages:
  /a/1.0.0_b@2.0.0:
    dependencies:
      b: 2.0.0
      other: /@s/c/3.0.0
    dev: false
  /b/2.0.0:
    dev: true
  registry.example.com/@s/c/3.0.0:
    dev: false
  github.com/x/git/0123:
    name: git
    version: 4.0.0
  file:../local:
    resolution: {directory: ../local, type: directory}
    name: local
    version: 1.0.0
";
        let expected =
            ["@s/c@3.0.0", "a@1.0.0 -> @s/c@3.0.0, b@2.0.0", "b@2.0.0 development", "git@4.0.0"];
        check(&FORMAT, "pnpm-lock.yaml", text, &expected);
    }

    #[test]
    fn format_6() {
        let text = "\
lockfileVersion: '6.0'
packages:
  /@s/a@1.0.0(b@2.0.0)(c@3.0.0):
    dependencies:
      b: 2.0.0
      alias: /c@3.0.0
  /b@2.0.0:
    dev: true
  /c@3.0.0:
    resolution: {integrity: sha512-x}
";
        let expected = ["@s/a@1.0.0 -> b@2.0.0, c@3.0.0", "b@2.0.0 development", "c@3.0.0"];
        check(&FORMAT, "pnpm-lock.yaml", text, &expected);
    }

    const FORMAT_9: &str = "\
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a:
        specifier: ^1
        version: 1.0.0(b@2.0.0)
      here:
        specifier: workspace:*
        version: link:here
    devDependencies:
      d:
        specifier: ^4
        version: 4.0.0
packages:
  a@1.0.0:
    resolution: {integrity: sha512-x}
  b@2.0.0: {}
  d@4.0.0: {}
  e@5.0.0: {}
  g@https://codeload.github.com/x/g/tar.gz/0123:
    resolution: {tarball: https://codeload.github.com/x/g/tar.gz/0123}
    version: 6.0.0
snapshots:
  a@1.0.0(b@2.0.0):
    dependencies:
      b: 2.0.0
  d@4.0.0:
    dependencies:
      b: 2.0.0
      alias: e@5.0.0
";

    #[test]
    fn format_9_tells_development_by_who_needs_it() {
        let expected = [
            "a@1.0.0 -> b@2.0.0",
            "b@2.0.0",
            "d@4.0.0 development -> b@2.0.0, e@5.0.0",
            "e@5.0.0 development",
            "g@6.0.0",
        ];
        check(&FORMAT, "pnpm-lock.yaml", FORMAT_9, &expected);
    }

    #[test]
    fn broken_yaml_is_told_and_later_documents_are_read() {
        let text = "a: [\n---\nlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n";
        let facts = crate::language::testing::facts_of(&FORMAT, "pnpm-lock.yaml", text.as_bytes());
        assert_eq!((facts.packages.len(), facts.gaps.len()), (1, 1));
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "pnpm-lock.yaml", FORMAT_9.as_bytes());
    }
}
