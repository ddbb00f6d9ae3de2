//! `rust-binary`: the crates that a Rust program was linked from, where it was built to say so.
//!
//! It must not know which of them are at fault.

use std::io::Read;

use flate2::read::ZlibDecoder;
use plimsoll_oci::Entry;
use plimsoll_package::{Dependency, Package, PackageKind};
use serde_json::Value;

use crate::{
    binary::{elf::Elf, may_be_executable},
    bytes::read_exact,
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
};

/// Reads the section `.dep-v0`, in which cargo-auditable leaves the list of crates.
pub(crate) struct RustBinary;

impl Extractor for RustBinary {
    fn name(&self) -> &'static str {
        "rust-binary"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if may_be_executable(entry) { Want::WhenElf } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(elf) = Elf::open(file.content) else { return };
        let Some(section) = elf.section(".dep-v0") else { return };
        if section.size > MAX_PACKED_BYTES {
            facts.gap(format!("a list of crates of {} bytes", section.size));
            return;
        }
        let len = usize::try_from(section.size).unwrap_or_default();
        let Some(packed) = read_exact(file.content, section.offset, len) else {
            facts.gap("a list of crates that is cut off".to_owned());
            return;
        };
        match unpacked(&packed) {
            Ok(list) => packages(&list, file.path(), facts),
            Err(fault) => facts.gap(fault),
        }
    }
}

const MAX_PACKED_BYTES: u64 = 8 << 20;
const MAX_BYTES: u64 = 64 << 20;
const MAX_CRATES: usize = 20_000;

/// Edges of all crates together, which a hostile list could make the square of the crates.
const MAX_EDGES: usize = 500_000;

fn unpacked(packed: &[u8]) -> Result<Value, String> {
    let mut text = Vec::new();
    let mut reader = ZlibDecoder::new(packed).take(MAX_BYTES + 1);
    reader.read_to_end(&mut text).map_err(|it| format!("a list of crates that is broken: {it}"))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(format!("a list of crates of more than {MAX_BYTES} bytes"));
    }
    serde_json::from_slice(&text).map_err(|it| format!("a list of crates that is broken: {it}"))
}

fn packages(list: &Value, path: &str, facts: &mut FileFacts) {
    let all = list.get("packages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if all.len() > MAX_CRATES {
        facts.gap(format!("more than {MAX_CRATES} crates"));
    }
    let all = all.get(..MAX_CRATES).unwrap_or(all);
    let field = |it: &Value, name| it.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut n_edges = 0;
    for it in all {
        let (Some(name), Some(version)) = (field(it, "name"), field(it, "version")) else {
            facts.gap("a crate without a name or version".to_owned());
            break;
        };
        let mut package = Package::new(PackageKind::Cargo, name, version, path);
        // What only ran during the build is listed, and is not in the program.
        package.development = field(it, "kind").as_deref() == Some("build");
        let needs = it.get("dependencies").and_then(Value::as_array);
        for need in needs.into_iter().flatten().filter_map(Value::as_u64) {
            let needed = usize::try_from(need).ok().and_then(|it| all.get(it));
            n_edges += 1;
            let Some(needed) = needed.filter(|_| n_edges <= MAX_EDGES) else { continue };
            if let Some(name) = field(needed, "name") {
                package.dependencies.push(Dependency { name, version: field(needed, "version") });
            }
        }
        facts.packages.push(package);
    }
    if n_edges > MAX_EDGES {
        facts.gap(format!("more than {MAX_EDGES} dependencies between crates"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        binary::elf::tests::{FORMS, build},
        testing::{extract, gaps, names},
    };

    fn program(list: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(list).unwrap();
        let mut res = build(FORMS[0], &[(".dep-v0", &encoder.finish().unwrap())]);
        res.resize(res.len().max(5_000), 0);
        res
    }

    #[test]
    fn crates_and_their_edges() {
        let list = br#"{"packages": [
            {"name": "app", "version": "0.1.0", "source": "local", "root": true,
             "dependencies": [1, 9]},
            {"name": "serde", "version": "1.0.200", "source": "crates.io"},
            {"name": "cc", "version": "1.0.90", "source": "crates.io", "kind": "build"}]}"#;
        let facts = extract(&RustBinary, "usr/local/bin/app", &program(list));
        assert_eq!(names(&facts), ["app 0.1.0", "serde 1.0.200", "cc 1.0.90"]);
        let edge = Dependency { name: "serde".into(), version: Some("1.0.200".into()) };
        assert_eq!(facts.packages[0].dependencies, [edge]);
        assert!(!facts.packages[1].development && facts.packages[2].development);
    }

    #[test]
    fn broken_lists_are_gaps() {
        for list in [&b"{"[..], br#"{"packages": [{"name": "a"}]}"#] {
            assert_eq!(gaps(&extract(&RustBinary, "a", &program(list))).len(), 1);
        }
        let mut torn = build(FORMS[0], &[(".dep-v0", b"no zlib")]);
        torn.resize(5_000, 0);
        assert_eq!(gaps(&extract(&RustBinary, "a", &torn)).len(), 1);
    }

    proptest! {
        #[test]
        fn arbitrary_lists_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut file = build(FORMS[0], &[(".dep-v0", &bytes)]);
            file.resize(5_000, 0);
            extract(&RustBinary, "a", &file);
        }
    }
}
