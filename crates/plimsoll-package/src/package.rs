//! One package, as an extractor found it.

/// The kind of a package: the type of its package URL (purl specification, `PURL-TYPES`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageKind {
    /// Debian and derivatives.
    Deb,
    /// Alpine, Wolfi, Chainguard.
    Apk,
    /// Red Hat, SUSE, Amazon and others.
    Rpm,
    /// Arch.
    Alpm,
    /// npm.
    Npm,
    /// Python.
    PyPi,
    /// Go modules.
    Golang,
    /// Rust crates.
    Cargo,
    /// Java.
    Maven,
    /// Ruby.
    Gem,
    /// PHP Composer.
    Composer,
    /// .NET.
    NuGet,
    /// Swift.
    Swift,
    /// CocoaPods.
    CocoaPods,
    /// Dart.
    Pub,
    /// Elixir and Erlang.
    Hex,
    /// C and C++.
    Conan,
    /// Haskell.
    Hackage,
    /// R.
    Cran,
    /// conda.
    Conda,
    /// Julia.
    Julia,
    /// Lua.
    LuaRocks,
    /// A program that no package owns, known by its binary.
    Generic,
}

impl PackageKind {
    /// Every kind, in the order of their declaration.
    pub const ALL: &[Self] = &[
        Self::Deb,
        Self::Apk,
        Self::Rpm,
        Self::Alpm,
        Self::Npm,
        Self::PyPi,
        Self::Golang,
        Self::Cargo,
        Self::Maven,
        Self::Gem,
        Self::Composer,
        Self::NuGet,
        Self::Swift,
        Self::CocoaPods,
        Self::Pub,
        Self::Hex,
        Self::Conan,
        Self::Hackage,
        Self::Cran,
        Self::Conda,
        Self::Julia,
        Self::LuaRocks,
        Self::Generic,
    ];

    /// The kind that the type of a package URL names.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name().eq_ignore_ascii_case(name))
    }

    /// The type in a package URL, and the word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::Alpm => "alpm",
            Self::Npm => "npm",
            Self::PyPi => "pypi",
            Self::Golang => "golang",
            Self::Cargo => "cargo",
            Self::Maven => "maven",
            Self::Gem => "gem",
            Self::Composer => "composer",
            Self::NuGet => "nuget",
            Self::Swift => "swift",
            Self::CocoaPods => "cocoapods",
            Self::Pub => "pub",
            Self::Hex => "hex",
            Self::Conan => "conan",
            Self::Hackage => "hackage",
            Self::Cran => "cran",
            Self::Conda => "conda",
            Self::Julia => "julia",
            Self::LuaRocks => "luarocks",
            Self::Generic => "generic",
        }
    }

    /// Whether an operating system's package manager keeps it.
    pub fn is_system(self) -> bool {
        matches!(self, Self::Deb | Self::Apk | Self::Rpm | Self::Alpm)
    }
}

/// One package. What an extractor cannot know stays `None` or empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    /// Its kind.
    pub kind: PackageKind,
    /// npm scope with its `@`, Maven group, Composer vendor, Go path before the last part; `None`
    /// for system packages, whose namespace is the distribution.
    pub namespace: Option<String>,
    /// Its name, without the namespace.
    pub name: String,
    /// Its version as its own ecosystem writes it, with epoch (`1:2.3-4`) and revision.
    pub version: String,
    /// The machine it is for, in the ecosystem's words (`amd64`, `x86_64`, `noarch`).
    pub architecture: Option<String>,
    /// The source (origin) package it was built from, where the ecosystem has one.
    pub source: Option<SourcePackage>,
    /// The rpm module stream it came from, as `name:stream`.
    pub module: Option<String>,
    /// Licence as the package states it, turned into an SPDX expression where that is possible.
    pub licence: Option<String>,
    /// Who made it, as the package states it.
    pub supplier: Option<String>,
    /// Whether it is installed; `false` is a statement of a lock file or a manifest.
    pub installed: bool,
    /// Only needed to develop or test.
    pub development: bool,
    /// The versions that a statement allows, in the ecosystem's words (`>=1.0,<2`), where it allows
    /// more than one; `version` is then the lowest of them.
    pub range: Option<String>,
    /// The file that says so, as a path in the image without a leading slash.
    pub path: String,
    /// What it depends on, as it states it.
    pub dependencies: Vec<Dependency>,
}

impl Package {
    /// A package of which no more is known than this.
    pub fn new(
        kind: PackageKind,
        name: impl Into<String>,
        version: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            namespace: None,
            name: name.into(),
            version: version.into(),
            architecture: None,
            source: None,
            module: None,
            licence: None,
            supplier: None,
            installed: true,
            development: false,
            range: None,
            path: path.into(),
            dependencies: Vec::new(),
        }
    }

    /// The name as advisories and people write it: `@scope/name`, `group:name`, `vendor/name`, the
    /// whole module path; for system packages the name alone.
    pub fn full_name(&self) -> String {
        match (&self.namespace, self.kind) {
            (Some(namespace), PackageKind::Maven) => format!("{namespace}:{}", self.name),
            (Some(namespace), kind) if !kind.is_system() => format!("{namespace}/{}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// The source package that a binary package was built from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePackage {
    /// Its name.
    pub name: String,
    /// Its version; `None` is the binary package's.
    pub version: Option<String>,
}

/// A package that another one needs, as the other one states it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dependency {
    /// Its name, with the namespace as the ecosystem writes it (`@scope/name`, `group:name`).
    pub name: String,
    /// The exact version, where the statement has one (lock files do).
    pub version: Option<String>,
}
