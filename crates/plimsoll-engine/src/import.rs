//! Other tools' findings, from SARIF logs, under our policy: `# plimsoll:` waivers, settings,
//! baseline and threshold hold for them as for ours.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_finding::{CoverageState, RuleInfo, SubjectKind};
use plimsoll_fs::read_text;
use plimsoll_report::import::{Import, ImportedFinding, Interner, read_sarif};
use plimsoll_text::Source;

use crate::{
    classify::{FileKind, classify},
    error::Error,
    judge::Judgement,
    load::{display_name, normal_path},
    run::Session,
};

/// Reads the logs and adds what they found; gives the passports of the rules that they name.
pub(crate) fn import(
    session: &Session,
    logs: &[PathBuf],
    out: &mut Judgement,
) -> Result<Vec<&'static RuleInfo>, Error> {
    let mut importer =
        Importer { session, interner: Interner::default(), sources: BTreeMap::new() };
    let mut rules = Vec::new();
    for path in logs {
        let text = read_text(path, MAX_LOG)?;
        let broken = |it: plimsoll_report::import::ImportError| Error::Import {
            path: path.clone(),
            why: it.to_string(),
        };
        let Import { findings, passed_over } = read_sarif(&text).map_err(broken)?;
        for finding in &findings {
            rules.extend(importer.add(finding, out).map_err(broken)?);
        }
        let unit = display_name(path);
        for (why, count) in passed_over {
            out.looked_at(
                &unit,
                CoverageState::Partial,
                format!("{count} results left out: {why}"),
            );
        }
        out.looked_at(&unit, CoverageState::Ran, "");
    }
    rules.sort_by_key(|it: &&RuleInfo| it.id);
    rules.dedup_by_key(|it| it.id);
    Ok(rules)
}

/// A log above this size is split by the tools that write it.
const MAX_LOG: u64 = 256 << 20;

struct Importer<'a> {
    session: &'a Session,
    interner: Interner,
    sources: BTreeMap<String, Arc<Source>>,
}

impl Importer<'_> {
    fn add(
        &mut self,
        finding: &ImportedFinding,
        out: &mut Judgement,
    ) -> Result<Option<&'static RuleInfo>, plimsoll_report::import::ImportError> {
        let n_known = self.sources.len();
        let Some(source) = self.source(&finding.uri) else {
            let why = format!("a finding of {} points outside of the tree", finding.tool);
            out.looked_at(&finding.uri, CoverageState::Skipped, why);
            return Ok(None);
        };
        let rule = self.interner.intern(finding, subject(&finding.uri))?;
        out.findings.push(finding.finding(rule, &source));
        *out.judged.entry(rule.subject).or_default() += self.sources.len() - n_known;
        Ok(Some(rule))
    }

    /// The text of the file that a finding is about; an empty one where it is gone. Foreign paths
    /// may not lead out of the tree.
    fn source(&mut self, uri: &str) -> Option<Arc<Source>> {
        let path = uri.strip_prefix("file://").unwrap_or(uri);
        let root = &self.session.config.root;
        let absolute = normal_path(&root.join(path));
        if !absolute.starts_with(root) {
            return None;
        }
        let name = self.session.display(&absolute);
        let limit = self.session.config.settings.limits.max_file_size;
        let read = || Source::new(name.clone(), read_text(&absolute, limit).unwrap_or_default());
        Some(Arc::clone(self.sources.entry(name.clone()).or_insert_with(read)))
    }
}

fn subject(path: &str) -> SubjectKind {
    match classify(path, "") {
        Some(FileKind::Compose) => SubjectKind::Compose,
        Some(FileKind::Kubernetes) => SubjectKind::Kubernetes,
        Some(FileKind::DaemonJson) => SubjectKind::Daemon,
        Some(FileKind::GithubWorkflow | FileKind::GitlabWorkflow) => SubjectKind::Workflow,
        Some(FileKind::EnvFile) => SubjectKind::EnvFile,
        _ if Path::new(path).extension().is_some_and(|it| it == "yaml" || it == "yml") => {
            SubjectKind::Kubernetes
        }
        _ => SubjectKind::Dockerfile,
    }
}
