//! The way from files to a verdict, on all cores and in little memory.
//!
//! What several files say together is judged first: compose projects, the manifests of a folder,
//! other tools' logs. Its findings are sorted by the file that they are in. Then each file is
//! judged, its findings are decided over together with those that the others laid there, and
//! packed. So the findings of only a few files at a time stand in memory as they are, however many
//! files there are. Files come in the order of their paths, and so do the findings.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use plimsoll_finding::{Coverage, Finding, SubjectKind};
use plimsoll_policy::{
    Chunk, DecidedFile, Decider, Findings, Finish, JudgedFile, Packer, Tally, Verdict, Waivers,
    read_annotations, read_comments,
};
use plimsoll_text::Span;
use rayon::prelude::*;

use crate::{
    error::Error,
    import::import,
    judge::{Judgement, Unit, Units, judge_unit},
    load::Files,
    run::{Progress, Request, Session, read_baseline},
};

/// Judges `files`, each alone and with those it belongs to, and weighs what was found.
pub(crate) fn judge_and_decide(
    session: &Session,
    request: &Request,
    files: &Files,
    units: &Units,
    progress: &dyn Progress,
) -> Result<Verdict, Error> {
    progress.total(units.all.len());
    let mut logs = Judgement::default();
    let imported = import(session, &request.import, &mut logs)?;
    // What is asked of a waiver in one file depends on the rules in force for the others.
    files.loaded.par_iter().with_min_len(64).for_each(|it| {
        session.terms(it.source.name());
    });
    let rules = session.rules_in_force(&imported);
    let judge_together = |unit: &Unit| {
        let res = Told::of(session, judge_unit(session, files, unit));
        progress.step();
        res
    };
    let together: Vec<&Unit> = units.all.iter().filter(|it| it.file().is_none()).collect();
    let mut together: Vec<Told> = together.into_par_iter().map(judge_together).collect();
    let mut logs = Told::of(session, logs);
    let groups = Groups::of(session, files, units, &mut together, &mut logs);
    let baseline = request.baseline.as_deref().map(read_baseline).transpose()?;
    let relative = |name: &str| session.relative(name);
    let policy = session.policy(request, baseline.as_ref(), &relative)?;
    let known = together.iter().flat_map(|it| &it.coverage);
    let known = known.chain(&files.coverage).chain(&logs.coverage);
    let decider = Decider::new(policy, &rules, session.config.waivers.clone(), known);
    let worked: Vec<Worked> = groups
        .batches(&decider.late_paths())
        .into_par_iter()
        .map(|it| work(session, files, &decider, it, progress))
        .collect();
    let whole = Whole { files, units, together, logs, worked };
    Ok(Verdict {
        rules,
        spared: session.spared_rules(),
        fail_on: policy.settings.fail_on.severity(),
        ..whole.verdict(&decider)
    })
}

/// What judging several files together said, sorted by file.
#[derive(Debug, Default)]
struct Told {
    findings: BTreeMap<String, Chunk>,
    /// By path and by name as it was given.
    waivers: BTreeMap<(String, String), Waivers>,
    coverage: Vec<Coverage>,
    judged: BTreeMap<SubjectKind, usize>,
}

impl Told {
    fn of(session: &Session, judgement: Judgement) -> Self {
        let waivers = read_waivers(session, &judgement);
        let mut by_path: BTreeMap<String, Packer> = BTreeMap::new();
        let mut paths: BTreeMap<String, String> = BTreeMap::new();
        for finding in &judgement.findings {
            let name = finding.target().name;
            let path = paths.entry(name).or_insert_with_key(|it| session.relative(it));
            by_path.entry(path.clone()).or_default().push(finding);
        }
        Self {
            findings: by_path.into_iter().map(|(path, it)| (path, it.finish())).collect(),
            waivers: waivers
                .into_iter()
                .map(|it| ((session.relative(&it.0), it.0), it.1))
                .collect(),
            coverage: judgement.coverage,
            judged: judgement.judged,
        }
    }
}

/// The waivers that stand in judged files, by the name of the file.
fn read_waivers(session: &Session, judgement: &Judgement) -> BTreeMap<String, Waivers> {
    let mut res: BTreeMap<String, Waivers> = BTreeMap::new();
    for it in &judgement.comments {
        let read = read_comments(&it.source, it.format, &it.scopes, &session.rules);
        res.entry(it.source.name().to_owned()).or_default().extend(read);
    }
    for it in judgement.annotations.iter().filter(|it| !it.annotations.is_empty()) {
        let read = read_annotations(&it.source, &it.annotations, &session.rules);
        res.entry(it.source.name().to_owned()).or_default().extend(read);
    }
    res
}

/// One file, and what is known of it before it is judged itself.
#[derive(Debug, Default)]
struct Group {
    /// Indices into [`Files::loaded`]; several only where one file has several names.
    files: Vec<usize>,
    findings: Vec<Chunk>,
    imported: Option<Chunk>,
    waivers: Waivers,
}

/// All files that are judged or that a finding is in, by path.
#[derive(Debug, Default)]
struct Groups {
    by_path: BTreeMap<String, Group>,
}

impl Groups {
    /// Takes the findings and waivers out of `together` and `logs`.
    fn of(
        session: &Session,
        files: &Files,
        units: &Units,
        together: &mut [Told],
        logs: &mut Told,
    ) -> Self {
        let mut by_path: BTreeMap<String, Group> = BTreeMap::new();
        for idx in units.all.iter().filter_map(Unit::file) {
            let Some(file) = files.loaded.get(idx) else { continue };
            let path = session.relative(file.source.name());
            by_path.entry(path).or_default().files.push(idx);
        }
        // A file that is part of two projects is read in both; its waivers count once.
        let mut waivers = BTreeMap::new();
        for told in together {
            for (path, findings) in std::mem::take(&mut told.findings) {
                by_path.entry(path).or_default().findings.push(findings);
            }
            waivers.extend(std::mem::take(&mut told.waivers));
        }
        for ((path, _), it) in waivers {
            by_path.entry(path).or_default().waivers.extend(it);
        }
        for (path, findings) in std::mem::take(&mut logs.findings) {
            by_path.entry(path).or_default().imported = Some(findings);
        }
        Self { by_path }
    }

    /// Cuts them into what is worked on in one go. Each of the `late` stands alone.
    fn batches(mut self, late: &BTreeSet<String>) -> Vec<Batch> {
        for path in late {
            self.by_path.entry(path.clone()).or_default();
        }
        // Enough that no core waits long for the last, but packed words are shared in a batch.
        let n_shares = rayon::current_num_threads() * 8;
        let size = self.by_path.len().div_ceil(n_shares).clamp(1, BATCH);
        let mut res: Vec<Batch> = Vec::new();
        for (path, group) in self.by_path {
            let is_late = late.contains(&path);
            let open =
                res.last_mut().filter(|it| !is_late && !it.is_late && it.groups.len() < size);
            match open {
                Some(batch) => batch.groups.push((path, group)),
                None => res.push(Batch { groups: vec![(path, group)], is_late }),
            }
        }
        res
    }
}

/// So many files are packed together at most.
const BATCH: usize = 32;

/// A chunk with so many findings is closed when its file ends.
const CHUNK: usize = 4096;

/// Neighbours in the order of paths.
#[derive(Debug)]
struct Batch {
    groups: Vec<(String, Group)>,
    is_late: bool,
}

/// What working on a batch came to.
#[derive(Debug, Default)]
struct Worked {
    chunks: Vec<Chunk>,
    late: Option<JudgedFile>,
    tally: Tally,
    /// By the index of the file.
    coverage: Vec<(usize, Vec<Coverage>)>,
    judged: BTreeMap<SubjectKind, usize>,
}

fn work(
    session: &Session,
    files: &Files,
    decider: &Decider<'_>,
    batch: Batch,
    progress: &dyn Progress,
) -> Worked {
    let mut res = Worked::default();
    let mut packer = Packer::default();
    for (path, group) in batch.groups {
        let mut judged = JudgedFile { path, waivers: group.waivers, ..JudgedFile::default() };
        judged.findings = group.findings.iter().flat_map(Chunk::iter).collect();
        for idx in group.files {
            let judgement = judge_unit(session, files, &Unit::File(idx));
            for it in read_waivers(session, &judgement).into_values() {
                judged.waivers.extend(it);
            }
            judged.findings.extend(judgement.findings);
            judged.coverage.extend(judgement.coverage.iter().cloned());
            res.coverage.push((idx, judgement.coverage));
            add(&mut res.judged, judgement.judged);
            progress.step();
        }
        without_repetition(&mut judged.findings);
        judged.findings.extend(group.imported.iter().flat_map(Chunk::iter));
        if batch.is_late {
            res.late = Some(judged);
            continue;
        }
        let DecidedFile { findings, tally } = decider.decide(judged);
        packer.extend(&findings);
        res.tally.add(tally);
        if packer.len() >= CHUNK {
            res.chunks.push(std::mem::take(&mut packer).finish());
        }
    }
    if !packer.is_empty() {
        res.chunks.push(packer.finish());
    }
    res
}

/// A file that is part of two projects is judged in both; what is found twice is told once.
pub(crate) fn without_repetition(findings: &mut Vec<Finding>) {
    fn key(finding: &Finding) -> (Option<Span>, &'static str, &str, Option<&str>) {
        let place = finding.place.text();
        let name = place.map(|it| it.source.name());
        (place.map(|it| it.span), finding.rule.id, &finding.message, name)
    }
    // Side by side in this order; the first of each stays where it stands.
    let mut order: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    order.sort_by(|one, other| key(one.1).cmp(&key(other.1)));
    let pairs = order.windows(2).filter_map(|it| it.first().zip(it.last()));
    let repeated: HashSet<usize> =
        pairs.filter(|it| key(it.0.1) == key(it.1.1)).map(|it| it.1.0).collect();
    if !repeated.is_empty() {
        let mut idx = 0..;
        findings.retain(|_| idx.next().is_some_and(|it| !repeated.contains(&it)));
    }
}

/// All that a run was told, to be put together.
struct Whole<'a> {
    files: &'a Files,
    units: &'a Units,
    together: Vec<Told>,
    logs: Told,
    worked: Vec<Worked>,
}

impl Whole<'_> {
    fn verdict(mut self, decider: &Decider<'_>) -> Verdict {
        let mut judged = BTreeMap::new();
        let mut tally = Tally::default();
        let mut late = Vec::new();
        let coverage = self.coverage();
        for it in &mut self.together {
            add(&mut judged, std::mem::take(&mut it.judged));
        }
        add(&mut judged, self.logs.judged);
        // Where a late file belongs, its findings are put when all is decided.
        let mut slots = Vec::with_capacity(self.worked.len());
        for it in self.worked {
            add(&mut judged, it.judged);
            tally.add(it.tally);
            match it.late {
                Some(file) => {
                    slots.push(Slot::Late(file.path.clone()));
                    late.push(file);
                }
                None => slots.push(Slot::Packed(it.chunks)),
            }
        }
        let Finish { late, coverage, outcome } = decider.finish(late, tally, &judged, coverage);
        let mut late: BTreeMap<String, Vec<Finding>> = late.into_iter().collect();
        let mut all = Vec::new();
        for it in slots {
            match it {
                Slot::Packed(chunks) => all.extend(chunks),
                Slot::Late(path) => all.extend(pack(&late.remove(&path).unwrap_or_default())),
            }
        }
        Verdict { findings: Findings::new(all), coverage, judged, outcome, ..Verdict::default() }
    }

    /// The coverage of all units in their order, each said once; then what was not read at all.
    fn coverage(&mut self) -> Vec<Coverage> {
        let of_files = self.worked.iter_mut().flat_map(|it| std::mem::take(&mut it.coverage));
        let mut of_files: BTreeMap<usize, Vec<Coverage>> = of_files.collect();
        let mut together = self.together.iter_mut().map(|it| std::mem::take(&mut it.coverage));
        let mut all = Vec::new();
        for unit in &self.units.all {
            match unit.file() {
                Some(idx) => all.extend(of_files.remove(&idx).unwrap_or_default()),
                None => all.extend(together.next().unwrap_or_default()),
            }
        }
        let mut seen = HashSet::new();
        let is_new: Vec<bool> =
            all.iter().map(|it| seen.insert((&*it.unit, it.state, &*it.why))).collect();
        let mut is_new = is_new.into_iter();
        all.retain(|_| is_new.next().unwrap_or(true));
        all.extend(self.files.coverage.iter().cloned());
        all.append(&mut self.logs.coverage);
        all
    }
}

/// A place in the order of the findings.
enum Slot {
    /// These stand there.
    Packed(Vec<Chunk>),
    /// Those of the late file at this path.
    Late(String),
}

fn pack(findings: &[Finding]) -> Option<Chunk> {
    let mut packer = Packer::default();
    packer.extend(findings);
    (!packer.is_empty()).then(|| packer.finish())
}

fn add(all: &mut BTreeMap<SubjectKind, usize>, more: BTreeMap<SubjectKind, usize>) {
    for (kind, count) in more {
        *all.entry(kind).or_default() += count;
    }
}
