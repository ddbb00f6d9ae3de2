//! What a package manager is asked to do: which one, which verb, which options, which packages.
//!
//! Knows no rule; reads words, not the network.

use plimsoll_finding::Wanted;
use plimsoll_text::Span;

use crate::run_step::{Argument, Step, cluster};

/// A program that installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Manager {
    /// `apt-get`, `apt` and `aptitude`.
    Apt,
    /// `apk`
    Apk,
    /// `yum`
    Yum,
    /// `dnf`, `dnf5`, `microdnf` and `tdnf`.
    Dnf,
    /// `zypper`
    Zypper,
    /// `pacman`
    Pacman,
    /// `pip`, under any version, and `python -m pip`.
    Pip,
    /// `pipx`
    Pipx,
    /// `npm`
    Npm,
    /// `yarn`
    Yarn,
    /// `gem`
    Gem,
    /// `go`
    Go,
}

/// Which programs each manager goes by, told once and read in both directions.
macro_rules! programs {
    ($($manager:ident: $($name:literal)+;)+) => {
        impl Manager {
            /// The programs that it goes by; those of Pip under any version.
            pub(crate) const fn programs(self) -> &'static [&'static str] {
                match self {
                    $(Self::$manager => &[$($name),+],)+
                }
            }

            fn of_program(name: &str) -> Option<Self> {
                match name {
                    $($($name)|+ => Some(Self::$manager),)+
                    _ => None,
                }
            }
        }

        /// Every manager.
        const MANAGERS: &[Manager] = &[$(Manager::$manager),+];
    };
}

programs! {
    Apt: "apt-get" "apt" "aptitude";
    Apk: "apk";
    Yum: "yum";
    Dnf: "dnf" "dnf5" "dnf-3" "microdnf" "tdnf";
    Zypper: "zypper";
    Pacman: "pacman";
    Pip: "pip" "python" "pypy";
    Pipx: "pipx";
    Npm: "npm";
    Yarn: "yarn" "yarnpkg";
    Gem: "gem";
    Go: "go";
}

/// Instructions that run any package manager.
pub(crate) const ANY_MANAGER: Wanted = {
    let mut res = Wanted::word(MANAGERS[0].programs());
    let mut idx = 1;
    while idx < MANAGERS.len() {
        res = res.or_word(MANAGERS[idx].programs());
        idx += 1;
    }
    res
};

/// What a manager is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Install what the operands name, or what a file in the folder names.
    Install,
    /// Install groups or patterns of packages, which have no version.
    InstallGroup,
    /// Install module streams.
    InstallModule,
    /// Fetch the index of what there is.
    Update,
    /// Bring what is installed up to date.
    Upgrade,
    /// The same, also where that adds and removes packages.
    DistributionUpgrade,
    /// Remove packages.
    Remove,
    /// Throw away what was downloaded.
    Clean,
    /// Anything else.
    Other,
}

impl Action {
    /// Whether packages are fetched and put in place.
    pub(crate) fn installs(self) -> bool {
        matches!(
            self,
            Self::Install
                | Self::InstallGroup
                | Self::InstallModule
                | Self::Upgrade
                | Self::DistributionUpgrade
        )
    }
}

/// The words of a command that runs a package manager, sorted. Some thirty rules ask for them, so a
/// [`Step`] keeps them once they are read.
#[derive(Clone, Debug)]
pub(crate) struct PackageWords {
    manager: Manager,
    action: Action,
    verb: Option<Argument>,
    options: Vec<Argument>,
    values: Vec<Argument>,
    operands: Vec<Argument>,
}

/// A package manager at work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackageCommand<'a> {
    /// The command.
    pub(crate) step: &'a Step,
    /// Which manager.
    pub(crate) manager: Manager,
    /// What it is asked to do.
    pub(crate) action: Action,
    /// The word that says so (the last one of `module install`).
    pub(crate) verb: Option<&'a Argument>,
    /// The options, without their values.
    pub(crate) options: &'a [Argument],
    /// The values of options that stand in a word of their own.
    values: &'a [Argument],
    /// The words after the verb that are no options: packages, for most verbs.
    pub(crate) operands: &'a [Argument],
}

impl PackageWords {
    /// Reads `step`; `None` if it runs no package manager.
    pub(crate) fn of(step: &Step) -> Option<Self> {
        let (manager, arguments) = manager_of(step)?;
        let mut words = Vec::new();
        let mut options = Vec::new();
        let mut values = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument.text == "--" {
                // What follows is for the build of a native extension, not a name.
                words.extend(arguments.by_ref().filter(|_| manager != Manager::Gem));
            } else if argument.text.len() > 1 && argument.text.starts_with('-') {
                options.push(argument.clone());
                if takes_next(manager, &argument.text) {
                    values.extend(arguments.next().cloned());
                }
            } else {
                words.push(argument);
            }
        }
        let (action, n_verb_words) = action_of(manager, &words, &options);
        let verb = n_verb_words.checked_sub(1).and_then(|it| words.get(it)).copied().cloned();
        let operands = words.into_iter().skip(n_verb_words).cloned().collect();
        Some(Self { manager, action, verb, options, values, operands })
    }
}

impl<'a> PackageCommand<'a> {
    /// What `step` asks of a package manager; `None` if it runs none.
    pub(crate) fn of(step: &'a Step) -> Option<Self> {
        let words = step.package_words()?;
        Some(Self {
            step,
            manager: words.manager,
            action: words.action,
            verb: words.verb.as_ref(),
            options: &words.options,
            values: &words.values,
            operands: &words.operands,
        })
    }

    /// Whether it is the manager called `name`, such as `microdnf`.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.step.name == name
    }

    /// The word after which an option of the verb can stand.
    pub(crate) fn verb_span(&self) -> Span {
        self.verb.map_or(self.step.name_span, |it| it.span)
    }

    /// The name and the verb in words.
    pub(crate) fn title(&self) -> String {
        match self.verb {
            Some(verb) => format!("{} {}", self.step.name, verb.text),
            None => self.step.name.clone(),
        }
    }

    /// Whether one of `long` is given, with or without a value.
    pub(crate) fn has_option(&self, long: &[&str]) -> bool {
        let name = |it: &'a Argument| it.text.split('=').next().unwrap_or_default();
        self.options.iter().any(|it| long.contains(&name(it)))
    }

    /// Whether a short option is given, alone or in a cluster.
    pub(crate) fn has_short(&self, letter: char) -> bool {
        self.options.iter().any(|it| self.letters(it).contains(letter))
    }

    /// The letters of an option that is a cluster of short ones.
    fn letters(&self, option: &'a Argument) -> &'a str {
        cluster(&option.text, |it| takes_value(self.manager, it))
    }

    /// Whether the command is only asked what it would do, or what it is.
    pub(crate) fn is_dry(&self) -> bool {
        let dry = ["--help", "--dry-run", "--simulate", "--just-print", "--no-act", "--recon"];
        // To gem it is the version of the package.
        let is_asking = self.manager != Manager::Gem && self.has_option(&["--version"]);
        let apt_simulates = self.manager == Manager::Apt && self.has_short('s');
        let is_refusing = self.has_option(&["--print-uris", "--assumeno"]);
        self.has_option(&dry) || is_asking || is_refusing || apt_simulates
    }

    /// Whether it fetches the index itself before it installs.
    pub(crate) fn refreshes_index(&self) -> bool {
        match self.manager {
            Manager::Apk => {
                self.has_option(&["--update", "--update-cache", "--no-cache"])
                    || self.has_short('U')
            }
            Manager::Pacman => self.has_short('y') || self.has_option(&["--refresh"]),
            Manager::Apt => self.has_option(&["--update"]),
            _ => false,
        }
    }

    /// Whether questions are answered before they are asked.
    pub(crate) fn answers_itself(&self) -> bool {
        if self.step.is_fed || self.is_dry() {
            return true;
        }
        match self.manager {
            Manager::Apt => self.answers_itself_as_apt(),
            Manager::Yum | Manager::Dnf => {
                self.has_short('y')
                    || self.has_option(&["--assumeyes", "--assume-yes", "--nonint"])
                    || self.option_texts().any(|it| it.contains("assumeyes=1"))
                    || self.option_texts().any(|it| it.to_lowercase().contains("assumeyes=true"))
            }
            Manager::Zypper => {
                let long = ["--non-interactive", "--no-confirm"];
                self.has_option(&long) || self.has_short('y') || self.has_short('n')
            }
            _ => true,
        }
    }

    fn answers_itself_as_apt(&self) -> bool {
        let quiet = self.options.iter().map(|it| self.letters(it).matches('q').count());
        let n_quiet: usize = quiet.sum();
        let n_quiet = n_quiet + self.options.iter().filter(|it| it.text == "--quiet").count();
        let level = self.options.iter().filter_map(|it| it.text.split_once('='));
        let is_level_two = |it: (&str, &str)| ["-q", "--quiet"].contains(&it.0) && it.1 == "2";
        self.has_short('y')
            || self.has_option(&["--yes", "--assume-yes", "--force-yes"])
            || n_quiet >= 2
            || level.into_iter().any(is_level_two)
            || self.option_texts().any(|it| {
                let lower = it.to_lowercase();
                ["assume-yes=true", "assume-yes=1", "assume-yes=yes"]
                    .iter()
                    .any(|on| lower.contains(on))
            })
    }

    /// The options, and the values of those that have them.
    pub(crate) fn option_texts(&self) -> impl Iterator<Item = &str> {
        let options = self.options.iter().map(|it| it.text.as_str());
        options.chain(self.values.iter().map(|it| it.text.as_str()))
    }
}

/// Every step that runs a package manager, read.
pub(crate) fn package_commands(steps: &[Step]) -> impl Iterator<Item = PackageCommand<'_>> {
    steps.iter().filter_map(PackageCommand::of)
}

fn manager_of(step: &Step) -> Option<(Manager, &[Argument])> {
    let name = step.name.as_str();
    if is_versioned(name, "python") || is_versioned(name, "pypy") {
        let module = step.arguments.iter().position(|it| !PYTHON_FLAGS.contains(&&*it.text))?;
        return match step.arguments.get(module..)? {
            [flag, name, rest @ ..] if flag.text == "-m" && name.text == "pip" => {
                Some((Manager::Pip, rest))
            }
            [flag, rest @ ..] if flag.text == "-mpip" => Some((Manager::Pip, rest)),
            _ => None,
        };
    }
    let pip = || is_versioned(name, "pip").then_some(Manager::Pip);
    Some((Manager::of_program(name).or_else(pip)?, &step.arguments))
}

/// Whether `name` is `stem` with a version behind it, as `pip3.12`.
fn is_versioned(name: &str, stem: &str) -> bool {
    let version = name.strip_prefix(stem);
    version.is_some_and(|it| it.chars().all(|it| it.is_ascii_digit() || it == '.'))
}

/// Whether the word after `option` is its value.
fn takes_next(manager: Manager, option: &str) -> bool {
    let valued = values_of(manager);
    if valued.contains(&option) {
        return true;
    }
    // In a cluster the first letter that takes a value takes the rest of the word.
    let letters = cluster(option, |it| takes_value(manager, it));
    let is_whole = letters.len() + 1 == option.len();
    is_whole && letters.chars().next_back().is_some_and(|it| takes_value(manager, it))
}

/// Whether a short option takes a value; of Go none does, whose long options look short.
fn takes_value(manager: Manager, letter: char) -> bool {
    let mut short = values_of(manager).iter().filter(|it| it.len() == 2);
    manager != Manager::Go && short.any(|it| it.ends_with(letter))
}

/// The options whose value may be the next word.
fn values_of(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => APT_VALUES,
        Manager::Apk => APK_VALUES,
        Manager::Yum | Manager::Dnf => DNF_VALUES,
        Manager::Zypper => ZYPPER_VALUES,
        Manager::Pacman => PACMAN_VALUES,
        Manager::Pip | Manager::Pipx => PIP_VALUES,
        Manager::Npm => NPM_VALUES,
        Manager::Yarn => YARN_VALUES,
        Manager::Gem => GEM_VALUES,
        Manager::Go => GO_VALUES,
    }
}

/// The action, and how many of `words` say so.
fn action_of(manager: Manager, words: &[&Argument], options: &[Argument]) -> (Action, usize) {
    let word = |idx: usize| words.get(idx).map(|it| it.text.as_str()).unwrap_or_default();
    let (first, second) = (word(0), word(1));
    let action = match manager {
        Manager::Pacman => return (pacman_action(words, options), 0),
        Manager::Apt => apt_action(first),
        Manager::Yum | Manager::Dnf => {
            let action = dnf_action(first, second);
            let is_pair = matches!(first, "group" | "groups" | "grp" | "module");
            return (action, if is_pair { words.len().min(2) } else { words.len().min(1) });
        }
        Manager::Apk => match first {
            "add" => Action::Install,
            "update" => Action::Update,
            "upgrade" => Action::Upgrade,
            "del" => Action::Remove,
            "cache" if matches!(second, "clean" | "purge") => Action::Clean,
            _ => Action::Other,
        },
        Manager::Zypper => match first {
            "install" | "in" | "source-install" | "si" => zypper_install(options),
            "update" | "up" | "patch" => Action::Upgrade,
            "dup" | "dist-upgrade" => Action::DistributionUpgrade,
            "remove" | "rm" => Action::Remove,
            "refresh" | "ref" => Action::Update,
            "clean" | "cc" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Pip | Manager::Pipx if first == "install" => Action::Install,
        Manager::Npm if NPM_INSTALL.contains(&first) => Action::Install,
        Manager::Yarn => match (first, second) {
            ("" | "install" | "add", _) => Action::Install,
            ("global", "add") => return (Action::Install, 2),
            ("cache", "clean") => return (Action::Clean, 2),
            _ => Action::Other,
        },
        Manager::Gem => match first {
            "install" | "i" => Action::Install,
            "update" => Action::Upgrade,
            "cleanup" | "clean" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Go if matches!(first, "install" | "get" | "run") => Action::Install,
        _ => Action::Other,
    };
    (action, words.len().min(1))
}

fn apt_action(verb: &str) -> Action {
    match verb {
        "install" | "reinstall" | "build-dep" | "satisfy" => Action::Install,
        "update" => Action::Update,
        "upgrade" | "safe-upgrade" => Action::Upgrade,
        "dist-upgrade" | "full-upgrade" => Action::DistributionUpgrade,
        "remove" | "purge" | "autoremove" | "autopurge" => Action::Remove,
        "clean" | "autoclean" | "distclean" | "dist-clean" => Action::Clean,
        _ => Action::Other,
    }
}

fn dnf_action(first: &str, second: &str) -> Action {
    match (first, second) {
        (verb, _) if DNF_INSTALL.contains(&verb) => Action::Install,
        ("groupinstall" | "group-install", _)
        | ("group" | "groups" | "grp", "install" | "update" | "upgrade") => Action::InstallGroup,
        ("module", "install" | "enable" | "update") => Action::InstallModule,
        ("update" | "up" | "upgrade" | "update-minimal" | "upgrade-minimal" | "up-min", _) => {
            Action::Upgrade
        }
        ("distro-sync" | "dsync" | "distribution-synchronization" | "system-upgrade", _) => {
            Action::DistributionUpgrade
        }
        ("makecache" | "mc" | "check-update" | "check-upgrade", _) => Action::Update,
        ("remove" | "rm" | "erase" | "autoremove", _) => Action::Remove,
        ("clean", _) => Action::Clean,
        _ => Action::Other,
    }
}

fn zypper_install(options: &[Argument]) -> Action {
    let kinds = ["-t", "--type"];
    let is_kind = options.iter().any(|it| kinds.contains(&it.text.split('=').next().unwrap_or("")));
    if is_kind { Action::InstallGroup } else { Action::Install }
}

fn pacman_action(words: &[&Argument], options: &[Argument]) -> Action {
    let has = |letter: char, long: &str| {
        options.iter().any(|it| {
            cluster(&it.text, |it| matches!(it, 'b' | 'r')).contains(letter) || it.text == long
        })
    };
    if has('R', "--remove") {
        return Action::Remove;
    }
    if !has('S', "--sync") {
        return if has('U', "--upgrade") { Action::Install } else { Action::Other };
    }
    match () {
        () if has('c', "--clean") => Action::Clean,
        () if !words.is_empty() => Action::Install,
        () if has('y', "--refresh") => Action::Update,
        () if has('u', "--sysupgrade") => Action::Upgrade,
        () => Action::Other,
    }
}

static DNF_INSTALL: &[&str] = &[
    "install",
    "in",
    "localinstall",
    "reinstall",
    "rei",
    "downgrade",
    "dg",
    "builddep",
    "build-dep",
];

static NPM_INSTALL: &[&str] = &[
    "install", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall",
    "add",
];

/// Options of `python` that may stand before `-m`.
static PYTHON_FLAGS: &[&str] = &["-u", "-I", "-E", "-s", "-B", "-O", "-OO", "-sE", "-Es"];

static APT_VALUES: &[&str] = &[
    "-t",
    "--target-release",
    "--default-release",
    "-o",
    "--option",
    "-c",
    "--config-file",
    "-a",
    "--host-architecture",
    "-P",
    "--build-profiles",
];
static APK_VALUES: &[&str] = &[
    "-t",
    "--virtual",
    "-X",
    "--repository",
    "-p",
    "--root",
    "--arch",
    "--keys-dir",
    "--repositories-file",
    "--wait",
    "--cache-dir",
    "--cache-max-age",
    "--progress-fd",
    "--timeout",
];
static DNF_VALUES: &[&str] = &[
    "-c",
    "--config",
    "-d",
    "--debuglevel",
    "-e",
    "--errorlevel",
    "-x",
    "--exclude",
    "--excludepkgs",
    "--disablerepo",
    "--enablerepo",
    "--repo",
    "--repoid",
    "--repofrompath",
    "--releasever",
    "--installroot",
    "--setopt",
    "--forcearch",
    "--advisory",
    "--downloaddir",
    "--destdir",
    "--comment",
    "--enableplugin",
    "--disableplugin",
    "--rpmverbosity",
];
static ZYPPER_VALUES: &[&str] = &[
    "-r",
    "--repo",
    "--from",
    "-t",
    "--type",
    "-R",
    "--root",
    "--installroot",
    "--releasever",
    "-D",
    "--reposd-dir",
    "-C",
    "--cache-dir",
    "-c",
    "--config",
    "-p",
    "--plus-repo",
    "--plus-content",
    "--download",
];
static PACMAN_VALUES: &[&str] = &[
    "-b",
    "--dbpath",
    "-r",
    "--root",
    "--arch",
    "--cachedir",
    "--color",
    "--config",
    "--gpgdir",
    "--hookdir",
    "--logfile",
    "--ignore",
    "--ignoregroup",
    "--assume-installed",
    "--overwrite",
    "--print-format",
];
static PIP_VALUES: &[&str] = &[
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-t",
    "--target",
    "-i",
    "--index-url",
    "--pypi-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--platform",
    "--python-version",
    "--implementation",
    "--abi",
    "--root",
    "--prefix",
    "-b",
    "--build",
    "--src",
    "--upgrade-strategy",
    "-C",
    "--config-settings",
    "--config-setting",
    "--global-option",
    "--build-option",
    "--install-option",
    "--no-binary",
    "--only-binary",
    "--progress-bar",
    "--root-user-action",
    "--report",
    "--group",
    "--log",
    "--proxy",
    "--retries",
    "--timeout",
    "--exists-action",
    "--trusted-host",
    "--cert",
    "--client-cert",
    "--cache-dir",
    "--use-feature",
    "--use-deprecated",
    "--python",
    "--keyring-provider",
    "--resume-retries",
    "--pip-args",
    "--suffix",
    "--preinstall",
    "--uploaded-prior-to",
    "--build-constraint",
];
static NPM_VALUES: &[&str] = &[
    "--registry",
    "--prefix",
    "-C",
    "--cache",
    "--loglevel",
    "--tag",
    "-w",
    "--workspace",
    "--userconfig",
    "--globalconfig",
    "--omit",
    "--include",
    "--only",
    "--before",
    "--fetch-retries",
    "--fetch-timeout",
    "--fetch-retry-mintimeout",
    "--fetch-retry-maxtimeout",
    "--fetch-retry-factor",
    "--install-strategy",
    "--depth",
    "--proxy",
    "--https-proxy",
    "--noproxy",
    "--cafile",
    "--maxsockets",
    "--script-shell",
    "--cpu",
    "--os",
    "--libc",
    "--network-timeout",
    "--save-prefix",
    "--scope",
    "--user",
];
static YARN_VALUES: &[&str] = &[
    "--cwd",
    "--registry",
    "--cache-folder",
    "--modules-folder",
    "--network-timeout",
    "--network-concurrency",
    "--mutex",
    "--proxy",
    "--https-proxy",
    "--preferred-cache-folder",
    "--global-folder",
    "--prefix",
    "--use-yarnrc",
    "--mode",
];
static GEM_VALUES: &[&str] = &[
    "-v",
    "--version",
    "-i",
    "--install-dir",
    "-n",
    "--bindir",
    "-P",
    "--trust-policy",
    "-s",
    "--source",
    "-p",
    "--http-proxy",
    "--platform",
    "--build-root",
    "-B",
    "--bulk-threshold",
    "--config-file",
    "-g",
    "--file",
    "--target-rbconfig",
    "--without",
];
static GO_VALUES: &[&str] = &[
    "-C",
    "-mod",
    "-modfile",
    "-ldflags",
    "-tags",
    "-o",
    "-p",
    "-gcflags",
    "-asmflags",
    "-gccgoflags",
    "-exec",
    "-overlay",
    "-pgo",
    "-toolexec",
    "-buildmode",
    "-buildvcs",
    "-compiler",
    "-installsuffix",
    "-pkgdir",
    "-covermode",
    "-coverpkg",
];

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::{Action, Manager, PackageCommand};
    use crate::{run_step::steps, subject::dockerfile::DockerfileSubject};

    fn read(run: &str) -> Option<(Manager, Action, String, bool)> {
        let subject = DockerfileSubject::alone(&Source::new("Dockerfile", run));
        let instruction = subject.dockerfile.all_instructions().next().unwrap();
        let steps = steps(instruction);
        let command = steps.iter().find_map(PackageCommand::of)?;
        let operands: Vec<&str> = command.operands.iter().map(|it| it.text.as_str()).collect();
        Some((command.manager, command.action, operands.join(" "), command.answers_itself()))
    }

    #[test]
    fn verbs_options_and_packages_are_told_apart() {
        for (run, manager, action, operands) in [
            ("RUN apt-get -y -t trixie install a b", Manager::Apt, Action::Install, "a b"),
            ("RUN apt-get install -yt trixie -o A::B=c a", Manager::Apt, Action::Install, "a"),
            ("RUN apk --update add -t .deps a=1", Manager::Apk, Action::Install, "a=1"),
            ("RUN dnf -y module install a:1", Manager::Dnf, Action::InstallModule, "a:1"),
            ("RUN yum -y groupinstall x", Manager::Yum, Action::InstallGroup, "x"),
            ("RUN zypper in -t pattern x", Manager::Zypper, Action::InstallGroup, "x"),
            ("RUN pacman -Syu --noconfirm", Manager::Pacman, Action::Update, ""),
            ("RUN pacman -S a", Manager::Pacman, Action::Install, "a"),
            ("RUN python3 -u -m pip install -r x a", Manager::Pip, Action::Install, "a"),
            ("RUN /opt/venv/bin/pip3.12 install a", Manager::Pip, Action::Install, "a"),
            ("RUN npm --prefix app i -g a", Manager::Npm, Action::Install, "a"),
            ("RUN npm run install", Manager::Npm, Action::Other, "install"),
            ("RUN yarn global add a", Manager::Yarn, Action::Install, "a"),
            ("RUN gem i a -v 1 -- --with-x y", Manager::Gem, Action::Install, "a"),
            ("RUN go get -tags x h/a", Manager::Go, Action::Install, "h/a"),
        ] {
            let (found, did, words, _) = read(run).unwrap();
            assert_eq!((found, did, words.as_str()), (manager, action, operands), "{run}");
        }
        assert!(read("RUN python3 setup.py install").is_none());
    }

    #[test]
    fn answers_are_known_and_values_are_no_answers() {
        for (run, expected) in [
            ("RUN apt-get install -fmy a", true),
            ("RUN apt-get install -q=2 a", true),
            ("RUN yes | apt-get install a", true),
            ("RUN apt-get install -q a", false),
            ("RUN apt-get install -t jammy a", false),
            ("RUN apt-get install -oAcquire::Retries=3 -oAcquire::q=1 a", false),
            ("RUN dnf install --setopt=assumeyes=1 a", true),
            ("RUN dnf install -x my a", false),
            ("RUN zypper -n in a", true),
        ] {
            assert_eq!(read(run).unwrap().3, expected, "{run}");
        }
    }
}
