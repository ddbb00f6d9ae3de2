//! Which files mostly hold secrets, by their paths. Knows no rule and no disk.

/// Whether a file of this path mostly holds secrets.
pub(crate) fn holds_secrets(path: &str) -> bool {
    if is_made_to_be_known(path) {
        return false;
    }
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let is_example = ["example", "sample", "template", "dist", "test", "defaults"]
        .iter()
        .any(|it| name.ends_with(it));
    let is_env = name == ".env" || (name.starts_with(".env.") && !is_example);
    let has_end = ENDS.iter().any(|it| name.ends_with(it)) && !name.contains("pub");
    is_env || has_end || NAMES.contains(&name.as_str()) || path.ends_with(".aws/credentials")
}

/// Whether the file lies among tests or examples, whose keys are made to be known.
pub(crate) fn is_made_to_be_known(path: &str) -> bool {
    path.rsplit('/').skip(1).any(|it| TEST_FOLDERS.contains(&it))
}

static NAMES: &[&str] = &[
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".pgpass",
    ".htpasswd",
    ".git-credentials",
    "terraform.tfstate",
    "kubeconfig",
    "credentials.json",
];

static ENDS: &[&str] = &[".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];

/// Folders whose keys are made to be known.
static TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testdata",
    "fixtures",
    "examples",
    "example",
    "node_modules",
    "vendor",
    "__tests__",
    "spec",
    "docs",
];
