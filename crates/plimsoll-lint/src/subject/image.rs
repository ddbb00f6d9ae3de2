//! One image as rules see it: its configuration, its layers, the files and packages that matter.
//!
//! Pure facts, laid out by whoever read the image. Knows neither archives nor clocks, and says what
//! has to be collected: [`is_notable`], [`is_notable_hidden`] and [`wants_content`].

use std::{collections::BTreeMap, fmt, iter, sync::Arc};

use plimsoll_finding::{ImagePlace, Place, RuleSettings, Subject, SubjectKind, Target};
use plimsoll_oci::{Entry, ImageConfig};
use plimsoll_package::PackageKind;
use plimsoll_text::{Location, Source};

use crate::{notable, rule::Judged};

/// One image, or a root file system without a configuration.
#[derive(Debug)]
pub struct ImageSubject {
    /// The image, by the name that was asked for.
    pub target: Target,
    /// The reference as it was asked for, where one was: `nginx:latest`. Not that of an archive.
    pub reference: Option<String>,
    /// Its configuration, with platform and history; `None` for a bare root file system.
    pub config: Option<ImageConfig>,
    /// Its layers, the lowest first.
    pub layers: Vec<LayerFact>,
    /// The files to be seen that are [`is_notable`].
    pub files: Vec<FileFact>,
    /// The files that a later layer hides and that are [`is_notable_hidden`].
    pub hidden: Vec<HiddenFact>,
    /// Whether every layer was read to its end, so that what is not there can be called missing.
    pub files_are_complete: bool,
    /// Packages that are installed; statements of lock files are not among them.
    pub packages: Vec<PackageFact>,
    /// The distribution, where os-release names one.
    pub distribution: Option<ReleaseFact>,
    /// Days since 1970-01-01, as the caller counts them.
    pub today: i64,
    /// Bytes of all files to be seen.
    pub size: u64,
    /// Where a Dockerfile says what, by the setting and the entry of it: `("Env", "PATH")`,
    /// `("User", "")`, `("ExposedPorts", "80/tcp")`, `("OnBuild", "0")`, and for the steps of the
    /// build `("history", "0")`.
    pub setting_locations: BTreeMap<(String, String), Location>,
    /// Where a Dockerfile begins the image; for findings about what is missing.
    pub location: Option<Location>,
    /// What the team asks for.
    pub settings: Arc<RuleSettings>,
    /// The text that the subject was read from; an empty one for an image.
    pub source: Arc<Source>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFact {
    /// Its digest.
    pub digest: String,
    /// The instruction that made it, in the words of a Dockerfile; empty where that is not known.
    pub instruction: String,
    /// When it was made, as it is written.
    pub created: Option<String>,
    /// Bytes of its files.
    pub size: u64,
    /// Bytes of its files that nobody can see any more.
    pub wasted_bytes: u64,
    /// Whether it comes from the base image.
    pub in_base: bool,
    /// Where a Dockerfile makes it.
    pub location: Option<Location>,
}

/// A file, folder or device that is to be seen.
#[derive(Clone, PartialEq, Eq)]
pub struct FileFact {
    /// The entry, with its path in the image.
    pub entry: Entry,
    /// The number of its layer; the lowest is 0.
    pub layer: usize,
    /// Its content if [`wants_content`] asked for it and it was small enough.
    pub content: Option<Vec<u8>>,
    /// The package of the operating system that owns it, where that is known.
    pub package: Option<String>,
    /// Where a text says it; the layer's place is taken where none does.
    pub location: Option<Location>,
}

/// A file that a layer holds and that nobody can see any more.
#[derive(Clone, PartialEq, Eq)]
pub struct HiddenFact {
    /// The entry, with the path where it was.
    pub entry: Entry,
    /// The number of its layer.
    pub layer: usize,
    /// The number of the layer that hides it.
    pub by: usize,
    /// Whether it was deleted, rather than written anew.
    pub is_deleted: bool,
    /// Its content if [`wants_content`] asked for it and it was small enough.
    pub content: Option<Vec<u8>>,
    /// Where a text says it.
    pub location: Option<Location>,
}

/// An installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFact {
    /// Its kind.
    pub kind: PackageKind,
    /// Its full name: `openssl`, `@scope/name`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file that says so, without a leading slash.
    pub path: String,
    /// The number of its layer, where that is known.
    pub layer: Option<usize>,
    /// Whether it comes from the base image.
    pub in_base: bool,
    /// For language runtimes: how their release stands.
    pub release: Option<ReleaseFact>,
    /// Where a text says it.
    pub location: Option<Location>,
}

/// A release of a distribution or of a language runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseFact {
    /// Product and release for people: `Debian 12`, `Python 3.7`.
    pub name: String,
    /// How it stands.
    pub support: ReleaseSupport,
    /// The newest release with full support; empty where none is known.
    pub newest: String,
    /// Where a text says it.
    pub location: Option<Location>,
}

/// How a release stands on the day of the judgement. Days are `YYYY-MM-DD`, empty if not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseSupport {
    /// It gets all fixes.
    Supported,
    /// Only long-term or extended support is left.
    Extended {
        /// Last day of full support.
        ended: String,
        /// Last day of what is left.
        until: String,
        /// Whether everybody gets it, and not only who pays.
        is_free: bool,
    },
    /// It gets no fixes.
    Dead {
        /// Last day of support.
        ended: String,
    },
    /// Nothing is known of it.
    Unknown,
}

/// Whether rules want to see an entry that is visible in the image. Asked of every entry, hence
/// cheap: the bits of the mode first, then names.
pub fn is_notable(entry: &Entry) -> bool {
    notable::is_notable(entry)
}

/// Whether rules want to know of an entry that a later layer hides.
pub fn is_notable_hidden(entry: &Entry) -> bool {
    notable::is_notable_hidden(entry)
}

/// Whether rules look into the file at `path`, which has no leading slash.
pub fn wants_content(path: &str) -> bool {
    notable::wants_content(path)
}

impl ImageSubject {
    /// A subject of which nothing is known but its name and the day.
    pub fn new(target: Target, today: i64) -> Self {
        let source = Source::new(target.name.clone(), "");
        Self {
            target,
            reference: None,
            config: None,
            layers: Vec::new(),
            files: Vec::new(),
            hidden: Vec::new(),
            files_are_complete: false,
            packages: Vec::new(),
            distribution: None,
            today,
            size: 0,
            setting_locations: BTreeMap::new(),
            location: None,
            settings: Arc::new(RuleSettings::default()),
            source,
        }
    }

    /// The image as a whole, for what it lacks.
    pub fn place(&self) -> Place {
        let dockerfile = self.location.clone();
        Place::Image(Box::new(ImagePlace { dockerfile, ..ImagePlace::new(self.target.clone()) }))
    }

    /// A setting of the configuration, and the entry of it where there are several.
    pub fn setting_place(&self, setting: &str, entry: &str) -> Place {
        let known = |entry: &str| {
            self.setting_locations.get(&(setting.to_owned(), entry.to_owned())).cloned()
        };
        let dockerfile = known(entry).or_else(|| known("")).or_else(|| self.location.clone());
        let parts: Vec<&str> = [setting, entry].into_iter().filter(|it| !it.is_empty()).collect();
        Place::Image(Box::new(ImagePlace {
            setting: parts.join("."),
            dockerfile,
            ..ImagePlace::new(self.target.clone())
        }))
    }

    /// A step of the build, counted from 0, by what may be told of it: an instruction that holds a
    /// secret is not to be repeated.
    pub fn step_place(&self, step: usize, layer: Option<usize>, instruction: &str) -> Place {
        let key = ("history".to_owned(), step.to_string());
        let place = self.in_layer(layer, self.setting_locations.get(&key));
        Place::Image(Box::new(ImagePlace {
            setting: "history".to_owned(),
            instruction: instruction.to_owned(),
            ..place
        }))
    }

    /// A layer.
    pub fn layer_place(&self, layer: usize) -> Place {
        Place::Image(Box::new(self.in_layer(Some(layer), None)))
    }

    /// A file.
    pub fn file_place(&self, file: &FileFact) -> Place {
        self.path_place(&file.entry.path, file.layer, file.location.as_ref())
    }

    /// A line of a file, counted from 1.
    pub fn line_place(&self, file: &FileFact, line: usize) -> Place {
        let place = self.in_layer(Some(file.layer), file.location.as_ref());
        Place::Image(Box::new(ImagePlace { path: file.entry.path.clone(), line, ..place }))
    }

    /// A file that is hidden.
    pub fn hidden_place(&self, file: &HiddenFact) -> Place {
        self.path_place(&file.entry.path, file.layer, file.location.as_ref())
    }

    /// A path of a layer.
    pub fn path_place(&self, path: &str, layer: usize, location: Option<&Location>) -> Place {
        let place = self.in_layer(Some(layer), location);
        Place::Image(Box::new(ImagePlace { path: path.to_owned(), ..place }))
    }

    /// A package, at the file that says that it is there.
    pub fn package_place(&self, package: &PackageFact) -> Place {
        let place = self.in_layer(package.layer, package.location.as_ref());
        Place::Image(Box::new(ImagePlace {
            path: package.path.clone(),
            // The database of packages is one file; their names tell the findings apart.
            setting: package.name.clone(),
            ..place
        }))
    }

    fn in_layer(&self, layer: Option<usize>, location: Option<&Location>) -> ImagePlace {
        let fact = layer.and_then(|it| self.layers.get(it));
        let of_layer = || fact.and_then(|it| it.location.clone());
        ImagePlace {
            layer: fact.map(|it| it.digest.clone()).unwrap_or_default(),
            instruction: fact.map(|it| it.instruction.clone()).unwrap_or_default(),
            dockerfile: location.cloned().or_else(of_layer).or_else(|| self.location.clone()),
            ..ImagePlace::new(self.target.clone())
        }
    }
}

/// Contents may hold secrets.
impl fmt::Debug for FileFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileFact")
            .field("entry", &self.entry)
            .field("layer", &self.layer)
            .field("n_bytes", &self.content.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

/// Contents may hold secrets.
impl fmt::Debug for HiddenFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HiddenFact")
            .field("entry", &self.entry)
            .field("layer", &self.layer)
            .field("by", &self.by)
            .field("is_deleted", &self.is_deleted)
            .finish_non_exhaustive()
    }
}

impl Subject for ImageSubject {
    type Kind = ();
    type Node = ();

    fn source(&self) -> &Arc<Source> {
        &self.source
    }

    fn nodes(&self) -> impl Iterator<Item = ((), &())> {
        iter::empty()
    }
}

impl Judged for ImageSubject {
    const KIND: SubjectKind = SubjectKind::Image;
}
