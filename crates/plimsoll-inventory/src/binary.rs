//! Extractors of what programs say of themselves: how they were built, and of what.

use plimsoll_oci::Entry;

use crate::{
    bytes::{after_last, file_name},
    extractor::Extractor,
};

mod elf;
mod go;
mod go_version;
mod rust;
mod program;
mod program_table;
mod program_search;
mod note;

/// All of them.
pub(crate) const EXTRACTORS: &[&dyn Extractor] =
    &[&go::GoBinary, &rust::RustBinary, &program::Program, &note::Note];

/// Whether any of them can want the entry.
pub(crate) fn may_want(entry: &Entry) -> bool {
    let name = file_name(&entry.path);
    may_be_executable(entry) || program::may_be_program(name) || note::is_named(name)
}

/// Whether the entry can be an executable in which a compiler left a list of what it linked.
fn may_be_executable(entry: &Entry) -> bool {
    let name = file_name(&entry.path);
    if name.ends_with(".abi3.so") {
        // Libraries of Python that are written in Rust; no package manager makes them executable.
        return true;
    }
    let is_small = entry.size < MIN_EXECUTABLE_BYTES;
    if is_small || entry.mode & 0o111 == 0 {
        return false;
    }
    let Some(extension) = after_last(name, b'.') else { return true };
    !SCRIPT_EXTENSIONS.contains(&extension) && !name.contains(".so")
}

/// No program with a list in it is as small as this.
const MIN_EXECUTABLE_BYTES: u64 = 4_096;

/// Extensions of files that are executable and no ELF.
const SCRIPT_EXTENSIONS: &[&str] = &[
    "bash", "bat", "cmd", "js", "mjs", "cjs", "lua", "pl", "pm", "php", "ps1", "py", "rb", "sh",
    "tcl", "ts", "txt", "json", "html", "xml", "css", "md", "jar", "h", "c", "conf", "yml", "yaml",
];
