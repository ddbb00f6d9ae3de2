//! Which files of an image the rules over images have to see, by mode and by path.
//!
//! Asked of every entry of every layer, so it allocates nothing. Knows no rule.

use plimsoll_oci::{Entry, EntryKind};

/// Whether an entry that is to be seen matters.
pub(crate) fn is_notable(entry: &Entry) -> bool {
    let path = entry.path.as_str();
    match entry.kind {
        EntryKind::CharacterDevice(..) | EntryKind::BlockDevice(..) => true,
        EntryKind::File | EntryKind::HardLink(_) => {
            entry.mode & SPECIAL_BITS != 0
                || entry.has_capabilities
                || is_in_cache(path)
                || wants_content(path)
                || is_kept_secret(path)
                || is_repository_head(path)
                || is_foreign_in_system(entry)
                || is_known_name(name_of(path))
        }
        EntryKind::Directory => {
            entry.mode & WORLD_WRITABLE != 0
                || SYSTEM_FOLDERS.contains(&path)
                || REPOSITORIES.contains(&name_of(path))
        }
        EntryKind::SymbolicLink(_) => ACCOUNT_FILES.contains(&path),
        EntryKind::Fifo => is_known_name(name_of(path)),
        EntryKind::Whiteout | EntryKind::Opaque => false,
    }
}

/// Whether an entry that a later layer hides matters: a secret that was deleted too late, or
/// bytes that everybody still pulls.
pub(crate) fn is_notable_hidden(entry: &Entry) -> bool {
    entry.kind == EntryKind::File && (entry.size >= LARGE_HIDDEN || is_kept_secret(&entry.path))
}

/// Whether a rule looks into the file.
pub(crate) fn wants_content(path: &str) -> bool {
    if ACCOUNT_FILES.contains(&path) || READ_PATHS.contains(&path) {
        return true;
    }
    let name = name_of(path);
    if path.starts_with("etc/sudoers.d/") || READ_NAMES.contains(&name) {
        return true;
    }
    let is_config = READ_TAILS.iter().any(|it| path.ends_with(it));
    is_config || (is_key_name(name) && !is_trust_store(path))
}

/// Whether a file of this path is a secret by its name, or may be one by its content.
pub(crate) fn is_kept_secret(path: &str) -> bool {
    let name = name_of(path);
    let is_env = name == ".env" || name.starts_with(".env.");
    is_env
        || READ_NAMES.contains(&name)
        || SECRET_NAMES.contains(&name)
        || SECRET_TAILS.iter().any(|it| is_tail(path, it))
        || (is_key_name(name) && !is_trust_store(path))
}

/// Whether the file is what a package manager fetched, and the folder that it fetched it into.
pub(crate) fn is_in_cache(path: &str) -> bool {
    CACHES.iter().any(|it| it.holds(path))
}

/// The last part of a path.
pub(crate) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether `path` is `tail` or ends with it after a slash.
pub(crate) fn is_tail(path: &str, tail: &str) -> bool {
    path.strip_suffix(tail).is_some_and(|it| it.is_empty() || it.ends_with('/'))
}

/// Where a package manager keeps what it fetched.
pub(crate) struct Cache {
    /// What it is, to be read after "of": `lists of apt`.
    pub(crate) what: &'static str,
    /// Folders from the root; with `~/` before them below every home.
    folders: &'static [&'static str],
    /// How the names of its files end.
    end: &'static str,
    /// How to be rid of it.
    pub(crate) advice: &'static str,
}

impl Cache {
    /// Whether the file was fetched by this manager.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let is_below = |folder: &str| match folder.strip_prefix("~/") {
            Some(inner) => below_home(path).is_some_and(|it| it.starts_with(inner)),
            None => path.starts_with(folder),
        };
        path.ends_with(self.end)
            && self.folders.iter().any(|it| is_below(it))
            && !EMPTY_CACHE_FILES.contains(&name_of(path))
    }
}

/// The part of a path after the home that it is in.
fn below_home(path: &str) -> Option<&str> {
    if let Some(rest) = path.strip_prefix("root/") {
        return Some(rest);
    }
    path.strip_prefix("home/")?.split_once('/').map(|it| it.1)
}

fn is_repository_head(path: &str) -> bool {
    path.strip_suffix("/HEAD").is_some_and(|it| name_of(it) == ".git")
}

/// Files that stand where programs and settings of the system are, and that others than root may
/// change.
fn is_foreign_in_system(entry: &Entry) -> bool {
    let is_foreign = entry.user != 0 || entry.mode & 0o022 != 0;
    is_foreign && entry.path.rsplit_once('/').is_some_and(|it| SYSTEM_FOLDERS.contains(&it.0))
}

fn is_known_name(name: &str) -> bool {
    KNOWN_PROGRAMS.contains(&name) || SOCKETS.contains(&name)
}

fn is_key_name(name: &str) -> bool {
    KEY_ENDS.iter().any(|it| name.ends_with(it))
        || (name.starts_with("ssh_host_") && name.ends_with("_key"))
}

/// Folders of certificates that everybody may have.
fn is_trust_store(path: &str) -> bool {
    TRUST_STORES.iter().any(|it| path.starts_with(it)) || name_of(path) == "cacert.pem"
}

const SPECIAL_BITS: u32 = 0o6002;
pub(crate) const WORLD_WRITABLE: u32 = 0o002;

/// Hidden files below this are not worth a line.
pub(crate) const LARGE_HIDDEN: u64 = 1 << 20;

/// What tells who may log in.
static ACCOUNT_FILES: &[&str] = &["etc/passwd", "etc/shadow", "etc/group", "etc/gshadow"];

static READ_PATHS: &[&str] =
    &["etc/sudoers", "etc/doas.conf", "etc/ssh/sshd_config", "etc/hosts", "etc/resolv.conf"];

/// Names of files whose content tells whether they hold a secret.
#[rustfmt::skip]
pub(crate) static READ_NAMES: &[&str] = &[
    ".npmrc", ".yarnrc", ".pypirc", ".netrc", "_netrc", ".git-credentials", ".pgpass", ".env",
    ".dockercfg", "pip.conf", "kubeconfig", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
    "authorized_keys", ".htpasswd", "credentials.json", "service-account.json",
];

/// Paths whose content tells whether they hold a secret.
pub(crate) static READ_TAILS: &[&str] =
    &[".docker/config.json", ".aws/credentials", ".kube/config", ".gem/credentials"];

/// Names of files that are secrets by themselves.
#[rustfmt::skip]
pub(crate) static SECRET_NAMES: &[&str] = &[
    "terraform.tfstate", ".vault-token", "master.key", "application_default_credentials.json",
];

/// Paths that are secrets by themselves.
#[rustfmt::skip]
pub(crate) static SECRET_TAILS: &[&str] = &[
    ".docker/config.json", ".aws/credentials", ".kube/config", ".gem/credentials",
    ".config/gh/hosts.yml", ".azure/accessTokens.json", ".azure/msal_token_cache.json",
    ".config/gcloud/credentials.db", ".terraform.d/credentials.tfrc.json", ".cargo/credentials",
    ".cargo/credentials.toml",
];

/// Ends of names of keys and of stores of keys.
pub(crate) static KEY_ENDS: &[&str] =
    &[".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];

static TRUST_STORES: &[&str] = &[
    "etc/ssl/certs/",
    "etc/pki/ca-trust/",
    "etc/pki/tls/certs/",
    "etc/pki/java/",
    "usr/share/ca-certificates/",
    "usr/share/pki/",
    "etc/apk/keys/",
    "usr/share/apk/keys/",
];

/// Names of folders that hold the history of sources.
pub(crate) static REPOSITORIES: &[&str] = &[".git", ".svn", ".hg", ".bzr"];

/// Folders in which the system keeps what everybody runs and trusts.
#[rustfmt::skip]
pub(crate) static SYSTEM_FOLDERS: &[&str] = &[
    "bin", "sbin", "lib", "lib64", "etc", "usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64",
    "usr/local/bin", "usr/local/sbin", "usr/local/lib", "etc/cron.d", "etc/cron.daily",
    "etc/profile.d", "etc/ssl/certs", "etc/ssh", "etc/sudoers.d", "etc/pam.d",
];

/// Programs that no package may own, and that tell something of the image.
pub(crate) static KNOWN_PROGRAMS: &[&str] = &["sudo", "doas", "sshd", "dropbear"];

/// Sockets of engines, which end up in an image as empty files or pipes.
pub(crate) static SOCKETS: &[&str] =
    &["docker.sock", "containerd.sock", "podman.sock", "crio.sock"];

/// Files that are there although the cache is empty.
static EMPTY_CACHE_FILES: &[&str] =
    &["lock", ".keep", ".gitkeep", "CACHEDIR.TAG", "lastnotification"];

/// What package managers leave behind.
static CACHES: &[&Cache] = &[
    &APT_LISTS,
    &APT_ARCHIVES,
    &APK_CACHE,
    &YUM_CACHE,
    &DNF_CACHE,
    &ZYPPER_CACHE,
    &PIP_CACHE,
    &NPM_CACHE,
    &YARN_CACHE,
    &GEM_CACHE,
];

pub(crate) static APT_LISTS: Cache = Cache {
    what: "apt's package lists",
    folders: &["var/lib/apt/lists/"],
    end: "",
    advice: "remove `/var/lib/apt/lists/*` in the `RUN` that fetched them",
};

pub(crate) static APT_ARCHIVES: Cache = Cache {
    what: "packages that apt downloaded",
    folders: &["var/cache/apt/"],
    end: "",
    advice: "run `apt-get clean` in the `RUN` that installs",
};

pub(crate) static APK_CACHE: Cache = Cache {
    what: "apk's cache",
    folders: &["var/cache/apk/", "etc/apk/cache/"],
    end: "",
    advice: "install with `apk add --no-cache`",
};

pub(crate) static YUM_CACHE: Cache = Cache {
    what: "yum's cache",
    folders: &["var/cache/yum/"],
    end: "",
    advice: "run `yum clean all` in the `RUN` that installs",
};

pub(crate) static DNF_CACHE: Cache = Cache {
    what: "dnf's cache",
    folders: &["var/cache/dnf/", "var/cache/libdnf5/"],
    end: "",
    advice: "run `dnf clean all` in the `RUN` that installs",
};

pub(crate) static ZYPPER_CACHE: Cache = Cache {
    what: "zypper's cache",
    folders: &["var/cache/zypp/"],
    end: "",
    advice: "run `zypper clean --all` in the `RUN` that installs",
};

pub(crate) static PIP_CACHE: Cache = Cache {
    what: "pip's cache",
    folders: &["~/.cache/pip/"],
    end: "",
    advice: "install with `pip install --no-cache-dir`",
};

pub(crate) static NPM_CACHE: Cache = Cache {
    what: "npm's cache",
    folders: &["~/.npm/_cacache/"],
    end: "",
    advice: "run `npm cache clean --force` in the `RUN` that installs, or mount a cache there",
};

pub(crate) static YARN_CACHE: Cache = Cache {
    what: "yarn's cache",
    folders: &["~/.cache/yarn/", "usr/local/share/.cache/yarn/", "~/.yarn/berry/cache/"],
    end: "",
    advice: "run `yarn cache clean` in the `RUN` that installs",
};

pub(crate) static GEM_CACHE: Cache = Cache {
    what: "downloaded gems",
    folders: &[
        "usr/local/bundle/cache/",
        "usr/local/lib/ruby/gems/",
        "usr/lib/ruby/gems/",
        "var/lib/gems/",
    ],
    end: ".gem",
    advice: "remove the `cache` folder of the gem home in the `RUN` that installs",
};
