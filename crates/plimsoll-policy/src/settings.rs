//! What a team wants, as valid values: which rules, how bad, where, until when.
//!
//! Knows neither TOML nor the command line; `settings_file` reads the one, the engine the other.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_finding::{Audience, RuleInfo, RuleSettings, Severity};
use plimsoll_text::{Location, Source};

use crate::{
    error::PolicyError,
    names::{find_rules, nearest},
    path_patterns::PathPatterns,
    settings_file::read_settings,
    waiver::{RuleId, Waiver},
};

/// Everything a team can set. The default is what holds without a settings file.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The audiences that are asked, sorted.
    pub audiences: Vec<Audience>,
    /// What is said of single rules.
    pub rules: RuleOverrides,
    /// What fails the run.
    pub fail_on: FailOn,
    /// What fails the run in Dockerfiles, where an adopted `.hadolint.yaml` says so.
    pub dockerfile_fail_on: Option<FailOn>,
    /// Whether a part that could not be read fails the run.
    pub strict: bool,
    /// Days after which advisories are too old for a scan without findings to be called clean.
    pub max_data_age: u32,
    /// Files of statements about vulnerabilities, from the folder of the settings file.
    pub vex: Vec<String>,
    /// The advisories that images are judged by.
    pub database: DatabaseSettings,
    /// Paths that are not looked at.
    pub exclude: PathPatterns,
    /// Other settings for some paths; later entries win.
    pub paths: Vec<PathSettings>,
    /// The parameters of single rules.
    pub rule_settings: RuleSettings,
    /// What is waived.
    pub waivers: Vec<Waiver>,
    /// What every waiver must fulfil.
    pub waiver_terms: WaiverTerms,
    /// How much is read.
    pub limits: Limits,
}

impl Settings {
    /// Reads a `plimsoll.toml`; `rules` are all rules there are, for their names.
    pub fn parse(
        source: &Arc<Source>,
        rules: &[&'static RuleInfo],
    ) -> Result<Self, Vec<PolicyError>> {
        Self::default().parse_over(source, rules)
    }

    /// The same on top of these settings: what the file does not set stays.
    pub fn parse_over(
        self,
        source: &Arc<Source>,
        rules: &[&'static RuleInfo],
    ) -> Result<Self, Vec<PolicyError>> {
        read_settings(self, source, rules)
    }

    /// Sets what fails the run, whatever was set for single paths or kinds of file.
    pub fn override_fail_on(&mut self, fail_on: FailOn) {
        self.fail_on = fail_on;
        self.dockerfile_fail_on = None;
        self.paths.iter_mut().for_each(|it| it.fail_on = None);
    }

    /// What holds for `path`, given from the folder of the settings file.
    pub fn for_path(&self, path: &str) -> PathTerms {
        let mut res = PathTerms {
            audiences: self.audiences.clone(),
            fail_on: self.fail_on,
            dockerfile_fail_on: self.dockerfile_fail_on,
            rules: self.rules.clone(),
        };
        for entry in self.paths.iter().filter(|it| it.patterns.matches(path)) {
            if let Some(audiences) = &entry.audiences {
                res.audiences.clone_from(audiences);
            }
            if let Some(fail_on) = entry.fail_on {
                res.fail_on = fail_on;
                res.dockerfile_fail_on = None;
            }
            for (id, rule) in &entry.rules {
                res.rules.entry(id).and_modify(|it| it.amend(rule)).or_insert_with(|| rule.clone());
            }
        }
        res
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            audiences: vec![Audience::Default],
            rules: RuleOverrides::new(),
            fail_on: FailOn::default(),
            dockerfile_fail_on: None,
            strict: false,
            max_data_age: MAX_DATA_AGE,
            vex: Vec::new(),
            database: DatabaseSettings::default(),
            exclude: PathPatterns::default(),
            paths: Vec::new(),
            rule_settings: RuleSettings::default(),
            waivers: Vec::new(),
            waiver_terms: WaiverTerms::default(),
            limits: Limits::default(),
        }
    }
}

/// What is said of single rules, by id.
pub type RuleOverrides = BTreeMap<RuleId, RuleOverride>;

/// What is said of one rule; `None` leaves it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOverride {
    /// Whether it is asked, whatever its audience.
    pub enabled: Option<bool>,
    /// How bad its findings are.
    pub severity: Option<Severity>,
    /// Who is to hear it.
    pub audience: Option<Audience>,
    /// Where that was said.
    pub place: Location,
}

impl RuleOverride {
    /// Takes over what `later` says.
    fn amend(&mut self, later: &RuleOverride) {
        self.enabled = later.enabled.or(self.enabled);
        self.severity = later.severity.or(self.severity);
        self.audience = later.audience.or(self.audience);
        self.place = later.place.clone();
    }
}

/// Other settings for some paths; `None` leaves what holds elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct PathSettings {
    /// The paths, from the folder of the settings file.
    pub patterns: PathPatterns,
    /// The audiences that are asked there.
    pub audiences: Option<Vec<Audience>>,
    /// What fails the run there.
    pub fail_on: Option<FailOn>,
    /// What is said of single rules there.
    pub rules: RuleOverrides,
}

/// The severity from which an open finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// No finding fails the run.
    Never,
    /// A finding of this severity or worse does.
    From(Severity),
}

impl FailOn {
    /// The threshold called `name`: a severity or `never`.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "never" { Some(Self::Never) } else { Severity::parse(name).map(Self::From) }
    }

    /// The severity, if any fails.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Never => None,
            Self::From(severity) => Some(severity),
        }
    }
}

impl Default for FailOn {
    fn default() -> Self {
        Self::From(Severity::Medium)
    }
}

/// What every waiver must fulfil, wherever it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaiverTerms {
    /// Whether it must have a last day.
    pub require_until: bool,
    /// Rules that nobody may waive by a comment.
    pub forbid_inline: Vec<RuleId>,
    /// How many days from today its last day may lie.
    pub max_days: Option<u32>,
}

/// Days after which advisories are too old, where nobody says otherwise.
const MAX_DATA_AGE: u32 = 30;

/// Which advisories there are, and where they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseSettings {
    /// The store, from the folder of the settings file; `None` is the user's own.
    pub path: Option<String>,
    /// Other addresses of feeds, by the feeds' names.
    pub base_urls: BTreeMap<String, String>,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size in bytes above which a file is not read.
    pub max_file_size: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_file_size: 10 * 1024 * 1024 }
    }
}

/// What holds for one path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathTerms {
    audiences: Vec<Audience>,
    fail_on: FailOn,
    dockerfile_fail_on: Option<FailOn>,
    rules: RuleOverrides,
}

impl PathTerms {
    /// How bad findings of `rule` are, where the settings say so.
    pub fn severity(&self, rule: &RuleInfo) -> Option<Severity> {
        self.rules.get(rule.id).and_then(|it| it.severity)
    }

    /// What fails the run for findings of `rule`.
    pub fn fail_on(&self, rule: &RuleInfo) -> FailOn {
        let is_dockerfile = rule.subject == plimsoll_finding::SubjectKind::Dockerfile;
        self.dockerfile_fail_on.filter(|_| is_dockerfile).unwrap_or(self.fail_on)
    }

    /// Whether `rule` is in force.
    pub fn force(&self, rule: &RuleInfo, selection: &Selection) -> Force {
        let said = self.rules.get(rule.id);
        let audience = said.and_then(|it| it.audience).unwrap_or(rule.audience);
        if selection.ignore.iter().any(|it| it.means(rule, audience)) {
            return Force::Off;
        }
        let enabled = said.and_then(|it| it.enabled);
        let is_named = |it: &Selector| matches!(it, Selector::Rules(ids) if ids.contains(&rule.id));
        let is_asked = match &selection.select {
            // Who names a rule on the command line wants it, whatever the file says.
            Some(selectors) if selectors.iter().any(is_named) => return Force::On,
            Some(selectors) => selectors.iter().any(|it| it.means(rule, audience)),
            None => enabled == Some(true) || self.audiences.contains(&audience),
        };
        match said {
            Some(said) if enabled == Some(false) => Force::OffAt(said.place.clone()),
            _ if is_asked => Force::On,
            _ => Force::Off,
        }
    }
}

/// Whether a rule is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Force {
    /// It is.
    On,
    /// It is not among the rules asked for.
    Off,
    /// The settings turn it off, here.
    OffAt(Location),
}

/// What the command line says about which rules are asked. The default leaves it to the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The rules asked for, in place of the settings' audiences.
    pub select: Option<Vec<Selector>>,
    /// The rules not asked for, which wins.
    pub ignore: Vec<Selector>,
}

impl Selection {
    /// Reads `--select` and `--ignore`: `all`, audiences, rule ids, other tools' codes. No selected
    /// name leaves the choice to the settings.
    pub fn parse(
        select: &[String],
        ignore: &[String],
        rules: &[&'static RuleInfo],
    ) -> Result<Self, UnknownName> {
        let read = |names: &[String]| -> Result<Vec<Selector>, UnknownName> {
            names.iter().map(|it| Selector::parse(it, rules)).collect()
        };
        let select = if select.is_empty() { None } else { Some(read(select)?) };
        Ok(Self { select, ignore: read(ignore)? })
    }

    /// Whether the command line itself asks for `rule`, for everything, or for `audience`.
    pub fn asks_for(&self, rule: &RuleInfo, audience: Audience) -> bool {
        let mut asked = self.select.iter().flatten();
        asked.any(|it| it.means(rule, audience))
    }
}

/// One word of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Every rule that the settings do not turn off.
    All,
    /// The rules of one audience that the settings do not turn off.
    Audience(Audience),
    /// These rules, even if the settings turn them off.
    Rules(Vec<RuleId>),
}

impl Selector {
    /// Reads `all`, an audience, a rule id or another tool's code.
    pub fn parse(name: &str, rules: &[&'static RuleInfo]) -> Result<Self, UnknownName> {
        if name == "all" {
            return Ok(Self::All);
        }
        if let Some(audience) = Audience::parse(name) {
            return Ok(Self::Audience(audience));
        }
        let found = find_rules(name, rules);
        if found.is_empty() {
            let words = ["all"].into_iter().chain(Audience::ALL.map(Audience::name));
            let candidates = words.chain(rules.iter().map(|it| it.id));
            let nearest = nearest(name, candidates).map(str::to_owned);
            return Err(UnknownName { name: name.to_owned(), nearest });
        }
        Ok(Self::Rules(found.iter().map(|it| it.id).collect()))
    }

    fn means(&self, rule: &RuleInfo, audience: Audience) -> bool {
        match self {
            Self::All => true,
            Self::Audience(wanted) => *wanted == audience,
            Self::Rules(ids) => ids.contains(&rule.id),
        }
    }
}

/// A name that no rule has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// As it was written.
    pub name: String,
    /// What may have been meant.
    pub nearest: Option<String>,
}

/// The rules of `all` that are in force for `path`, which is given from the folder of the settings.
pub fn select_rules(
    all: &[&'static RuleInfo],
    settings: &Settings,
    selection: &Selection,
    path: &str,
) -> Vec<&'static RuleInfo> {
    let terms = settings.for_path(path);
    all.iter().copied().filter(|it| terms.force(it, selection) == Force::On).collect()
}

#[cfg(test)]
mod tests {
    use super::{Selection, Settings, select_rules};
    use crate::sample_rules::RULES;
    use plimsoll_text::Source;

    fn selected(settings: &str, select: &[&str], ignore: &[&str], path: &str) -> String {
        let settings = Settings::parse(&Source::new("plimsoll.toml", settings), RULES).unwrap();
        let words = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let selection = Selection::parse(&words(select), &words(ignore), RULES).unwrap();
        let rules = select_rules(RULES, &settings, &selection, path);
        rules.iter().map(|it| it.id).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn settings_and_command_line_choose_the_rules() {
        let file = "[rules]\nlatest-tag = 'off'\n";
        for (settings, select, ignore, expected) in [
            ("", &[][..], &[][..], "root-user latest-tag host-port"),
            ("audience = 'hygiene'", &[], &[], "root-user latest-tag unquoted-variable host-port"),
            ("audiences = ['hygiene']", &[], &[], "unquoted-variable"),
            (
                "rules = { SC2086 = 'on' }",
                &[],
                &["host-port", "DL3007"],
                "root-user unquoted-variable",
            ),
            ("rules = { SC2086 = 'high' }", &["default"], &[], "root-user latest-tag host-port"),
            (
                "rules = { SC2086 = { audience = 'default' } }",
                &[],
                &["hygiene"],
                "root-user latest-tag unquoted-variable host-port",
            ),
            (file, &[], &[], "root-user host-port"),
            (file, &["all"], &[], "root-user unquoted-variable host-port"),
            (file, &["latest-tag"], &[], "latest-tag"),
            (file, &["latest-tag"], &["latest-tag"], ""),
            (file, &["hygiene", "DL3002"], &[], "root-user unquoted-variable"),
        ] {
            assert_eq!(selected(settings, select, ignore, "Dockerfile"), expected, "{settings}");
        }
    }

    #[test]
    fn a_path_may_have_its_own_rules_and_later_entries_win() {
        let file = "rules = { root-user = 'off' }\n\
                    [[paths]]\nmatch = 'web/**'\nrules = { root-user = 'on', host-port = 'off' }\n\
                    [[paths]]\nmatch = ['web/old/']\naudiences = []\n\
                    rules = { host-port = 'on' }\n";
        assert_eq!(selected(file, &[], &[], "Dockerfile"), "latest-tag host-port");
        assert_eq!(selected(file, &[], &[], "web/Dockerfile"), "root-user latest-tag");
        assert_eq!(selected(file, &[], &[], "web/old/Dockerfile"), "root-user host-port");
    }

    #[test]
    fn an_unknown_word_is_named_with_the_nearest() {
        let error = Selection::parse(&["defualt".to_owned()], &[], RULES).unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("default"));
        let error = Selection::parse(&[], &["root-usr".to_owned()], RULES).unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("root-user"));
    }
}
