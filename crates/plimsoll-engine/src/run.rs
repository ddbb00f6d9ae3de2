//! One run of judging: settings, files, rules, verdict.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use plimsoll_finding::{RuleInfo, RuleSettings};
use plimsoll_fs::{GitIgnored, read_text, today};
use plimsoll_lint::RuleBook;
use plimsoll_policy::{
    Baseline, Date, FailOn, Force, POLICY_RULES, Policy, Reach, Selection, UnknownName, Verdict,
    select_rules,
};
use plimsoll_text::Source;

use crate::{
    classify::FileKind,
    contexts::Contexts,
    error::Error,
    judge::{Terms, Units},
    load::{Files, LoadOptions, Loaded, display_name, load, normal_path},
    pipeline::judge_and_decide,
    settings::{Config, ConfigChoice, read_config},
};

/// What to judge, and by what.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders.
    pub roots: Vec<PathBuf>,
    /// A text that was not read from a file: its name and content.
    pub standard_input: Option<String>,
    /// What standard input and files that are named are, where their names do not tell.
    pub kind: Option<FileKind>,
    /// Compose files that make up one project, in order.
    pub compose_files: Vec<PathBuf>,
    /// Rules asked for: ids, other tools' names, audiences, `all`.
    pub select: Vec<String>,
    /// Rules not asked for.
    pub ignore: Vec<String>,
    /// The audience by name, in place of the settings'.
    pub audience: Option<String>,
    /// The threshold by name, in place of the settings'.
    pub fail_on: Option<String>,
    /// Whether any gap fails the run.
    pub strict: bool,
    /// The findings that were there before.
    pub baseline: Option<PathBuf>,
    /// Whether files that git ignores are looked at.
    pub include_ignored: bool,
    /// Which settings file.
    pub config: ConfigChoice,
    /// Findings of other tools, as SARIF logs.
    pub import: Vec<PathBuf>,
}

/// What is told while a run goes on.
pub trait Progress: Sync {
    /// So many files are to be judged.
    fn total(&self, n_files: usize);
    /// One more was judged.
    fn step(&self);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn total(&self, _: usize) {}
    fn step(&self) {}
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The absolute folder that paths in settings and baselines count from.
    pub root: PathBuf,
}

/// The passports of every rule there is, those about waivers included, by id.
pub fn all_rules() -> Vec<&'static RuleInfo> {
    let mut res = RuleBook::all_infos();
    res.extend(POLICY_RULES.iter().copied());
    res.extend(plimsoll_vuln::PACKAGE_RULES.iter().copied());
    res.extend(plimsoll_audit::host_rules());
    res.extend(plimsoll_secret::Detectors::builtin().infos());
    res.sort_by_key(|it| it.id);
    res
}

/// [`all_rules`], listed when a name is first looked up among them: those about secrets are read
/// from data, which takes longer than judging a few files.
pub(crate) type AllRules = LazyLock<Vec<&'static RuleInfo>>;

/// The id of the rule that `name` may have been meant for.
pub fn nearest_rule(name: &str) -> Option<String> {
    let asked = [name.to_owned()];
    Selection::parse(&asked, &[], &all_rules()).err().and_then(|it| it.nearest)
}

/// Judges what `request` names.
pub fn judge(request: &Request, progress: &dyn Progress) -> Result<Outcome, Error> {
    let session = Session::start(request)?;
    let files = session.files(request)?;
    let units = Units::of(&session, &files);
    let verdict = judge_and_decide(&session, request, &files, &units, progress)?;
    Ok(Outcome { verdict, root: session.config.root })
}

/// What holds for all of a run.
pub(crate) struct Session {
    pub(crate) config: Config,
    pub(crate) selection: Selection,
    pub(crate) rules: AllRules,
    pub(crate) compose_files: Vec<PathBuf>,
    pub(crate) contexts: Contexts,
    working_folder: PathBuf,
    rule_settings: Arc<RuleSettings>,
    books: Mutex<BTreeMap<Vec<bool>, Arc<RuleBook>>>,
}

impl Session {
    pub(crate) fn start(request: &Request) -> Result<Self, Error> {
        let rules = AllRules::new(all_rules);
        let working_folder = plimsoll_fs::current_dir()?;
        let first = request.roots.first().or(request.compose_files.first());
        let start = first.map_or(Path::new("."), PathBuf::as_path);
        let start = normal_path(&working_folder.join(start));
        let mut config = read_config(&request.config, &start, &rules)?;
        if let Some(name) = &request.audience {
            let asked = plimsoll_finding::Audience::parse(name);
            let all = plimsoll_finding::Audience::ALL;
            config.settings.audiences =
                all.into_iter().filter(|it| asked.is_none_or(|asked| *it <= asked)).collect();
        }
        if let Some(fail_on) = request.fail_on.as_deref().and_then(FailOn::parse) {
            config.settings.override_fail_on(fail_on);
        }
        // Words such as `all` need no list of rules.
        let selection = Selection::parse(&request.select, &request.ignore, &[])
            .or_else(|_| Selection::parse(&request.select, &request.ignore, &rules))
            .map_err(|UnknownName { name, nearest }| Error::UnknownRule { name, nearest })?;
        let rule_settings = Arc::new(config.settings.rule_settings.clone());
        Ok(Self {
            config,
            selection,
            rules,
            compose_files: request.compose_files.clone(),
            contexts: Contexts::default(),
            working_folder,
            rule_settings,
            books: Mutex::default(),
        })
    }

    /// Reads what `request` names.
    pub(crate) fn files(&self, request: &Request) -> Result<Files, Error> {
        let roots: Vec<PathBuf> =
            request.roots.iter().chain(&request.compose_files).cloned().collect();
        for path in &roots {
            if !plimsoll_fs::exists(path) {
                return Err(Error::NoSuchPath { path: path.clone() });
            }
        }
        let is_excluded =
            |path: &Path| self.config.settings.exclude.matches(&self.relative(&display_name(path)));
        let mut files = load(
            &roots,
            LoadOptions {
                respect_gitignore: !request.include_ignored,
                max_file_size: self.config.settings.limits.max_file_size,
                kind: request.kind,
                compose_files: &request.compose_files,
                is_excluded: &is_excluded,
            },
        );
        if let Some(text) = &request.standard_input {
            let kind = request.kind.unwrap_or(FileKind::Dockerfile);
            let source = Source::new("-", text.clone());
            files.loaded.push(Loaded { path: PathBuf::from("-"), kind, source });
        }
        files.index();
        Ok(files)
    }

    /// The rules in force for the file called `name`, and what the team told them.
    pub(crate) fn terms(&self, name: &str) -> Terms {
        let path = self.relative(name);
        let key: Vec<bool> =
            self.config.settings.paths.iter().map(|it| it.patterns.matches(&path)).collect();
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let book = books.entry(key).or_insert_with(|| {
            let terms = self.config.settings.for_path(&path);
            Arc::new(RuleBook::select(|rule| terms.force(rule, &self.selection) == Force::On))
        });
        Terms { book: Arc::clone(book), settings: Arc::clone(&self.rule_settings) }
    }

    /// The ids of the rules in force for what is called `name`.
    pub(crate) fn chosen_rules(&self, name: &str) -> BTreeSet<&'static str> {
        let path = self.relative(name);
        let chosen = select_rules(&self.rules, &self.config.settings, &self.selection, &path);
        chosen.iter().map(|it| it.id).collect()
    }

    /// The path of a file from the folder of the settings, by its name as it was given.
    pub(crate) fn relative(&self, name: &str) -> String {
        let path = normal_path(&self.working_folder.join(name));
        match path.strip_prefix(&self.config.root) {
            Ok(inside) => inside.display().to_string(),
            Err(_) => name.to_owned(),
        }
    }

    /// The absolute form of a path.
    pub(crate) fn absolute(&self, path: &Path) -> String {
        normal_path(&self.working_folder.join(path)).display().to_string()
    }

    /// The name that a user in the working folder would give to an absolute path.
    pub(crate) fn display(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.working_folder).unwrap_or(path);
        inside.display().to_string()
    }

    /// By what findings are weighed.
    pub(crate) fn policy<'a>(
        &'a self,
        request: &Request,
        baseline: Option<&'a Baseline>,
        relative: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Result<Policy<'a>, Error> {
        let whole = request
            .roots
            .iter()
            .any(|it| self.config.root.starts_with(normal_path(&self.working_folder.join(it))));
        Ok(Policy {
            settings: &self.config.settings,
            selection: &self.selection,
            baseline,
            today: Date::parse(&today()).ok_or(Error::Clock)?,
            strict: request.strict,
            reach: if whole { Reach::Whole } else { Reach::Part },
            relative,
        })
    }

    /// The rules that hold for some of the files only.
    pub(crate) fn spared_rules(&self) -> BTreeSet<&'static str> {
        let books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let mut n_books: BTreeMap<&str, usize> = BTreeMap::new();
        for info in books.values().flat_map(|it| it.infos()) {
            *n_books.entry(info.id).or_default() += 1;
        }
        n_books.into_iter().filter(|it| it.1 < books.len()).map(|it| it.0).collect()
    }

    /// The rules that are in force for at least one file, and those of other tools, by id.
    pub(crate) fn rules_in_force(&self, imported: &[&'static RuleInfo]) -> Vec<&'static RuleInfo> {
        let books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let mut res: Vec<&'static RuleInfo> = books.values().flat_map(|it| it.infos()).collect();
        let settings = &self.config.settings;
        res.extend(select_rules(POLICY_RULES, settings, &self.selection, ""));
        res.extend(imported.iter().copied());
        res.sort_by_key(|it| it.id);
        res.dedup_by_key(|it| it.id);
        res
    }
}

/// Whether git ignores the file; `None` outside of a repository.
pub(crate) fn is_ignored_by_git(path: &Path) -> Option<bool> {
    match plimsoll_fs::is_ignored_by_git(path).ok()? {
        GitIgnored::Ignored => Some(true),
        GitIgnored::NotIgnored => Some(false),
        GitIgnored::NoRepository => None,
    }
}

/// Writes the findings of `verdict` as the baseline at `path`.
pub fn write_baseline(outcome: &Outcome, path: &Path) -> Result<(), Error> {
    let folder = plimsoll_fs::current_dir()?;
    let relative = |name: &str| {
        let path = normal_path(&folder.join(name));
        let inside = path.strip_prefix(&outcome.root).map(|it| it.display().to_string());
        inside.unwrap_or_else(|_| name.to_owned())
    };
    let text = Baseline::of(outcome.verdict.findings.iter(), relative).to_json();
    crate::write::write_file(path, &text)?;
    Ok(())
}

pub(crate) fn read_baseline(path: &Path) -> Result<Baseline, Error> {
    let source = Source::new(display_name(path), read_text(path, MAX_BASELINE)?);
    Baseline::parse(&source).map_err(|it| Error::Settings(vec![it]))
}

/// A baseline of a hundred thousand findings is smaller than this.
const MAX_BASELINE: u64 = 64 << 20;
