//! `go-binary`: the modules that a Go program was linked from, and the Go that linked it.
//!
//! It must not know which of them are at fault.

use std::collections::BTreeSet;

use plimsoll_oci::{Entry, ReadAt};
use plimsoll_package::{Dependency, Package, PackageKind};

use crate::{
    binary::{elf::Elf, go_version, may_be_executable},
    bytes::{read_exact, read_up_to},
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
};

/// Reads the build information that Go has laid into its programs since 1.12.
pub(crate) struct GoBinary;

impl Extractor for GoBinary {
    fn name(&self) -> &'static str {
        "go-binary"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if may_be_executable(entry) { Want::WhenElf } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(elf) = Elf::open(file.content) else { return };
        if is_packed(file.content) {
            facts.gap("packed with UPX: what it was built from cannot be seen".to_owned());
            return;
        }
        match build_info(&elf) {
            None => (),
            Some(Err(fault)) => facts.gap(fault),
            Some(Ok(info)) => packages(&info, file.path(), facts),
        }
    }
}

/// What Go left in the program.
struct BuildInfo {
    go_version: String,
    modules: String,
}

const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEAD_BYTES: usize = 32;
const ALIGNMENT: usize = 16;
const INLINE: u8 = 2;

/// How far from the beginning of the section or segment the head may lie.
const SEARCHED_BYTES: usize = 1 << 20;

/// The list of modules of the largest programs has some hundred kilobytes.
const MAX_TEXT_BYTES: u64 = 16 << 20;

const MAX_MODULES: usize = 20_000;

/// Marks round the text by which debuggers find it.
const FRAME_BYTES: usize = 16;

/// A packer leaves its name near the beginning of the file, and of Go's own head nothing.
fn is_packed(content: &dyn ReadAt) -> bool {
    const REACH: usize = 1_024;
    memchr::memmem::find(&read_up_to(content, 0, REACH), b"UPX!").is_some()
}

/// `None` if the program was not built by Go.
fn build_info(elf: &Elf<'_>) -> Option<Result<BuildInfo, String>> {
    let (offset, size) = if let Some(section) = elf.section(".go.buildinfo") {
        (section.offset, section.size)
    } else {
        let segment = elf.segments().iter().find(|it| it.is_writable)?;
        (segment.offset, segment.size)
    };
    let len = usize::try_from(size).unwrap_or(usize::MAX).min(SEARCHED_BYTES);
    let bytes = read_up_to(elf.content, offset, len);
    let mut hits = memchr::memmem::find_iter(&bytes, MAGIC);
    let at = hits.find(|it| it % ALIGNMENT == 0)?;
    let head = bytes.get(at..at.checked_add(HEAD_BYTES)?)?;
    let start = offset.checked_add(at as u64)?;
    let info = if head.get(15)? & INLINE != 0 {
        inline(elf.content, start.checked_add(HEAD_BYTES as u64)?)
    } else {
        pointed(elf, head)
    };
    Some(info.ok_or_else(|| "a program of Go whose build information is broken".to_owned()))
}

/// Since Go 1.18 both texts lie right behind the head, each after its length.
fn inline(content: &dyn ReadAt, at: u64) -> Option<BuildInfo> {
    let (go_version, at) = sized_text(content, at)?;
    let (modules, _) = sized_text(content, at)?;
    Some(BuildInfo { go_version: lossy(&go_version), modules: unframed(&modules) })
}

fn sized_text(content: &dyn ReadAt, at: u64) -> Option<(Vec<u8>, u64)> {
    const MAX_LENGTH_BYTES: usize = 10;
    let length = read_up_to(content, at, MAX_LENGTH_BYTES);
    let mut value = 0_u64;
    for (idx, byte) in length.iter().enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(u32::try_from(idx).ok()? * 7)?;
        if byte & 0x80 == 0 {
            let at = at.checked_add(idx as u64 + 1)?;
            let text = text(content, at, value)?;
            return Some((text, at.checked_add(value)?));
        }
    }
    None
}

fn text(content: &dyn ReadAt, at: u64, len: u64) -> Option<Vec<u8>> {
    if len > MAX_TEXT_BYTES {
        return None;
    }
    read_exact(content, at, usize::try_from(len).ok()?)
}

/// Before, the head held the addresses of two strings of Go, each an address and a length.
fn pointed(elf: &Elf<'_>, head: &[u8]) -> Option<BuildInfo> {
    const POINTERS_AT: usize = 16;
    let width = if elf.is_64 { 8 } else { 4 };
    if head.get(14).copied().map(usize::from) != Some(width) {
        return None;
    }
    let string = |at: usize| {
        let header = elf.at_address(elf.address(head, at)?, 2 * width)?;
        let len = elf.address(&header, width)?;
        if len > MAX_TEXT_BYTES {
            return None;
        }
        elf.at_address(elf.address(&header, 0)?, usize::try_from(len).ok()?)
    };
    let go_version = lossy(&string(POINTERS_AT)?);
    // Programs that were built without modules have no second string.
    let modules = string(POINTERS_AT + width).unwrap_or_default();
    Some(BuildInfo { go_version, modules: unframed(&modules) })
}

fn unframed(bytes: &[u8]) -> String {
    let end = bytes.len().saturating_sub(FRAME_BYTES);
    let is_framed = end > FRAME_BYTES && bytes.get(end - 1) == Some(&b'\n');
    let range = if is_framed { bytes.get(FRAME_BYTES..end) } else { None };
    range.map(lossy).unwrap_or_default()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A module as the lines of the text name it.
#[derive(Clone, Copy, Default)]
struct Module<'a> {
    path: &'a str,
    version: &'a str,
}

fn packages(info: &BuildInfo, path: &str, facts: &mut FileFacts) {
    if let Some(version) = go_version::release(&info.go_version) {
        facts.packages.push(Package::new(PackageKind::Golang, "stdlib", version, path));
    }
    let mut main = None;
    let mut modules: Vec<Module<'_>> = Vec::new();
    let mut linker_flags = "";
    for line in info.modules.lines() {
        let (kind, rest) = line.split_once('\t').unwrap_or((line, ""));
        let mut words = rest.split('\t');
        let mut word = || words.next().unwrap_or_default();
        let module = Module { path: word(), version: word() };
        match kind {
            "mod" => main = Some(module),
            "dep" if modules.len() >= MAX_MODULES => {
                facts.gap(format!("more than {MAX_MODULES} modules"));
                break;
            }
            "dep" => modules.push(module),
            // A folder in place of a module has no version: what was replaced still names it best.
            "=>" if is_version(module.version) => {
                if let Some(last) = modules.last_mut() {
                    *last = module;
                }
            }
            "build" => {
                if let Some(value) = rest.strip_prefix("-ldflags=") {
                    linker_flags = value;
                }
            }
            _ => (),
        }
    }
    if let Some(main) = main.filter(|it| !it.path.is_empty()) {
        facts.packages.push(main_package(main, &modules, linker_flags, path));
    }
    let mut seen = BTreeSet::new();
    let known = modules.iter().filter(|it| !it.path.is_empty());
    for module in known.filter(|it| seen.insert((it.path, it.version))) {
        facts.packages.push(package(*module, path));
    }
}

fn main_package(main: Module<'_>, modules: &[Module<'_>], flags: &str, path: &str) -> Package {
    let mut res = package(main, path);
    if res.version.is_empty() {
        let flags = flags.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(flags);
        res.version = go_version::of_linker_flags(flags, main.path).unwrap_or_default();
    }
    let named = modules.iter().filter(|it| !it.path.is_empty());
    res.dependencies = named
        .map(|it| Dependency {
            name: it.path.to_owned(),
            version: is_version(it.version).then(|| it.version.to_owned()),
        })
        .collect();
    res
}

/// The version of a module that was built from a folder is not known, and stays empty.
fn package(module: Module<'_>, path: &str) -> Package {
    let version = if is_version(module.version) { module.version } else { "" };
    let (namespace, name) = match module.path.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name),
        None => (None, module.path),
    };
    let mut res = Package::new(PackageKind::Golang, name, version, path);
    res.namespace = namespace;
    res
}

fn is_version(text: &str) -> bool {
    text.starts_with('v') && !text.contains('(')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        binary::elf::tests::{BASE, FIRST, FORMS, Form, build},
        testing::{extract, gaps, wants},
    };

    const MODULES: &str = "path\texample.org/a/cmd\nmod\texample.org/a\t(devel)\t\n\
        dep\texample.org/b/v2\tv2.1.0\th1:x=\ndep\texample.org/c\tv1.0.0\n\
        =>\texample.org/fork/c\tv1.0.1\th1:y=\ndep\texample.org/d\tv0.3.0\n=>\t./d\t(devel)\t\n\
        build\t-compiler=gc\nbuild\t-ldflags=\"-s -X example.org/a/x.Version=1.4.2\"\n";

    fn framed(text: &str) -> Vec<u8> {
        [&[1; FRAME_BYTES][..], text.as_bytes(), &[2; FRAME_BYTES]].concat()
    }

    fn inline_program(form: Form, go_version: &str, modules: &[u8]) -> Vec<u8> {
        let mut info = [MAGIC, &[8, INLINE]].concat();
        info.resize(HEAD_BYTES, 0);
        info.push(u8::try_from(go_version.len()).unwrap());
        info.extend(go_version.bytes());
        let len = modules.len();
        info.extend([u8::try_from(len & 0x7f).unwrap() | 0x80, u8::try_from(len >> 7).unwrap()]);
        info.extend(modules);
        padded(build(form, &[(".go.buildinfo", &info)]))
    }

    fn pointed_program(form: Form, name: &str, go_version: &str, modules: &[u8]) -> Vec<u8> {
        let width = if form.is_64 { 8 } else { 4 };
        let mut info = [MAGIC, &[width, 0]].concat();
        let headers_at = BASE + FIRST + HEAD_BYTES as u64;
        let texts_at = headers_at + 4 * u64::from(width);
        info.extend(form.word(headers_at));
        info.extend(form.word(headers_at + 2 * u64::from(width)));
        info.resize(HEAD_BYTES, 0);
        let len = go_version.len() as u64;
        for it in [texts_at, len, texts_at + len, modules.len() as u64] {
            info.extend(form.word(it));
        }
        info.extend(go_version.bytes().chain(modules.iter().copied()));
        padded(build(form, &[(name, &info)]))
    }

    fn padded(mut program: Vec<u8>) -> Vec<u8> {
        program.resize(program.len().max(5_000), 0);
        program
    }

    fn check(program: &[u8]) {
        let facts = extract(&GoBinary, "usr/local/bin/a", program);
        let names: Vec<_> = facts
            .packages
            .iter()
            .map(|it| format!("{:?} {} {}", it.namespace, it.name, it.version))
            .collect();
        let expected = [
            "None stdlib 1.22.3",
            "Some(\"example.org\") a v1.4.2",
            "Some(\"example.org/b\") v2 v2.1.0",
            "Some(\"example.org/fork\") c v1.0.1",
            "Some(\"example.org\") d v0.3.0",
        ];
        assert_eq!(names, expected);
        let main = &facts.packages[1];
        assert_eq!(main.dependencies.len(), 3);
        assert_eq!(main.dependencies[0].version.as_deref(), Some("v2.1.0"));
        assert!(facts.gaps.is_empty());
    }

    #[test]
    fn every_form_of_program_says_the_same() {
        for form in FORMS {
            check(&inline_program(form, "go1.22.3", &framed(MODULES)));
            check(&pointed_program(form, ".go.buildinfo", "go1.22.3", &framed(MODULES)));
            // Without a table of sections the first writable segment is searched.
            check(&pointed_program(form, ".data", "go1.22.3", &framed(MODULES)));
        }
    }

    #[test]
    fn without_modules_the_toolchain_is_still_known() {
        let program = pointed_program(FORMS[0], ".go.buildinfo", "go1.12", b"");
        assert_eq!(crate::testing::names(&extract(&GoBinary, "a", &program)), ["stdlib 1.12"]);
    }

    #[test]
    fn broken_and_packed_programs_are_gaps_and_others_are_not() {
        let program = inline_program(FORMS[0], "go1.22.3", &framed(MODULES));
        let mut broken = program.clone();
        let length_at = usize::try_from(FIRST).unwrap() + HEAD_BYTES;
        broken[length_at] = 0xff;
        assert_eq!(gaps(&extract(&GoBinary, "a", &broken)).len(), 1);

        let mut packed = program;
        packed[200..204].copy_from_slice(b"UPX!");
        assert_eq!(gaps(&extract(&GoBinary, "a", &packed)).len(), 1);

        let other = padded(build(FORMS[0], &[(".text", b"code")]));
        assert!(extract(&GoBinary, "a", &other).is_empty());
    }

    #[test]
    fn what_can_be_no_program_is_not_wanted() {
        for path in ["usr/lib/libx.so.1", "usr/bin/a.py", "a.sh"] {
            assert!(!wants(&GoBinary, path), "{path}");
        }
        for path in ["usr/bin/a", "usr/bin/python3.11", "x/_rust.abi3.so"] {
            assert!(wants(&GoBinary, path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn broken_programs_never_panic(
            form in 0_usize..4,
            is_inline in any::<bool>(),
            changes in proptest::collection::vec((0_usize..900, 0_u8..), 1..12),
        ) {
            let modules = framed(MODULES);
            let mut program = if is_inline {
                inline_program(FORMS[form], "go1.22.3", &modules)
            } else {
                pointed_program(FORMS[form], ".go.buildinfo", "go1.22.3", &modules)
            };
            for (at, value) in changes {
                program[at] = value;
            }
            program[..4].copy_from_slice(b"\x7fELF");
            extract(&GoBinary, "a", &program);
        }
    }
}
