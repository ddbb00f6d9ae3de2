//! conda: packages that it, mamba or pixi installed (`conda-meta/*.json`), and what an
//! `environment.yml` pins.

use plimsoll_config::tree::Node;
use plimsoll_package::{Package, PackageKind};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::{FileFacts, OwnedFile, OwnedFiles},
    language::{
        format::{Files, Format, file_name, folder},
        python_name::pin,
        reading::{dependency, keep, read_json, read_yaml, stated, string},
    },
};

/// The record of an installed package.
pub(crate) const FORMAT: Format =
    Format { name: "conda-meta", files: Files::ending(&[".json"]).within(is_record), read };

/// The description of an environment.
pub(crate) const ENVIRONMENT: Format = Format {
    name: "conda-environment",
    files: Files::named(&["environment.yml", "environment.yaml"]),
    read: read_environment,
};

fn is_record(path: &str) -> bool {
    file_name(folder(path)) == "conda-meta"
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(record) = read_json(file, facts) else { return };
    let (Some(name), Some(version)) = (string(&record, "name"), string(&record, "version")) else {
        return;
    };
    let mut package = Package::new(PackageKind::Conda, name, version, file.path());
    package.licence = string(&record, "license").map(str::to_owned);
    package.architecture =
        string(&record, "subdir").filter(|it| *it != "noarch").map(str::to_owned);
    let needs = list(&record, "depends").filter_map(|it| it.split_whitespace().next());
    package.dependencies = needs.filter(|it| !it.starts_with("__")).map(dependency).collect();
    keep(package, facts);
    let prefix = folder(folder(file.path()));
    let files: Vec<_> = list(&record, "files").filter_map(|it| owned_file(prefix, it)).collect();
    if !files.is_empty() {
        facts.owned.push(OwnedFiles { package: name.to_owned(), files });
    }
}

/// `name=version=build` or `channel::name==version`, and a list of requirements for pip.
fn read_environment(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(tree) = read_yaml(file, facts) else { return };
    let needs = tree.root().and_then(|it| it.get("dependencies"));
    for need in needs.map(Node::items).unwrap_or_default() {
        if let Some((name, version)) = need.as_str().and_then(conda_pin) {
            keep(stated(PackageKind::Conda, name, version, file), facts);
        }
        let for_pip = need.get("pip").map(Node::items).unwrap_or_default();
        for (name, version) in for_pip.iter().filter_map(|it| pin(it.as_str()?)) {
            keep(stated(PackageKind::PyPi, name, version, file), facts);
        }
    }
}

fn conda_pin(need: &str) -> Option<(&str, &str)> {
    let need = need.rsplit_once("::").map_or(need, |it| it.1).trim();
    let (name, rest) = need.split_once('=')?;
    let version = rest.trim_start_matches('=').split(['=', ' ']).next()?;
    let is_exact = !version.contains(['*', '>', '<', ',', '|', '!']);
    let is_name = !name.contains(['>', '<', '!', '~', ' ']);
    (is_exact && is_name && !version.is_empty()).then_some((name, version))
}

fn owned_file(prefix: &str, path: &str) -> Option<OwnedFile> {
    let is_inside = !path.is_empty() && path.split('/').all(|it| it != "..");
    let path = format!("{prefix}/{path}").trim_start_matches('/').to_owned();
    is_inside.then(|| OwnedFile { path, digest: String::new() })
}

fn list<'a>(record: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    record.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_wants};

    #[test]
    fn a_record() {
        check_wants(&FORMAT, &[("opt/conda/conda-meta/a.json", true), ("opt/conda/a.json", false)]);
        let text = r#"{"name":"a","version":"1.0","build":"h0","subdir":"linux-64",
            "license":"BSD-3-Clause","depends":["b >=2,<3","__glibc >=2.17"],
            "files":["lib/liba.so","../x"]}"#;
        let expected =
            ["a@1.0 for linux-64 installed (BSD-3-Clause) -> b", "a owns opt/conda/lib/liba.so "];
        check(&FORMAT, "opt/conda/conda-meta/a-1.0-h0.json", text, &expected);
    }

    #[test]
    fn an_environment() {
        let text = "name: x\ndependencies:\n  - a=1.0=h0_1\n  - conda-forge::b==2.0\n  - c>=3\n\
            \x20 - d=4.*\n  - e\n  - pip:\n      - f==6.0\n      - g\n";
        check(&ENVIRONMENT, "environment.yml", text, &["a@1.0", "b@2.0", "f@6.0"]);
    }
}
