//! R: `DESCRIPTION` of packages, and `renv.lock`.

use plimsoll_package::{Package, PackageKind};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        headers::{Continuation, header, headers},
        reading::{dependency, keep, read_json, read_text, stated, string},
    },
};

/// The description of a package.
pub(crate) const DESCRIPTION: Format =
    Format { name: "r-description", files: Files::named(&["DESCRIPTION"]), read: read_description };

/// The lock file of renv.
pub(crate) const RENV: Format =
    Format { name: "r-renv-lock", files: Files::named(&["renv.lock"]), read: read_renv };

fn read_description(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let fields = headers(&text, Continuation::Folded);
    let (Some(name), Some(version)) = (header(&fields, "Package"), header(&fields, "Version"))
    else {
        // Other tools have files of this name too.
        return;
    };
    let mut package = Package::new(PackageKind::Cran, name, version, file.path());
    // R adds this field when it installs; sources have none.
    package.installed = header(&fields, "Built").is_some()
        || is_below(file.path(), "library")
        || is_below(file.path(), "site-library");
    package.licence = header(&fields, "License").map(str::to_owned);
    let needs = ["Depends", "Imports"].iter().filter_map(|it| header(&fields, it));
    let needs = needs.flat_map(|it| it.split(',')).map(str::trim);
    let needs = needs.filter_map(|it| it.split([' ', '(']).next());
    package.dependencies =
        needs.filter(|it| !it.is_empty() && *it != "R").map(dependency).collect();
    keep(package, facts);
}

fn read_renv(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    let packages = lock.get("Packages").and_then(Value::as_object);
    for (key, fields) in packages.into_iter().flatten() {
        let name = string(fields, "Package").unwrap_or(key);
        let Some(version) = string(fields, "Version") else { continue };
        let mut package = stated(PackageKind::Cran, name, version, file);
        let needs = fields.get("Requirements").and_then(Value::as_array).into_iter().flatten();
        let needs = needs.filter_map(Value::as_str).filter(|it| *it != "R");
        package.dependencies = needs.map(dependency).collect();
        keep(package, facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn description() {
        let text = "Package: a\nVersion: 1.0.0.9000\nDepends:\n    R (>= 3.3)\nImports: b (>= 1),\n\
            \x20   c\nLicense: MIT + file LICENSE\nBuilt: R 4.3.0; ; 2023; unix\n";
        let expected = ["a@1.0.0.9000 installed (MIT + file LICENSE) -> b, c"];
        check(&DESCRIPTION, "usr/lib/R/x/a/DESCRIPTION", text, &expected);
        check(&DESCRIPTION, "src/a/DESCRIPTION", "Package: a\nVersion: 1\n", &["a@1"]);
        check(&DESCRIPTION, "x/DESCRIPTION", "Some words.\n", &[]);
    }

    #[test]
    fn renv() {
        let text = r#"{"R":{"Version":"4.3.0"},"Packages":{"a":{"Package":"a","Version":"1.0",
            "Requirements":["R","b"]},"b":{"Version":"2.0-1"}}}"#;
        check(&RENV, "renv.lock", text, &["a@1.0 -> b", "b@2.0-1"]);
    }
}
