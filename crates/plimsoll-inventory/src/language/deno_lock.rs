//! `deno.lock`: the npm packages that a Deno program was locked to.

use plimsoll_package::Dependency;
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        npm_name::{npm_package, split_at},
        reading::{keep, read_json},
    },
};

/// Deno's lock file.
pub(crate) const FORMAT: Format =
    Format { name: "deno-lock", files: Files::named(&["deno.lock"]), read };

/// Packages stand under `npm`, in versions 2 and 3 of the file one or two levels deeper.
fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    let places = ["/npm", "/npm/packages", "/packages/npm"];
    for place in places {
        let packages = lock.pointer(place).and_then(Value::as_object);
        for (key, fields) in packages.into_iter().flatten() {
            let Some((name, version)) = split_key(key) else { continue };
            let mut package = npm_package(name, version, file);
            package.dependencies = needs(fields);
            keep(package, facts);
        }
    }
}

/// `name@1.0.0_peer@2.0.0`
fn split_key(key: &str) -> Option<(&str, &str)> {
    let (name, version) = split_at(key)?;
    Some((name, version.split('_').next()?))
}

/// A list of names or keys, or an object with keys as its values.
fn needs(fields: &Value) -> Vec<Dependency> {
    let Some(needs) = fields.get("dependencies") else { return Vec::new() };
    let list = needs.as_array().into_iter().flatten();
    let object = needs.as_object().into_iter().flat_map(|it| it.values());
    let words = list.chain(object).filter_map(Value::as_str);
    words
        .map(|it| match split_key(it) {
            Some((name, version)) => {
                Dependency { name: name.to_owned(), version: Some(version.to_owned()) }
            }
            None => Dependency { name: it.to_owned(), version: None },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn versions_3_and_4() {
        let text = r#"{"version":"4","specifiers":{"npm:a@1":"1.0.0"},"npm":{
            "a@1.0.0_p@2.0.0":{"integrity":"x","dependencies":["@s/b","c@3.0.0"]},
            "@s/b@2.0.0":{"integrity":"x"}}}"#;
        check(&FORMAT, "deno.lock", text, &["@s/b@2.0.0", "a@1.0.0 -> @s/b, c@3.0.0"]);
        let text = r#"{"version":"3","packages":{"npm":{"a@1.0.0":{"dependencies":
            {"b":"b@2.0.0"}}}}}"#;
        check(&FORMAT, "deno.lock", text, &["a@1.0.0 -> b@2.0.0"]);
    }
}
