//! Mends what can be mended: chooses fixes, proves each one, and goes on until nothing changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use plimsoll_config::{json::parse_json, yaml::parse_yaml};
use plimsoll_dockerfile::Dockerfile;
use plimsoll_finding::{Disposition, Finding, Fix, Safety, Severity};
use plimsoll_text::{Edit, Location, Source, apply_edits};

use crate::{
    classify::FileKind,
    error::Error,
    judge::{Units, judge_related},
    load::{Files, Loaded},
    pipeline::judge_and_decide,
    run::{Request, Session, Silent},
    settings::ConfigChoice,
    verify_dockerfile::verify_dockerfile,
    verify_tree::verify_tree,
};

/// What mending came to. Nothing is written yet.
#[derive(Debug, Default)]
pub struct Mended {
    /// The files that changed.
    pub files: Vec<MendedFile>,
    /// Every fix that was applied.
    pub applied: Vec<AppliedFix>,
    /// Every finding that was left.
    pub left: Vec<LeftFinding>,
    /// Secrets in the files, to be masked.
    pub secrets: Vec<Location>,
}

/// A file before and after.
#[derive(Debug)]
pub struct MendedFile {
    /// Where it is.
    pub path: PathBuf,
    /// The text that was read.
    pub before: Arc<Source>,
    /// The text with all its fixes.
    pub after: String,
}

/// A fix that was applied.
#[derive(Clone, Debug)]
pub struct AppliedFix {
    /// The mended file.
    pub file: String,
    /// The rule whose finding is gone.
    pub rule: &'static str,
    /// How far the fix may be trusted.
    pub safety: Safety,
    /// What the fix does.
    pub title: String,
}

/// A finding that was not mended.
#[derive(Clone, Debug)]
pub struct LeftFinding {
    /// The file it is in.
    pub file: String,
    /// The rule that found it.
    pub rule: &'static str,
    /// Why it is left.
    pub why: String,
}

/// After so many rounds of mending something goes round in circles.
const MAX_ROUNDS: usize = 12;

/// Mends what `request` names, as far as `safety` allows: everything at least as safe is applied.
pub fn fix(request: &Request, safety: Safety) -> Result<Mended, Error> {
    let session = Session::start(request)?;
    let files = session.files(request)?;
    mend(&session, files, request, safety)
}

/// Mends one text as [`fix`] mends a file, with every rule in force that `select` names. Nothing
/// around it is looked at and no settings file is read.
pub fn fix_text(
    text: &str,
    kind: FileKind,
    select: &[String],
    safety: Safety,
) -> Result<Mended, Error> {
    let config = ConfigChoice::None;
    let request = Request { select: select.to_vec(), config, ..Request::default() };
    let session = Session::start(&request)?;
    let source = Source::new("text", text);
    let mut files = Files::default();
    files.loaded.push(Loaded { path: PathBuf::from("-"), kind, source });
    files.index();
    mend(&session, files, &request, safety)
}

fn mend(
    session: &Session,
    mut files: Files,
    request: &Request,
    safety: Safety,
) -> Result<Mended, Error> {
    let originals: Vec<Arc<Source>> =
        files.loaded.iter().map(|it| Arc::clone(&it.source)).collect();
    let mut res = Mended::default();
    // Why a fix was refused, by file, rule and what it would have changed. Kept for the last round
    // only: what could not be proven before another fix may be provable after it.
    let mut refused: BTreeMap<FixKey, String> = BTreeMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    let units = Units::of(session, &files);
    let workshop = Workshop { session, units: &units };
    for _ in 0..MAX_ROUNDS {
        let verdict = judge_and_decide(session, request, &files, &units, &Silent)?;
        findings = verdict.findings.iter().collect();
        refused.clear();
        let changed = mend_once(&workshop, &mut files, &findings, safety, &mut refused, &mut res);
        if !changed {
            break;
        }
    }
    res.secrets = findings.iter().flat_map(|it| it.secrets.iter().cloned()).collect();
    res.left = findings.iter().map(|it| left(it, safety, &refused)).collect();
    for (file, before) in files.loaded.iter().zip(originals) {
        if file.source.text() != before.text() {
            let (path, after) = (file.path.clone(), file.source.text().to_owned());
            res.files.push(MendedFile { path, before, after });
        }
    }
    Ok(res)
}

/// What mending needs at every step.
struct Workshop<'a> {
    session: &'a Session,
    units: &'a Units,
}

/// Writes every mended file: atomically, never through a link, and only over the text that was
/// read. What cannot be written is left, and does not keep the others from being written.
pub fn write_mended(mended: &mut Mended) -> Vec<plimsoll_fs::Error> {
    let mut errors = Vec::new();
    let write = |file: &MendedFile| {
        let before = file.before.text().as_bytes();
        let error = plimsoll_fs::write_atomic(&file.path, &file.after, before).err();
        error.map(|it| (file.before.name().to_owned(), it))
    };
    let failed: Vec<_> = mended.files.iter().filter_map(write).collect();
    for (name, error) in failed {
        mended.files.retain(|it| it.before.name() != name);
        for fix in mended.applied.extract_if(.., |it| it.file == name) {
            let why = error.to_string();
            mended.left.push(LeftFinding { file: fix.file, rule: fix.rule, why });
        }
        errors.push(error);
    }
    errors
}

/// Tells the same fix of the same text again.
type FixKey = (String, &'static str, String);

fn fix_key(finding: &Finding, fix: &Fix) -> FixKey {
    let line = finding.place.text().map(quoted_line).unwrap_or_default();
    (fix.source.name().to_owned(), finding.rule.id, line)
}

fn quoted_line(location: &Location) -> String {
    let line = location.source.line_span(location.start().line).unwrap_or_default();
    format!("{}|{}", location.source.slice(line), location.text())
}

fn candidate(finding: &Finding, safety: Safety) -> Option<&Fix> {
    let is_open = finding.disposition == Disposition::Open;
    finding.fixes.iter().find(|it| is_open && it.safety >= safety)
}

fn mend_once(
    workshop: &Workshop<'_>,
    files: &mut Files,
    findings: &[Finding],
    safety: Safety,
    refused: &mut BTreeMap<FixKey, String>,
    out: &mut Mended,
) -> bool {
    let mut by_file: BTreeMap<&str, Vec<(&Finding, &Fix)>> = BTreeMap::new();
    for finding in findings {
        if let Some(fix) = candidate(finding, safety)
            && !refused.contains_key(&fix_key(finding, fix))
        {
            by_file.entry(fix.source.name()).or_default().push((finding, fix));
        }
    }
    let mut changed = false;
    for (name, candidates) in by_file {
        let found = files.loaded.iter().position(|it| it.source.name() == name);
        let Some(idx) = found.filter(|_| name != "-") else { continue };
        changed |= mend_file(workshop, files, idx, &candidates, refused, out);
    }
    changed
}

/// Applies as many of `candidates` to the file as can be proven: all at once if that holds, else
/// one after the other.
fn mend_file(
    workshop: &Workshop<'_>,
    files: &mut Files,
    idx: usize,
    candidates: &[(&Finding, &Fix)],
    refused: &mut BTreeMap<FixKey, String>,
    out: &mut Mended,
) -> bool {
    let Some(file) = files.loaded.get(idx).cloned() else { return false };
    let before = judge_related(workshop.session, files, workshop.units, idx);
    let apart = without_overlaps(candidates);
    let mut accepted: Vec<(&Finding, &Fix)> = Vec::new();
    if let Ok(after) = prove(workshop, files, idx, &before, &apart) {
        put(files, idx, &file, after);
        accepted = apart;
    } else {
        for it in &apart {
            let mut tried = accepted.clone();
            tried.push(*it);
            match prove(workshop, files, idx, &before, &tried) {
                Ok(_) => accepted = tried,
                Err(why) => {
                    refused.insert(fix_key(it.0, it.1), why);
                }
            }
        }
        if let Ok(after) = prove(workshop, files, idx, &before, &accepted) {
            put(files, idx, &file, after);
        }
    }
    out.applied.extend(accepted.iter().map(|(finding, fix)| AppliedFix {
        file: file.source.name().to_owned(),
        rule: finding.rule.id,
        safety: fix.safety,
        title: fix.title.clone(),
    }));
    !accepted.is_empty()
}

fn put(files: &mut Files, idx: usize, file: &Loaded, text: String) {
    let source = Source::new(file.source.name(), text);
    if let Some(place) = files.loaded.get_mut(idx) {
        place.source = source;
    }
}

/// Leaves out every fix that touches what an earlier one touches; it comes again in the next round.
fn without_overlaps<'a>(candidates: &[(&'a Finding, &'a Fix)]) -> Vec<(&'a Finding, &'a Fix)> {
    let mut res: Vec<(&Finding, &Fix)> = Vec::new();
    let mut edits: Vec<Edit> = Vec::new();
    for it in candidates {
        let mut tried = edits.clone();
        tried.extend(it.1.edits.iter().cloned());
        if apply_edits(it.1.source.text(), &tried).is_ok() {
            edits = tried;
            res.push(*it);
        }
    }
    res
}

/// The text with `fixes`, if it is proven that they mend their findings and change nothing else.
fn prove(
    workshop: &Workshop<'_>,
    files: &Files,
    idx: usize,
    before: &[Finding],
    mends: &[(&Finding, &Fix)],
) -> Result<String, String> {
    let file = files.loaded.get(idx).ok_or("the file is gone")?;
    let edits: Vec<Edit> = mends.iter().flat_map(|it| it.1.edits.iter().cloned()).collect();
    let text = apply_edits(file.source.text(), &edits).map_err(|it| it.to_string())?;
    let source = Source::new(file.source.name(), text.clone());
    verify(file, &source, &edits)?;
    let mut attempt = files.clone();
    put(&mut attempt, idx, file, text.clone());
    let after = judge_related(workshop.session, &attempt, workshop.units, idx);
    let rules: BTreeSet<&str> = mends.iter().map(|it| it.0.rule.id).collect();
    for rule in &rules {
        let count = |all: &[Finding]| all.iter().filter(|it| it.rule.id == *rule).count();
        let n_fixes = mends.iter().filter(|it| it.0.rule.id == *rule).count();
        if count(&after) + n_fixes > count(before) {
            return Err("the finding would still be there".to_owned());
        }
    }
    let worst = mends.iter().map(|it| it.0.severity).min().unwrap_or(Severity::Info);
    match new_finding(before, &after, worst) {
        Some(rule) => Err(format!("it would bring a finding of `{rule}`")),
        None => Ok(text),
    }
}

/// A rule that fires more often than before, at `severity` or worse.
fn new_finding(before: &[Finding], after: &[Finding], severity: Severity) -> Option<&'static str> {
    let mut n_before: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in before {
        *n_before.entry(finding.rule.id).or_default() += 1;
    }
    after.iter().find_map(|finding| {
        let n_left = n_before.entry(finding.rule.id).or_default();
        let is_new = *n_left == 0;
        *n_left = n_left.saturating_sub(1);
        (is_new && finding.severity >= severity).then_some(finding.rule.id)
    })
}

/// The proof by form: what the file says is the same but for the edits.
fn verify(file: &Loaded, after: &Arc<Source>, edits: &[Edit]) -> Result<(), String> {
    let before = &file.source;
    match file.kind {
        FileKind::Dockerfile => {
            verify_dockerfile(&Dockerfile::parse(before), &Dockerfile::parse(after), edits)
        }
        FileKind::Compose
        | FileKind::Kubernetes
        | FileKind::GithubWorkflow
        | FileKind::GitlabWorkflow => verify_tree(&parse_yaml(before), &parse_yaml(after), edits),
        FileKind::DaemonJson | FileKind::Seccomp => {
            verify_tree(&parse_json(before), &parse_json(after), edits)
        }
        _ => Err("edits of such files cannot be proven".to_owned()),
    }
}

fn left(finding: &Finding, safety: Safety, refused: &BTreeMap<FixKey, String>) -> LeftFinding {
    let why = match (&finding.disposition, candidate(finding, safety), finding.fixes.first()) {
        (Disposition::Waived { .. }, _, _) => "it is waived".to_owned(),
        (Disposition::Baseline, _, _) => "the baseline holds it".to_owned(),
        (Disposition::NotAffected { .. }, _, _) => "it does not apply here".to_owned(),
        (Disposition::Open, Some(fix), _) => match refused.get(&fix_key(finding, fix)) {
            Some(why) => format!("its fix was not written: {why}"),
            None => "its fix touches what another fix changed; run again".to_owned(),
        },
        (Disposition::Open, None, Some(fix)) => match fix.safety {
            Safety::Unsafe => "its fix may change behaviour; `--unsafe` applies it".to_owned(),
            _ => "its fix is only shown, never written".to_owned(),
        },
        (Disposition::Open, None, None) => "only a person can mend it here".to_owned(),
    };
    LeftFinding { file: finding.target().name, rule: finding.rule.id, why }
}
