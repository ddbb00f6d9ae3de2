//! Fix, read again, judge again, fix again: the second time nothing changes, and the fixed text
//! reads no worse than the first.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_engine::{FileKind, Safety, fix_text};

fuzz_target!(|input: (u8, bool, &str)| {
    let (kind, all, text) = input;
    let kind = match kind % 4 {
        0 | 1 => FileKind::Dockerfile,
        2 => FileKind::Compose,
        _ => FileKind::Kubernetes,
    };
    let safety = if all { Safety::Unsafe } else { Safety::Safe };
    let select = ["all".to_owned()];
    let Ok(once) = fix_text(text, kind, &select, safety) else { return };
    if let Some(file) = once.files.first() {
        let twice = fix_text(&file.after, kind, &select, safety).expect("it started before");
        assert!(twice.files.is_empty(), "fixing again changed\n{}\ninto\n{}", file.after, twice.files[0].after);
    }
});
