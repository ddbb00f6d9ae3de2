//! Julia: `Manifest.toml`.

use plimsoll_package::PackageKind;
use toml::{Table, Value};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name},
        reading::{dependency, exactly, keep, pin_dependencies, read_toml, stated},
    },
};

/// Julia's manifest; its name may carry the version of Julia.
pub(crate) const FORMAT: Format = Format {
    name: "julia-manifest",
    files: Files::named(&["Manifest.toml", "JuliaManifest.toml"])
        .or_ending(&[".toml"])
        .within(is_manifest),
    read,
};

fn is_manifest(path: &str) -> bool {
    let name = file_name(path);
    name == "Manifest.toml" || name == "JuliaManifest.toml" || name.starts_with("Manifest-v")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(manifest) = read_toml(file, facts) else { return };
    let julia = manifest.get("julia_version").and_then(Value::as_str);
    // Format 1 has the packages at the top.
    let packages = manifest.get("deps").and_then(Value::as_table).unwrap_or(&manifest);
    for (name, entries) in packages {
        for fields in entries.as_array().into_iter().flatten().filter_map(Value::as_table) {
            let said = |key: &str| fields.get(key).and_then(Value::as_str);
            // What neither has a version nor comes from anywhere is Julia's standard library.
            let is_standard = said("git-tree-sha1").is_none() && said("path").is_none();
            let Some(version) = said("version").or(julia.filter(|_| is_standard)) else { continue };
            let mut package = stated(PackageKind::Julia, name, version, file);
            package.dependencies = needs(fields).map(dependency).collect();
            keep(package, facts);
        }
    }
    pin_dependencies(facts, exactly);
}

/// Names in a list, or the keys of a table where names alone do not tell.
fn needs(fields: &Table) -> impl Iterator<Item = &str> {
    let value = fields.get("deps");
    let list = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let table = value.and_then(Value::as_table).into_iter().flat_map(Table::keys);
    list.chain(table.map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn formats_1_and_2() {
        let text = "julia_version = \"1.9.0\"\nmanifest_format = \"2.0\"\n[[deps.A]]\n\
            deps = [\"B\"]\ngit-tree-sha1 = \"00\"\nversion = \"1.0.0\"\n[[deps.B]]\nuuid = \"0\"\n";
        check(&FORMAT, "Manifest.toml", text, &["A@1.0.0 -> B@1.9.0", "B@1.9.0"]);
        let text = "[[A]]\ngit-tree-sha1 = \"00\"\nversion = \"1.0.0\"\n[A.deps]\nB = \"0\"\n\
            [[B]]\npath = \"b\"\n";
        check(&FORMAT, "Manifest.toml", text, &["A@1.0.0 -> B"]);
    }
}
