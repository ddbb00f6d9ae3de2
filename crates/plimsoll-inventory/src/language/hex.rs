//! Elixir and Erlang: `mix.lock` and `rebar.lock`, both terms of their language.

use plimsoll_package::{Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{dependency, exactly, keep, pin_dependencies, read_text, stated},
    },
};

/// Mix's lock file.
pub(crate) const MIX: Format =
    Format { name: "elixir-mix-lock", files: Files::named(&["mix.lock"]), read: read_mix };

/// Rebar's lock file.
pub(crate) const REBAR: Format =
    Format { name: "erlang-rebar-lock", files: Files::named(&["rebar.lock"]), read: read_rebar };

/// Each line is `"name": {:hex, :package, "version", checksum, managers, needs, ...},` or
/// `"name": {:git, "address", "commit", options},`.
fn read_mix(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    for line in text.lines() {
        let Some((name, term)) = line.trim().strip_prefix('"').and_then(|it| it.split_once("\":"))
        else {
            continue;
        };
        let package = match words(term).as_slice() {
            ["hex", package, version, ..] => {
                let mut res = stated(PackageKind::Hex, *package, *version, file);
                let needs = term.split("{:").skip(2).filter_map(|it| words(it).first().copied());
                res.dependencies = needs.map(dependency).collect();
                Some(res)
            }
            ["git", _, commit, ..] => Some(stated(PackageKind::Hex, name, *commit, file)),
            _ => None,
        };
        if let Some(package) = package {
            keep(package, facts);
        }
    }
    pin_dependencies(facts, exactly);
}

/// `{<<"name">>,{pkg,<<"package">>,<<"version">>},0}` or
/// `{<<"name">>,{git,"address",{ref,"commit"}},0}`.
fn read_rebar(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    for part in text.split("{<<\"").skip(1) {
        let Some((name, term)) = part.split_once("\">>") else { continue };
        let term = term.trim_start_matches([',', ' ', '\n', '\r', '\t']);
        if let Some(package) = rebar_package(name, term, file) {
            keep(package, facts);
        }
    }
}

fn rebar_package(name: &str, term: &str, file: &InputFile<'_>) -> Option<Package> {
    let mut quoted = term.split('"').skip(1).step_by(2);
    if term.starts_with("{pkg") {
        let (package, version) = (quoted.next()?, quoted.next()?);
        return Some(stated(PackageKind::Hex, package, version, file));
    }
    let commit = term.starts_with("{git").then(|| quoted.nth(1))??;
    Some(stated(PackageKind::Hex, name, commit, file))
}

/// The first few atoms and texts of a term, without their marks.
fn words(term: &str) -> Vec<&str> {
    const MAX_WORDS: usize = 3;
    let parts = term.trim().trim_start_matches(['{', ':']).split(',').take(MAX_WORDS);
    parts.map(|it| it.trim().trim_start_matches(':').trim_matches(['"', '}', ']'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    const MIX_LOCK: &str = "%{\n  \"a\": {:hex, :a, \"1.0.0\", \"00\", [:mix], \
        [{:b, \"~> 2.0\", [hex: :b, repo: \"hexpm\", optional: false]}, \
        {:\"c\", \">= 0.0.0\", [hex: :c]}], \"hexpm\", \"00\"},\n  \
        \"alias\": {:hex, :b, \"2.1.0\", \"00\", [:rebar3], [], \"hexpm\", \"00\"},\n  \
        \"g\": {:git, \"https://example.com/g.git\", \"0123\", [tag: \"1\"]},\n  \
        \"here\": {:path, \"../here\", []},\n}\n";

    #[test]
    fn mix() {
        let expected = ["a@1.0.0 -> b@2.1.0, c", "b@2.1.0", "g@0123"];
        check(&MIX, "mix.lock", MIX_LOCK, &expected);
    }

    const REBAR_LOCK: &str = "{\"1.2.0\",\n[{<<\"a\">>,{pkg,<<\"a_real\">>,<<\"1.0.0\">>},0},\n \
        {<<\"g\">>,\n  {git,\"https://example.com/g.git\",\n       {ref,\"0123\"}},\n  1}]}.\n\
        [\n{pkg_hash,[\n {<<\"a\">>, <<\"00\">>}]}\n].\n";

    #[test]
    fn rebar() {
        check(&REBAR, "rebar.lock", REBAR_LOCK, &["a_real@1.0.0", "g@0123"]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&MIX, "mix.lock", MIX_LOCK.as_bytes());
        check_torn(&REBAR, "rebar.lock", REBAR_LOCK.as_bytes());
    }
}
