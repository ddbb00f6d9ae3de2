//! Secrets of an image as findings, those in files that packages own unchanged left out.

use plimsoll_finding::{Audience, Disposition, Finding, ImagePlace, Place, RuleInfo};
use plimsoll_secret::{Detectors, FileContext, Setting};

use super::{
    contents::Contents, describe::place, merged::Hidden, read::secret_fact, record::SecretFact,
};

/// What the search came to.
pub(crate) struct ImageSecrets {
    /// The findings.
    pub(crate) findings: Vec<Finding>,
    /// Files with something like a secret that a package owns and nobody changed.
    pub(crate) n_owned_files: usize,
}

/// The secrets in files, settings and history. `is_wanted` says of a rule and the audience that it
/// has in images whether it is asked.
pub(crate) fn secrets(
    name: &str,
    contents: &Contents,
    is_wanted: &dyn Fn(&RuleInfo, Audience) -> bool,
) -> ImageSecrets {
    let mut res = ImageSecrets { findings: Vec::new(), n_owned_files: 0 };
    for file in &contents.merged.secrets {
        if file.is_owned_unchanged {
            res.n_owned_files += 1;
            continue;
        }
        for fact in &file.hits {
            let mut place = place(name, contents, Some(file.layer), &file.path, "");
            place.line = fact.line;
            let mut evidence = vec![format!("it reads {}", fact.masked)];
            if let Some(Hidden { by, is_deleted }) = file.hidden {
                let verb = if is_deleted { "deletes" } else { "replaces" };
                let by = contents.instruction(by).to_owned();
                let by = if by.is_empty() { String::new() } else { format!(" (`{by}`)") };
                evidence.push(format!(
                    "a later layer{by} {verb} the file, and whoever has the image can still read \
                     it"
                ));
            }
            res.findings.extend(finding(fact, place, evidence, is_wanted));
        }
    }
    for (setting, text) in settings(contents) {
        let found = Detectors::builtin().find(
            text.as_bytes(),
            FileContext { path: "" },
            plimsoll_secret::Limits::default(),
        );
        for hit in &found.hits {
            let place = place(name, contents, None, "", setting);
            let fact = secret_fact(hit);
            let evidence = vec![format!("it reads {}", fact.masked)];
            res.findings.extend(finding(&fact, place, evidence, is_wanted));
        }
    }
    res
}

fn finding(
    fact: &SecretFact,
    place: ImagePlace,
    evidence: Vec<String>,
    is_wanted: &dyn Fn(&RuleInfo, Audience) -> bool,
) -> Option<Finding> {
    let detector = Detectors::builtin().get(&fact.detector)?;
    let rule = detector.info();
    is_wanted(rule, detector.audience(Setting::Image)).then(|| Finding {
        rule,
        severity: rule.severity,
        confidence: fact.confidence,
        message: fact.message.clone(),
        place: Place::Image(Box::new(place)),
        related: Vec::new(),
        evidence,
        fixes: Vec::new(),
        secrets: Vec::new(),
        disposition: Disposition::Open,
        names: Vec::new(),
        fingerprint: String::new(),
    })
}

/// Text of the configuration and of the history, by the setting that holds it.
fn settings(contents: &Contents) -> Vec<(&'static str, String)> {
    let Some(config) = contents.opened.config.as_ref() else { return Vec::new() };
    let runtime = &config.runtime;
    let mut res: Vec<(&'static str, String)> = Vec::new();
    res.extend(runtime.environment.iter().map(|it| ("Env", it.clone())));
    res.push(("Entrypoint", runtime.entrypoint.join(" ")));
    res.push(("Cmd", runtime.command.join(" ")));
    res.extend(runtime.labels.iter().map(|(name, value)| ("Labels", format!("{name}={value}"))));
    res.extend(runtime.on_build.iter().map(|it| ("OnBuild", it.clone())));
    if let Some(health) = &runtime.healthcheck {
        res.push(("Healthcheck", health.test.join(" ")));
    }
    let mut seen = std::collections::BTreeSet::new();
    for origin in &contents.opened.origins {
        // An instruction that sets the environment is told by the setting it made.
        let is_setting = ["ENV ", "LABEL ", "CMD ", "ENTRYPOINT "]
            .iter()
            .any(|it| origin.instruction.starts_with(it));
        if !is_setting && seen.insert(&origin.created_by) {
            res.push(("History", origin.created_by.clone()));
        }
    }
    res
}
