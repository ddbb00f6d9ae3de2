use std::collections::BTreeSet;

use plimsoll_finding::{Check, Sink};
use plimsoll_oci::EntryKind;

use crate::{
    notable::{REPOSITORIES, name_of},
    rule::also,
    subject::image::{FileFact, ImageSubject},
};

also! { "vcs-directory-in-image", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for file in &subject.files {
        let Some(folder) = repository(file).filter(|it| told.insert(it)) else { continue };
        let message = format!("`{}` holds every version of every file", name_of(folder));
        let place = subject.path_place(folder, file.layer, file.location.as_ref());
        let _ = sink.report_place(place, message);
    }
}

/// The folder with the history that the file is, or that it is the head of.
fn repository(file: &FileFact) -> Option<&str> {
    let path = file.entry.path.as_str();
    if file.entry.kind == EntryKind::Directory {
        return REPOSITORIES.contains(&name_of(path)).then_some(path);
    }
    path.strip_suffix("/HEAD").filter(|it| name_of(it) == ".git")
}
