//! Finds and reads what a team has said: `plimsoll.toml`, and what other tools' files say.

use std::path::{Path, PathBuf};

use plimsoll_config::{
    tree::{Node, Tree},
    yaml::parse_yaml,
};
use plimsoll_fs::{exists, read_text};
use plimsoll_policy::{
    HadolintFile, HadolintOverride, IgnoreEntry, IgnoreFile, Settings, Tool, Waivers,
    adopt_hadolint, parse_trivyignore, read_ignore_file,
};
use plimsoll_text::Source;

use crate::{
    error::Error,
    load::{display_name, normal_path},
    run::{AllRules, all_rules},
};

/// Which settings file to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConfigChoice {
    /// The nearest `plimsoll.toml` above what is judged.
    #[default]
    Search,
    /// This one.
    File(PathBuf),
    /// None, nor any file of another tool.
    None,
}

/// What a team has said, and where.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) settings: Settings,
    /// Waivers of other tools' files.
    pub(crate) waivers: Waivers,
    /// The folder that paths in the settings count from, absolute.
    pub(crate) root: PathBuf,
}

/// What the settings say of the advisories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseTerms {
    /// The store, in place of the user's own.
    pub store: Option<PathBuf>,
    /// Mirrors of feeds, by their names.
    pub base_urls: Vec<(String, String)>,
    /// Days after which a scan without findings is not called clean.
    pub max_age_days: u32,
}

/// What the settings say of the advisories, for whoever is in the folder that the program runs in.
pub fn database_terms(choice: &ConfigChoice) -> Result<DatabaseTerms, Error> {
    let start = plimsoll_fs::current_dir()?;
    let config = read_config(choice, &start, &AllRules::new(all_rules))?;
    Ok(DatabaseTerms {
        store: config.store(),
        base_urls: config.settings.database.base_urls.into_iter().collect(),
        max_age_days: config.settings.max_data_age,
    })
}

impl Config {
    /// The store of advisories that the settings name.
    pub(crate) fn store(&self) -> Option<PathBuf> {
        self.settings.database.path.as_ref().map(|it| self.root.join(it))
    }

    /// The documents of statements about vulnerabilities that the settings name.
    pub(crate) fn vex(&self) -> Vec<PathBuf> {
        self.settings.vex.iter().map(|it| self.root.join(it)).collect()
    }
}

/// Reads the settings for what lies under `start`, an absolute path.
pub(crate) fn read_config(
    choice: &ConfigChoice,
    start: &Path,
    rules: &AllRules,
) -> Result<Config, Error> {
    let folder =
        if plimsoll_fs::is_folder(start) { start } else { start.parent().unwrap_or(start) };
    let file = match choice {
        ConfigChoice::None => None,
        ConfigChoice::File(path) => Some(path.clone()),
        ConfigChoice::Search => search(folder),
    };
    let root = match &file {
        Some(path) => absolute_folder(path)?,
        None => repository(folder).unwrap_or(folder).to_owned(),
    };
    let mut res = Config { settings: Settings::default(), waivers: Waivers::default(), root };
    if *choice == ConfigChoice::None {
        return Ok(res);
    }
    let root = res.root.clone();
    adopt(&root, rules, &mut res);
    if let Some(path) = file {
        let name = path.strip_prefix(plimsoll_fs::current_dir()?).unwrap_or(&path);
        let source = Source::new(display_name(name), read_text(&path, MAX_SETTINGS)?);
        res.settings = res.settings.parse_over(&source, rules).map_err(Error::Settings)?;
    }
    Ok(res)
}

/// A settings file above this size is a mistake.
const MAX_SETTINGS: u64 = 1 << 20;

fn search(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|it| it.join("plimsoll.toml")).find(|it| exists(it))
}

fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|it| exists(&it.join(".git")))
}

fn absolute_folder(file: &Path) -> Result<PathBuf, Error> {
    let path = normal_path(&plimsoll_fs::current_dir()?.join(file));
    Ok(path.parent().unwrap_or(Path::new("/")).to_owned())
}

/// Takes over the files of other tools in `root`. What cannot be read in them is left out: they are
/// not ours, and their owner will tell.
fn adopt(root: &Path, rules: &AllRules, config: &mut Config) {
    let read = |name: &str| -> Option<std::sync::Arc<Source>> {
        let path = root.join(name);
        let text = exists(&path).then(|| read_text(&path, MAX_SETTINGS).ok())??;
        Some(Source::new(name, text))
    };
    for name in [".hadolint.yaml", ".hadolint.yml"] {
        if let Some(source) = read(name) {
            let file = hadolint_file(&parse_yaml(&source));
            let waivers = adopt_hadolint(&mut config.settings, &file, rules);
            config.waivers.extend(waivers);
        }
    }
    if let Some(source) = read(".trivyignore") {
        config.waivers.extend(read_ignore_file(&parse_trivyignore(&source), rules));
    }
    if let Some(source) = read(".trivyignore.yaml") {
        let file = trivy_file(&parse_yaml(&source));
        config.waivers.extend(read_ignore_file(&file, rules));
    }
    for name in [".checkov.yaml", ".checkov.yml"] {
        if let Some(source) = read(name) {
            let file = checkov_file(&parse_yaml(&source));
            config.waivers.extend(read_ignore_file(&file, rules));
        }
    }
}

fn hadolint_file(tree: &Tree) -> HadolintFile {
    let mut res = HadolintFile::new(&tree.source);
    let Some(root) = tree.root() else { return res };
    res.ignored = texts(root.get("ignored"));
    for severity in ["error", "warning", "info", "style"] {
        for (name, place) in texts(root.find(&["override", severity])) {
            let severity = severity.to_owned();
            res.overrides.push(HadolintOverride { name, place, severity });
        }
    }
    res.trusted_registries =
        texts(root.get("trustedRegistries")).into_iter().map(|it| it.0).collect();
    if let Some(schema) = root.get("label-schema") {
        for entry in schema.entries() {
            let pair = entry.key.as_str().zip(entry.value.as_str());
            res.label_schema.extend(pair.map(|it| (it.0.to_owned(), it.1.to_owned())));
        }
    }
    res.strict_labels = root.get("strict-labels").and_then(Node::as_bool);
    let threshold = root.get("failure-threshold").and_then(Node::as_str).map(str::to_owned);
    let no_fail = root.get("no-fail").and_then(Node::as_bool) == Some(true);
    res.failure_threshold = if no_fail { Some("none".to_owned()) } else { threshold };
    res
}

fn trivy_file(tree: &Tree) -> IgnoreFile {
    let list = tree.root().and_then(|it| it.get("misconfigurations"));
    let entries = list.map(Node::items).unwrap_or_default().iter().filter_map(|item| {
        let name = item.get("id")?;
        let text = |key: &str| item.get(key).and_then(Node::as_str).map(str::to_owned);
        Some(IgnoreEntry {
            name: name.as_str()?.to_owned(),
            place: name.span,
            paths: texts(item.get("paths")).into_iter().map(|it| it.0).collect(),
            expires: text("expired_at"),
            statement: text("statement"),
        })
    });
    IgnoreFile {
        source: std::sync::Arc::clone(&tree.source),
        tool: Tool::Trivy,
        entries: entries.collect(),
    }
}

fn checkov_file(tree: &Tree) -> IgnoreFile {
    let names = tree.root().map(|it| texts(it.get("skip-check"))).unwrap_or_default();
    let entries = names.into_iter().map(|(name, place)| IgnoreEntry {
        name,
        place,
        ..IgnoreEntry::default()
    });
    IgnoreFile {
        source: std::sync::Arc::clone(&tree.source),
        tool: Tool::Checkov,
        entries: entries.collect(),
    }
}

fn texts(node: Option<&Node>) -> Vec<(String, plimsoll_text::Span)> {
    let items = node.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|it| Some((it.as_str()?.to_owned(), it.span))).collect()
}
