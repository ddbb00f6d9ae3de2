//! `content-manifest`: the repositories that a Red Hat image was built from. An advisory of Red
//! Hat holds for the packages of certain repositories only.

use plimsoll_oci::Entry;
use serde_json::Value;

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
    system::name_in,
};

/// Reads `root/buildinfo/content_manifests/*.json` and `usr/share/buildinfo/content-sets.json`.
pub(crate) struct ContentManifest;

impl Extractor for ContentManifest {
    fn name(&self) -> &'static str {
        "content-manifest"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let path = entry.path.as_str();
        let is_it = path.ends_with(".json")
            && (name_in(path, "root/buildinfo/content_manifests/").is_some()
                || name_in(path, "usr/share/buildinfo/") == Some("content-sets.json"));
        if is_it { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let value: Value = match serde_json::from_slice(&bytes) {
            Ok(value) => value,
            Err(error) => {
                facts.gap(format!("no JSON: {error}"));
                return;
            }
        };
        let sets = value.get("content_sets").and_then(Value::as_array);
        let sets = sets.into_iter().flatten().filter_map(Value::as_str);
        facts.content_sets.extend(sets.take(MAX_SETS).map(str::to_owned));
        if facts.content_sets.len() >= MAX_SETS {
            facts.gap(format!("more than {MAX_SETS} content sets"));
        }
    }
}

const MAX_BYTES: u64 = 16 << 20;
const MAX_SETS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, gaps};

    #[test]
    fn the_names_of_the_repositories() {
        let path = "root/buildinfo/content_manifests/a-1-2.json";
        let text = br#"{"metadata": {}, "content_sets": ["rhel-9-baseos", 3, "rhel-9-apps"]}"#;
        let facts = extract(&ContentManifest, path, text);
        assert_eq!(facts.content_sets, ["rhel-9-baseos", "rhel-9-apps"]);

        let path = "usr/share/buildinfo/content-sets.json";
        assert_eq!(gaps(&extract(&ContentManifest, path, b"[")).len(), 1);
    }
}
