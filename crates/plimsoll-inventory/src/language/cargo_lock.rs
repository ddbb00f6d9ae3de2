//! `Cargo.lock` of Rust.

use plimsoll_package::{Dependency, PackageKind};
use toml::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        reading::{exactly, keep, pin_dependencies, read_toml, stated},
    },
};

/// Cargo's lock file.
pub(crate) const FORMAT: Format =
    Format { name: "cargo-lock", files: Files::named(&["Cargo.lock"]).within(is_own), read };

/// What lies in Cargo's registry cache states what that crate was once built with.
fn is_own(path: &str) -> bool {
    !is_below(path, ".cargo") && !path.contains("/registry/src/")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_toml(file, facts) else { return };
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    for fields in packages {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut package = stated(PackageKind::Cargo, text("name"), text("version"), file);
        let needs = fields.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        package.dependencies = needs.filter_map(Value::as_str).filter_map(need).collect();
        keep(package, facts);
    }
    pin_dependencies(facts, exactly);
}

/// `name`, `name version` or `name version (source)`; the version stands there if the name alone
/// does not tell.
fn need(text: &str) -> Option<Dependency> {
    let mut words = text.split_whitespace();
    let name = words.next()?.to_owned();
    Some(Dependency { name, version: words.next().map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    const LOCK: &str = r#"version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["a 2.0.0", "b"]
[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "a"
version = "2.0.0"
[[package]]
name = "b"
version = "0.3.0+build"
dependencies = ["a 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)"]
"#;

    #[test]
    fn packages_and_edges() {
        let expected = [
            "app@0.1.0 -> a@2.0.0, b@0.3.0+build",
            "a@1.0.0",
            "a@2.0.0",
            "b@0.3.0+build -> a@1.0.0",
        ];
        check(&FORMAT, "Cargo.lock", LOCK, &expected);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "Cargo.lock", LOCK.as_bytes());
    }
}
