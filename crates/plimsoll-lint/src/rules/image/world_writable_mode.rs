use std::collections::BTreeMap;

use plimsoll_finding::{Check, Sink};
use plimsoll_oci::EntryKind;

use crate::{
    notable::WORLD_WRITABLE,
    rule::also,
    subject::image::{FileFact, ImageSubject},
};

also! { "world-writable-mode", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let mut groups: BTreeMap<(usize, &str), Vec<&FileFact>> = BTreeMap::new();
    for file in subject.files.iter().filter(|it| is_open(it)) {
        groups.entry((file.layer, top(&file.entry.path))).or_default().push(file);
    }
    for files in groups.values() {
        // Of a tree that was opened as a whole, its root tells the rest.
        let Some(first) = files.iter().min_by_key(|it| it.entry.path.len()) else { continue };
        let path = &first.entry.path;
        let message = match files.len() {
            1 => format!("everybody may change `/{path}`; give it to the user that needs it"),
            n => format!(
                "everybody may change `/{path}` and {} more; give them to the user that needs them",
                n - 1
            ),
        };
        let mut draft = sink.report_place(subject.file_place(first), message);
        for file in files.iter().take(MAX_TOLD) {
            draft = draft.evidence(format!("/{} {:04o}", file.entry.path, file.entry.mode));
        }
    }
}

fn is_open(file: &FileFact) -> bool {
    let entry = &file.entry;
    let is_open = match entry.kind {
        EntryKind::File | EntryKind::HardLink(_) => true,
        // With the sticky bit everybody may add files, but only owners may change them.
        EntryKind::Directory => entry.mode & STICKY == 0,
        _ => false,
    };
    is_open && entry.mode & WORLD_WRITABLE != 0 && !FREE.contains(&top(&entry.path))
}

/// The first folder of a path, and of `var` the second.
fn top(path: &str) -> &str {
    let at = match path.strip_prefix("var/") {
        Some(rest) => rest.find('/').map(|it| it + 4),
        None => path.find('/'),
    };
    path.get(..at.unwrap_or(path.len())).unwrap_or(path)
}

const STICKY: u32 = 0o1000;

/// Places that are made for everybody, or that the engine mounts over.
static FREE: &[&str] = &["tmp", "var/tmp", "dev", "proc", "sys", "run", "var/run", "var/lock"];

const MAX_TOLD: usize = 10;
