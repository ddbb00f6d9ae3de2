//! `fix`: show what would be mended, or mend it.

use std::io::{self, BufWriter, Write as _};

use plimsoll_engine::{Mended, Safety, write_mended};
use plimsoll_report::fixes::{self, Applied, Fixes, Left, MendedFile};

use crate::{
    Failure,
    arguments::{Arguments, FixArguments, PlainFormat},
    request::request,
    terminal::options,
};

/// Mends what `arguments` name, or shows what would be done.
pub(crate) fn fix(all: &Arguments, arguments: &FixArguments) -> Result<u8, Failure> {
    let request = request(all, &arguments.selection, &arguments.paths, None)?;
    let safety = if arguments.include_unsafe { Safety::Unsafe } else { Safety::Safe };
    let mut mended = plimsoll_engine::fix(&request, safety)?;
    let errors = if arguments.write { write_mended(&mut mended) } else { Vec::new() };
    let answer = answer(&mended, arguments.write);
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        PlainFormat::Human => fixes::write_human(&answer, &options(all, false, false), &mut out)?,
        PlainFormat::Json => fixes::write_json(&answer, &mut out)?,
    }
    out.flush()?;
    // What was written is told before what was not.
    if errors.is_empty() { Ok(0) } else { Err(Failure::Files(errors)) }
}

fn answer(mended: &Mended, written: bool) -> Fixes {
    let files = mended.files.iter().map(|it| MendedFile {
        before: std::sync::Arc::clone(&it.before),
        after: it.after.clone(),
    });
    let applied = mended.applied.iter().map(|it| Applied {
        file: it.file.clone(),
        rule: it.rule.to_owned(),
        safety: it.safety,
        title: it.title.clone(),
    });
    let left = mended.left.iter().map(|it| Left {
        file: it.file.clone(),
        rule: it.rule.to_owned(),
        why: it.why.clone(),
    });
    Fixes {
        written,
        files: files.collect(),
        applied: applied.collect(),
        left: left.collect(),
        secrets: mended.secrets.clone(),
    }
}
