//! Judging files, images and a host together by the controls of a standard.

use std::path::PathBuf;

use plimsoll_finding::{Outcome as ControlOutcome, RuleInfo};
use plimsoll_fs::read_text;
use plimsoll_report::comply::{
    Assessment, FRAMEWORKS, Framework, assess, gaps_of, outcomes_of, read_earlier, subject_of,
};

use crate::{
    error::Error,
    host::{HostRequest, HostSource, judge_host},
    image::{ImageRequest, scan_image},
    run::{Progress, Request, all_rules, judge},
};

/// What to look at, and by which standard.
#[derive(Clone, Debug, Default)]
pub struct ComplyRequest {
    /// The standard, by its name on the command line.
    pub framework: String,
    /// The files, and by which settings. Every rule is asked, whatever its audience, because
    /// controls rest on all of them.
    pub request: Request,
    /// Whether files are looked at.
    pub with_files: bool,
    /// The host, if one is looked at.
    pub host: Option<HostSource>,
    /// The images; their own requests for rules and settings are not used.
    pub images: Vec<ImageRequest>,
    /// Answers that were written before for the same standard, oldest first.
    pub earlier: Vec<PathBuf>,
    /// No network socket may be opened.
    pub is_offline: bool,
}

/// Judges everything that `request` names and sorts what is found by the controls of the standard.
pub fn comply(request: &ComplyRequest, progress: &dyn Progress) -> Result<Assessment, Error> {
    let framework = Framework::by_id(&request.framework).ok_or_else(|| {
        let known: Vec<&str> = FRAMEWORKS.iter().map(|it| it.id).collect();
        Error::UnknownFramework { name: request.framework.clone(), known: known.join(", ") }
    })?;
    let mut earlier = Vec::new();
    for path in &request.earlier {
        let text = read_text(path, MAX_ASSESSMENT)?;
        earlier.push(
            read_earlier(&text, framework.id)
                .map_err(|error| Error::EarlierAssessment { path: path.clone(), error })?,
        );
    }
    let mut evidence = Evidence::new();
    let asked = Request { select: vec!["all".to_owned()], ..request.request.clone() };
    if request.with_files {
        let outcome = judge(&asked, progress)?;
        let names: Vec<String> = asked.roots.iter().map(|it| it.display().to_string()).collect();
        let name = names.join(", ");
        evidence.add(&outcome.verdict, &name);
    }
    for image in &request.images {
        let scanned =
            scan_image(&ImageRequest { request: asked.clone(), ..image.clone() }, progress)?;
        evidence.add(&scanned.outcome.verdict, &image.target);
    }
    if let Some(source) = &request.host {
        let judged = judge_host(
            &HostRequest {
                request: asked,
                source: source.clone(),
                save: None,
                is_offline: request.is_offline,
            },
            progress,
        )?;
        let n_outcomes = judged.host.outcomes.len();
        evidence.subjects.push(format!(
            "host {}: {n_outcomes} checks of {}",
            judged.host.name, judged.host.reach
        ));
        evidence.gaps.extend(gaps_of(&judged.outcome.verdict));
        evidence.outcomes.extend(judged.host.outcomes);
    }
    Ok(Assessment {
        framework,
        subjects: evidence.subjects,
        gaps: evidence.gaps,
        controls: assess(framework, &evidence.outcomes),
        earlier,
    })
}

/// What was seen.
struct Evidence {
    rules: Vec<&'static RuleInfo>,
    outcomes: Vec<ControlOutcome>,
    subjects: Vec<String>,
    gaps: Vec<String>,
}

impl Evidence {
    fn new() -> Self {
        Self { rules: all_rules(), outcomes: Vec::new(), subjects: Vec::new(), gaps: Vec::new() }
    }

    fn add(&mut self, verdict: &plimsoll_policy::Verdict, name: &str) {
        self.outcomes.extend(outcomes_of(verdict, &self.rules, name));
        self.subjects.push(subject_of(verdict, name));
        self.gaps.extend(gaps_of(verdict));
    }
}

/// An earlier assessment is no larger than this.
const MAX_ASSESSMENT: u64 = 64 << 20;
