//! Secrets in a folder or a file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use plimsoll_finding::{Audience, Coverage, CoverageState, Finding, SubjectKind};
use plimsoll_fs::{RandomAccessFile, TreeLimits, walk_tree};
use plimsoll_oci::{EntryKind, ReadAt as _, read_whole};
use plimsoll_policy::{DecidedFile, Decider, Findings, Finish, JudgedFile, Packer, Verdict};
use plimsoll_secret::{Detectors, FileContext, Found, Setting};
use plimsoll_text::{Source, Span};
use rayon::prelude::*;

use crate::{
    error::Error,
    load::display_name,
    run::{Outcome, Progress, Request, Session, read_baseline},
};

/// Looks for secrets in everything that `request` names: every file, hidden ones and those that git
/// ignores too, since they are on disk all the same.
pub fn find_secrets(request: &Request, progress: &dyn Progress) -> Result<Outcome, Error> {
    let session = Session::start(request)?;
    let mut coverage = Vec::new();
    let files = files(&request.roots, &mut coverage)?;
    progress.total(files.len());
    let chosen = session.chosen_rules("");
    let audiences = &session.config.settings.audiences;
    let is_wanted = |detector: &plimsoll_secret::Detector| {
        let rule = detector.info();
        let audience: Audience = detector.audience(Setting::Folder);
        let is_asked = session.selection.asks_for(rule, audience);
        chosen.contains(rule.id) && (audiences.contains(&audience) || is_asked)
    };
    let searched: Vec<Searched> = files
        .par_iter()
        .map(|path| {
            let mut res = search(path);
            res.findings.retain(|it| {
                let id = it.rule.id.strip_prefix("secret-").unwrap_or(it.rule.id);
                Detectors::builtin().get(id).is_none_or(is_wanted)
            });
            progress.step();
            res
        })
        .collect();
    let mut judged = BTreeMap::new();
    judged.insert(SubjectKind::Secret, files.len());
    for file in &searched {
        coverage.extend(file.coverage.clone());
    }
    let infos = Detectors::builtin().infos();
    let infos: Vec<_> = infos.into_iter().filter(|it| chosen.contains(it.id)).collect();
    session.terms("");
    let rules = session.rules_in_force(&infos);
    let baseline = request.baseline.as_deref().map(read_baseline).transpose()?;
    let relative = |name: &str| session.relative(name);
    let policy = session.policy(request, baseline.as_ref(), &relative)?;
    let decider = Decider::new(policy, &rules, session.config.waivers.clone(), &coverage);
    let late_paths = decider.late_paths();
    let mut tally = plimsoll_policy::Tally::default();
    let mut late = Vec::new();
    let mut packer = Packer::default();
    for file in searched.into_iter().filter(|it| !it.findings.is_empty()) {
        let path = session.relative(&file.name);
        let is_late = late_paths.contains(&path);
        let judged = JudgedFile { path, findings: file.findings, ..JudgedFile::default() };
        if is_late {
            late.push(judged);
            continue;
        }
        let DecidedFile { findings, tally: more } = decider.decide(judged);
        for finding in &findings {
            packer.push(finding);
        }
        tally.add(more);
    }
    let Finish { late, coverage, outcome } = decider.finish(late, tally, &judged, coverage);
    late.iter().flat_map(|it| &it.1).for_each(|it| packer.push(it));
    let verdict = Verdict {
        findings: Findings::new(vec![packer.finish()]),
        coverage,
        rules,
        spared: session.spared_rules(),
        judged,
        fail_on: session.config.settings.fail_on.severity(),
        outcome,
    };
    Ok(Outcome { verdict, root: session.config.root.clone() })
}

/// What one file gave.
struct Searched {
    name: String,
    findings: Vec<Finding>,
    coverage: Vec<Coverage>,
}

fn files(roots: &[PathBuf], coverage: &mut Vec<Coverage>) -> Result<Vec<PathBuf>, Error> {
    let mut res = Vec::new();
    for root in roots {
        if !plimsoll_fs::exists(root) {
            return Err(Error::NoSuchPath { path: root.clone() });
        }
        if !plimsoll_fs::is_folder(root) {
            res.push(root.clone());
            continue;
        }
        let gaps = walk_tree(root, TreeLimits::default(), &mut |found| {
            let path = &found.entry.path;
            // What git keeps of the past is packed; its working files are beside it.
            let is_git = path.starts_with(".git/") || path.contains("/.git/");
            let is_file = matches!(found.entry.kind, EntryKind::File | EntryKind::HardLink(_));
            if is_file && !is_git {
                res.push(root.join(path));
            }
        })?;
        coverage.extend(gaps.iter().map(|it| Coverage {
            unit: it.path().display().to_string(),
            state: CoverageState::Partial,
            why: it.to_string(),
        }));
    }
    Ok(res)
}

fn search(path: &Path) -> Searched {
    let name = display_name(path);
    let mut res = Searched { name, findings: Vec::new(), coverage: Vec::new() };
    let gap = |res: &mut Searched, why: String| {
        let (unit, state) = (res.name.clone(), CoverageState::Partial);
        res.coverage.push(Coverage { unit, state, why });
    };
    let file = match RandomAccessFile::open(path) {
        Ok(file) => file,
        Err(error) => {
            gap(&mut res, error.to_string());
            return res;
        }
    };
    let limits = plimsoll_secret::Limits::default();
    let context_path = res.name.clone();
    let mut scanner = Detectors::builtin().scanner(FileContext { path: &context_path }, limits);
    let mut buffer = vec![0; CHUNK.min(usize::try_from(file.len()).unwrap_or(CHUNK).max(1))];
    let mut offset = 0;
    loop {
        match file.read_at(offset, &mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                scanner.push(buffer.get(..n).unwrap_or_default());
                offset += n as u64;
            }
            Err(error) => {
                gap(&mut res, format!("cannot be read: {error}"));
                return res;
            }
        }
    }
    let found = scanner.finish();
    for it in &found.gaps {
        gap(&mut res, it.why());
    }
    if !found.hits.is_empty() {
        res.findings = findings(&res.name, &file, &found);
    }
    res
}

/// The findings in the text of the file. What is not UTF-8 is shown by its lines only.
fn findings(name: &str, file: &RandomAccessFile, found: &Found) -> Vec<Finding> {
    let bytes = read_whole(file, MAX_SHOWN).unwrap_or_default().into_owned();
    match String::from_utf8(bytes) {
        Ok(text) if text.len() as u64 == file.len() => found.findings(&Source::new(name, text)),
        _ => {
            let n_lines = found.hits.iter().map(|it| it.start.line).max().unwrap_or(1);
            let source = Source::new(name, "\n".repeat(n_lines));
            let mut shown = found.clone();
            for hit in &mut shown.hits {
                let at = hit.start.line.saturating_sub(1);
                hit.span = Span::new(at, at);
            }
            shown.findings(&source)
        }
    }
}

/// Files are searched in pieces of this size.
const CHUNK: usize = 256 << 10;

/// The text of longer files is not kept to be shown.
const MAX_SHOWN: u64 = 16 << 20;
