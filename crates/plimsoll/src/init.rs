//! `init`: puts settings, CI jobs and a hook into a repository.

use std::{
    io::{self, Write as _},
    path::Path,
};

use plimsoll_engine::{init_files, settings_sample, write_file};

use crate::Failure;

/// Writes every file of `init` that is not there yet; `force` replaces those that are.
pub(crate) fn init(folder: &Path, force: bool) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    for file in init_files(settings_sample()) {
        let path = folder.join(file.path);
        if plimsoll_engine::exists(&path) && !force {
            writeln!(out, "kept     {} (it is there; --force replaces it)", path.display())?;
            continue;
        }
        write_file(&path, &file.text).map_err(plimsoll_engine::Error::from)?;
        writeln!(out, "written  {}: {}", path.display(), file.purpose)?;
    }
    Ok(0)
}
