//! Lists the packages that a folder's files state, as a minimal CycloneDX document, as if the
//! folder were the only layer of an image. For scoring and for looking at one file.
//!
//! `list-packages FOLDER`; gaps go to standard error.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "an example is a program of its own: it walks a folder and prints"
)]

use std::{path::Path, process::ExitCode};

use plimsoll_inventory::{InputFile, LayerFacts, Want, assemble, extract, wants};
use plimsoll_oci::{Entry, EntryKind};
use serde_json::json;

fn main() -> ExitCode {
    let Some(root) = std::env::args().nth(1) else {
        eprintln!("usage: list-packages FOLDER");
        return ExitCode::from(2);
    };
    let mut layer = LayerFacts::default();
    walk(Path::new(&root), "", &mut layer);
    let inventory = assemble(&[layer], &|_| Some(0));
    for gap in &inventory.gaps {
        eprintln!("{}: {}", gap.path, gap.why);
    }
    let packages = inventory.packages.iter().map(|it| &it.package);
    let components: Vec<_> = packages
        .map(|it| {
            json!({
                "group": it.namespace.as_deref().unwrap_or_default(),
                "name": it.name,
                "version": it.version,
                "type": it.kind.name(),
                "installed": it.installed,
                "development": it.development,
                "licence": it.licence,
                "path": it.path,
            })
        })
        .collect();
    println!("{}", json!({ "components": components }));
    ExitCode::SUCCESS
}

fn walk(folder: &Path, path: &str, layer: &mut LayerFacts) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            walk(&entry.path(), &path, layer);
        } else if kind.is_file() {
            read(&entry.path(), path, layer);
        }
    }
}

fn read(file: &Path, path: String, layer: &mut LayerFacts) {
    let entry = Entry {
        path: path.clone(),
        kind: EntryKind::File,
        size: file.metadata().map_or(0, |it| it.len()),
        mode: 0o755,
        user: 0,
        group: 0,
        modified: 0,
        has_capabilities: false,
    };
    if wants(&entry) == Want::No {
        return;
    }
    let Ok(content) = std::fs::read(file) else { return };
    layer.files.insert(path, extract(&InputFile { entry: &entry, content: &content }));
}
