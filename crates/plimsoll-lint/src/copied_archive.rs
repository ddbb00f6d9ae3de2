//! Archives that `COPY` brings in, and the `RUN` that unpacks them. Knows no rule.

use std::collections::HashMap;

use plimsoll_dockerfile::{Dockerfile, Instruction, InstructionKind};
use plimsoll_shell::{Invocation, flag_value, positional};
use plimsoll_text::Span;

use crate::{
    file_path::{base_name, is_simple},
    subject::dockerfile::commands,
};

/// A `COPY` of an archive out of the build context.
#[derive(Clone, Debug)]
pub(crate) struct Copied<'a> {
    /// The `COPY`.
    pub(crate) instruction: &'a Instruction,
    /// What unpacks it further down in its stage, if anything does.
    pub(crate) extraction: Option<Extraction>,
}

/// A command that unpacks an archive.
#[derive(Clone, Debug)]
pub(crate) struct Extraction {
    /// The index of its `RUN`.
    pub(crate) run: usize,
    /// The command.
    pub(crate) span: Span,
    /// Where to, if the command is all that the `RUN` does and `ADD` would do the same.
    pub(crate) sole_target: Option<String>,
}

/// Every `COPY` of an archive, in source order.
pub(crate) fn copied_archives(dockerfile: &Dockerfile) -> Vec<Copied<'_>> {
    let mut res: Vec<Copied<'_>> = Vec::new();
    // Where in `res` the archives of a name are that nothing has unpacked so far.
    let mut packed: HashMap<String, Vec<usize>> = HashMap::new();
    for instruction in dockerfile.all_instructions() {
        match &instruction.kind {
            InstructionKind::From(_) => packed.clear(),
            InstructionKind::Copy(copy) if copy.from.is_none() => {
                let names = archive_names(copy);
                for name in &names {
                    packed.entry(name.clone()).or_default().push(res.len());
                }
                if !names.is_empty() {
                    res.push(Copied { instruction, extraction: None });
                }
            }
            InstructionKind::Run(_) if !packed.is_empty() => {
                note_extractions(instruction, &mut packed, &mut res);
            }
            _ => {}
        }
    }
    res
}

/// The file names of the archives in the image.
fn archive_names(copy: &plimsoll_dockerfile::Copy) -> Vec<String> {
    let bare = |text: &str| base_name(text.trim_matches(['"', '\''])).to_owned();
    let target = bare(&copy.destination.text);
    if is_archive(&target) {
        return vec![target];
    }
    copy.paths().map(|it| bare(&it.text)).filter(|it| is_archive(it)).collect()
}

fn note_extractions(
    run: &Instruction,
    packed: &mut HashMap<String, Vec<usize>>,
    res: &mut [Copied<'_>],
) {
    let n_commands = commands(run).count();
    for command in commands(run) {
        let Some(invocation) = command.invocation().filter(is_extraction) else { continue };
        let names = invocation.args.iter().filter_map(plimsoll_shell::Word::literal);
        let names: Vec<String> = names.map(|it| base_name(&it).to_owned()).collect();
        for idx in names.iter().filter_map(|it| packed.remove(it)).flatten() {
            let Some(copied) = res.get_mut(idx) else { continue };
            let is_sole = n_commands == 1 && command.simple().redirects.is_empty();
            copied.extraction.get_or_insert_with(|| Extraction {
                run: run.index,
                span: command.simple().span,
                sole_target: is_sole.then(|| target_of(&invocation)).flatten(),
            });
        }
    }
}

fn is_extraction(invocation: &Invocation<'_>) -> bool {
    if invocation.name != "tar" && invocation.name != "bsdtar" {
        return UNPACKERS.contains(&invocation.name);
    }
    invocation.args.iter().enumerate().any(|(idx, word)| {
        let text = word.text();
        let is_cluster = text.starts_with('-') && !text.starts_with("--");
        // The first word of an old command line is a cluster without a dash.
        (text.contains('x') && (is_cluster || (idx == 0 && !text.contains(['-', '.', '/']))))
            || text == "--extract"
            || text == "--get"
    })
}

/// The directory of `tar -x... -f archive -C directory`, where nothing else is asked of it.
fn target_of(invocation: &Invocation<'_>) -> Option<String> {
    let is_known = |text: &str| {
        let letters = text.strip_prefix('-').unwrap_or(text);
        letters.chars().all(|it| "xvzjJfC".contains(it))
    };
    let mut options = invocation.args.iter().filter(|it| it.text().starts_with('-'));
    let is_plain = invocation.name == "tar"
        && invocation.prefixes.is_empty()
        && options.all(|it| is_known(&it.text()));
    let value = flag_value(invocation.args, 'C', &["directory"])?;
    let target = value.text.into_owned();
    let n_operands = positional(invocation.args, &["-C", "-f"]).len();
    (is_plain && n_operands == 0 && target.starts_with('/') && is_simple(&target)).then_some(target)
}

fn is_archive(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ENDINGS.iter().any(|it| lower.ends_with(it))
}

/// What tells an archive that `ADD` unpacks.
static ENDINGS: &[&str] = &[
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz",
    ".tbz2",
    ".tb2",
    ".tar.xz",
    ".txz",
    ".tar.zst",
    ".tzst",
    ".tar.lzma",
    ".tlz",
    ".tar.lz",
    ".tar.z",
    ".tpz",
    ".gz",
    ".bz2",
    ".xz",
    ".lzma",
    ".lz",
    ".z",
];

/// Commands that unpack whatever they are given.
static UNPACKERS: &[&str] = &[
    "unzip",
    "gunzip",
    "bunzip2",
    "unlzma",
    "unxz",
    "unzstd",
    "zgz",
    "uncompress",
    "zcat",
    "gzcat",
];
