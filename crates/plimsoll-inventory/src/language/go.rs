//! Go: `go.mod` and `go.sum`.
//!
//! Before Go 1.17 a `go.mod` leaves out most modules that are only needed indirectly; `go.sum` has
//! them, along with some that are not used. [`counting`] says which of them do count.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use plimsoll_package::{Package, PackageKind, VersionScheme, compare};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, is_below},
        reading::{full_name, keep, read_text, split_namespace, stated},
    },
};

/// The modules that a module requires.
pub(crate) const MOD: Format =
    Format { name: "go-mod", files: Files::named(&["go.mod"]).within(is_own), read: read_mod };

/// The checksums of modules.
pub(crate) const SUM: Format =
    Format { name: "go-sum", files: Files::named(&["go.sum"]).within(is_own), read: read_sum };

/// From this minor version of Go 1 on, `go.mod` states all modules.
const FIRST_COMPLETE: u32 = 17;

/// The path of the `go.mod` that decides over the file at `path`, if that is a `go.sum`.
pub(crate) fn deciding(path: &str) -> Option<String> {
    (file_name(path) == "go.sum").then(|| format!("{}.mod", path.trim_end_matches(".sum")))
}

/// Which modules of a `go.sum` count, given what the `go.mod` beside it says: all if there is none,
/// those it leaves out if it is known to leave some out, else none.
pub(crate) fn counting(go_mod: Option<&FileFacts>) -> impl Fn(&Package) -> bool {
    let stated = go_mod.filter(|it| it.leaves_out).map(|it| &it.packages);
    let stated: BTreeSet<_> = stated.into_iter().flatten().map(full_name).collect();
    move |package| match go_mod {
        None => true,
        Some(go_mod) => go_mod.leaves_out && !stated.contains(&full_name(package)),
    }
}

/// What lies in the cache of modules or in a vendor folder states what that module once needed.
fn is_own(path: &str) -> bool {
    !is_below(path, "vendor") && !is_below(path, "testdata") && !path.contains("/pkg/mod/")
}

fn read_mod(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let directives = directives(&text);
    let mut replaced: HashMap<(&str, Option<&str>), Replacement<'_>> = HashMap::new();
    let mut excluded = BTreeSet::new();
    let (mut go, mut toolchain) = ("", "");
    for (keyword, words) in &directives {
        match (*keyword, words.as_slice()) {
            ("go", [version]) => go = version,
            ("toolchain", [version]) => toolchain = version.trim_start_matches("go"),
            ("exclude", [path, version]) => drop(excluded.insert((*path, *version))),
            ("replace", words) => {
                if let Some((old, new)) = replacement(words) {
                    replaced.insert(old, new);
                }
            }
            _ => {}
        }
    }
    for (keyword, words) in &directives {
        let ("require", [path, version]) = (*keyword, words.as_slice()) else { continue };
        if excluded.contains(&(*path, *version)) {
            continue;
        }
        let new = replaced.get(&(*path, Some(*version))).or_else(|| replaced.get(&(*path, None)));
        match new {
            Some(Replacement::Module(path, version)) => keep(module(path, version, file), facts),
            Some(Replacement::Folder) => {}
            None => keep(module(path, version, file), facts),
        }
    }
    facts.leaves_out = is_before_complete(go);
    // The toolchain is the standard library; a `go` line is one only with a patch version.
    let standard = if toolchain.is_empty() { go } else { toolchain };
    if standard.matches('.').count() == 2 && toolchain != "default" {
        keep(stated(PackageKind::Golang, "stdlib", standard, file), facts);
    }
}

/// What stands for a module.
#[derive(Clone, Copy)]
enum Replacement<'a> {
    /// Another module, or another version.
    Module(&'a str, &'a str),
    /// A folder, whose content has no version.
    Folder,
}

/// `old [version] => new [version]`
fn replacement<'a>(words: &[&'a str]) -> Option<((&'a str, Option<&'a str>), Replacement<'a>)> {
    let arrow = words.iter().position(|it| *it == "=>")?;
    let (old, new) = (words.get(..arrow)?, words.get(arrow + 1..)?);
    let old = (*old.first()?, old.get(1).copied());
    let new = match new {
        [path, version] => Replacement::Module(path, version),
        [_] => Replacement::Folder,
        _ => return None,
    };
    Some((old, new))
}

/// The directives, those of a block one by one, without comments and quotes.
fn directives(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut res = Vec::new();
    let mut block = None;
    for line in text.lines() {
        let content = line.split("//").next().unwrap_or_default();
        let mut words: Vec<_> =
            content.split_whitespace().map(|it| it.trim_matches(['"', '`'])).collect();
        match (block, words.as_slice()) {
            (_, []) => {}
            (Some(_), [")", ..]) => block = None,
            (Some(keyword), _) => res.push((keyword, words)),
            (None, [keyword, "("]) => block = Some(*keyword),
            (None, [keyword, ..]) => {
                let keyword = *keyword;
                words.remove(0);
                res.push((keyword, words));
            }
        }
    }
    res
}

fn is_before_complete(go: &str) -> bool {
    let mut parts = go.split('.').map(|it| it.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(1), Some(minor)) => minor < FIRST_COMPLETE,
        (Some(major), _) => major < 1,
        // Without a `go` line Go takes 1.16.
        (None, _) => true,
    }
}

fn read_sum(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let mut newest: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(path), Some(version), Some(_)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if version.ends_with("/go.mod") {
            continue;
        }
        let known = newest.entry(path).or_insert(version);
        if compare(VersionScheme::Golang, known, version) == Ordering::Less {
            *known = version;
        }
    }
    for (path, version) in newest {
        keep(module(path, version, file), facts);
    }
}

fn module(path: &str, version: &str, file: &InputFile<'_>) -> Package {
    let (namespace, name) = split_namespace(path);
    let mut res = stated(PackageKind::Golang, name, version, file);
    res.namespace = namespace;
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn, facts_of};

    const GO_MOD: &str = "module example.com/app\n\ngo 1.22.5\n\nrequire example.com/a v1.0.0\n\
        require (\n\texample.com/b/v2 v2.0.0 // indirect\n\t\"example.com/c\" v1.0.0\n\
        \texample.com/d v1.0.0\n\texample.com/e v1.0.0\n\texample.com/f v1.0.0\n)\n\
        replace example.com/a => example.com/fork/a v1.1.0\n\
        replace (\n\texample.com/c v0.9.0 => example.com/never v1.0.0\n\
        \texample.com/d v1.0.0 => ../d\n)\nexclude example.com/f v1.0.0\n";

    #[test]
    fn required_replaced_and_excluded() {
        let expected = [
            "example.com/fork/a@v1.1.0",
            "example.com/b/v2@v2.0.0",
            "example.com/c@v1.0.0",
            "example.com/e@v1.0.0",
            "stdlib@1.22.5",
        ];
        check(&MOD, "go.mod", GO_MOD, &expected);
    }

    #[test]
    fn the_standard_library_is_the_toolchain() {
        check(&MOD, "go.mod", "go 1.21\ntoolchain go1.22.3\n", &["stdlib@1.22.3"]);
        check(&MOD, "go.mod", "go 1.21\n", &[]);
    }

    const GO_SUM: &str = "example.com/a v1.0.0 h1:x=\nexample.com/a v1.0.0/go.mod h1:x=\n\
        example.com/b v1.9.0 h1:x=\nexample.com/b v1.10.0 h1:x=\nexample.com/b v1.10.0-rc.1 h1:x=\n\
        example.com/c v1.0.0/go.mod h1:x=\n";

    #[test]
    fn sums_of_code_not_of_go_mod_files() {
        check(&SUM, "go.sum", GO_SUM, &["example.com/a@v1.0.0", "example.com/b@v1.10.0"]);
    }

    #[test]
    fn go_sum_fills_what_an_old_go_mod_leaves_out() {
        for (go_mod, expected) in [
            (None, &["a", "b"][..]),
            (Some("go 1.17\nrequire example.com/a v1.0.0\n"), &[]),
            (Some("go 1.16\nrequire example.com/a v1.0.0\n"), &["b"]),
            (Some("require example.com/b v1.0.0\n"), &["a"]),
        ] {
            let go_mod = go_mod.map(|it| facts_of(&MOD, "go.mod", it.as_bytes()));
            let go_sum = facts_of(&SUM, "go.sum", GO_SUM.as_bytes());
            let counts = counting(go_mod.as_ref());
            let packages = go_sum.packages.iter().filter(|it| counts(it));
            assert_eq!(packages.map(|it| it.name.as_str()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn which_file_decides() {
        assert_eq!(deciding("a/go.sum").as_deref(), Some("a/go.mod"));
        assert_eq!(deciding("a/b.sum"), None);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&MOD, "go.mod", GO_MOD.as_bytes());
        check_torn(&SUM, "go.sum", GO_SUM.as_bytes());
    }
}
