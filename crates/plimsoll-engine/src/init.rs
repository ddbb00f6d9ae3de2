//! The files that `plimsoll init` writes into a repository.

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitFile {
    /// Its path below the repository.
    pub path: &'static str,
    /// Its text.
    pub text: String,
    /// What it is for, in a few words.
    pub purpose: &'static str,
}

/// Every file of `plimsoll init`; `settings` is the commented sample of `plimsoll.toml`.
pub fn init_files(settings: String) -> Vec<InitFile> {
    vec![
        InitFile { path: "plimsoll.toml", text: settings, purpose: "settings, waivers, threshold" },
        InitFile {
            path: ".github/workflows/plimsoll.yml",
            text: GITHUB_WORKFLOW.to_owned(),
            purpose: "a GitHub job with code scanning",
        },
        InitFile {
            path: ".gitlab/ci/plimsoll.yml",
            text: GITLAB_JOB.to_owned(),
            purpose: "a GitLab job; include it from .gitlab-ci.yml",
        },
        InitFile {
            path: ".pre-commit-config.plimsoll.yaml",
            text: PRE_COMMIT_HOOK.to_owned(),
            purpose: "a pre-commit hook; add it to .pre-commit-config.yaml",
        },
    ]
}

/// Actions are pinned by commit, with the version that the commit was released as beside it.
const GITHUB_WORKFLOW: &str = "\
name: plimsoll
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  scan:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      security-events: write # to upload the findings
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      # Expects `plimsoll` on the runner: install the release you trust here, by checksum.
      - run: plimsoll scan --format sarif --output plimsoll.sarif
      - uses: github/codeql-action/upload-sarif@f443b600d91635bebf5b0d9ebc620189c0d6fba5 # v4.30.8
        if: always()
        with:
          sarif_file: plimsoll.sarif
";

const GITLAB_JOB: &str = "\
# Add to .gitlab-ci.yml:
#   include:
#     - local: .gitlab/ci/plimsoll.yml
# Expects `plimsoll` in the job's image.
plimsoll:
  stage: test
  script:
    - plimsoll scan --format gitlab --output plimsoll-codequality.json
  artifacts:
    when: always
    reports:
      codequality: plimsoll-codequality.json
";

const PRE_COMMIT_HOOK: &str = "\
# Add this entry to `repos:` of .pre-commit-config.yaml. Expects `plimsoll` on the PATH.
repos:
  - repo: local
    hooks:
      - id: plimsoll
        name: plimsoll
        entry: plimsoll lint --quiet
        language: system
        files: '(^|/)([^/]*[Dd]ockerfile[^/]*|[^/]*compose[^/]*\\.ya?ml|daemon\\.json)$'
";

#[cfg(test)]
mod tests {
    use super::init_files;

    #[test]
    fn every_action_is_pinned_by_a_full_commit() {
        let files = init_files(String::new());
        let workflow = files.iter().find(|it| it.path.contains("github")).unwrap();
        let uses: Vec<&str> = workflow.text.lines().filter(|it| it.contains("uses:")).collect();
        assert_eq!(uses.len(), 2);
        for line in uses {
            let commit = line.split('@').nth(1).unwrap().split(' ').next().unwrap();
            assert_eq!(commit.len(), 40, "{line}");
            assert!(commit.bytes().all(|it| it.is_ascii_hexdigit()), "{line}");
        }
    }
}
