//! Rule names as people write them: our ids, other tools' codes, old spellings, and typing errors.

use plimsoll_finding::{RuleInfo, SubjectKind};

use crate::kics_ids::kics_name;

/// A tool whose users have waivers that are honoured here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// hadolint, with the ShellCheck codes it passes on.
    Hadolint,
    /// The build checks of BuildKit.
    BuildKit,
    /// Trivy's misconfiguration checks.
    Trivy,
    /// Checkov.
    Checkov,
    /// KICS.
    Kics,
    /// Semgrep.
    Semgrep,
    /// The compose linter dclint.
    Dclint,
    /// KubeLinter.
    KubeLinter,
}

impl Tool {
    /// Its name for the reader.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hadolint => "hadolint",
            Self::BuildKit => "BuildKit",
            Self::Trivy => "Trivy",
            Self::Checkov => "Checkov",
            Self::Kics => "KICS",
            Self::Semgrep => "Semgrep",
            Self::Dclint => "dclint",
            Self::KubeLinter => "KubeLinter",
        }
    }

    /// What stands before the colon in the aliases that are its names.
    fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Hadolint => &["hadolint", "shellcheck"],
            Self::BuildKit => &["buildkit"],
            Self::Trivy => &["trivy"],
            Self::Checkov => &["checkov"],
            Self::Kics => &["kics"],
            Self::Semgrep => &["semgrep"],
            Self::Dclint => &["dclint"],
            Self::KubeLinter => &["kube-linter"],
        }
    }

    /// The names that the tool itself uses for `rule`.
    fn names_of(self, rule: &RuleInfo) -> impl Iterator<Item = &'static str> {
        let split = |alias: &&'static str| alias.split_once(':');
        let is_own = move |it: &(&str, &str)| self.prefixes().contains(&it.0);
        rule.aliases.iter().filter_map(split).filter(is_own).map(|it| it.1)
    }
}

/// The rules that `name` means: an id of ours, or an alias with or without its tool.
pub fn find_rules(name: &str, rules: &[&'static RuleInfo]) -> Vec<&'static RuleInfo> {
    if is_vulnerability(name) {
        let about_packages = |it: &&RuleInfo| it.subject == SubjectKind::Package;
        return rules.iter().copied().filter(about_packages).collect();
    }
    let by_id: Vec<_> = rules.iter().copied().filter(|it| it.id == name).collect();
    if !by_id.is_empty() {
        return by_id;
    }
    let called: Vec<_> = rules.iter().copied().filter(|it| it.is_called(name)).collect();
    if !called.is_empty() {
        return called;
    }
    if name.contains('*') {
        return Vec::new();
    }
    find_tool_rules(Tool::Trivy, name.strip_prefix("trivy:").unwrap_or(name), rules)
}

/// Whether `name` is that of a vulnerability or of an erratum, which a waiver may name in place of
/// the rule about vulnerable packages.
pub(crate) fn is_vulnerability(name: &str) -> bool {
    let has_number = name.bytes().any(|it| it.is_ascii_digit());
    let prefixes = [
        "CVE-", "GHSA-", "DSA-", "DLA-", "RHSA-", "USN-", "MAL-", "PYSEC-", "GO-", "RUSTSEC-",
        "CGA-", "ALSA-", "RLSA-", "ALAS", "SUSE-SU-", "TEMP-",
    ];
    let head = |it: &&str| name.get(..it.len()).is_some_and(|head| head.eq_ignore_ascii_case(it));
    has_number && prefixes.iter().any(head)
}

/// The rules of ours that judge what `tool` calls `name`; a `*` at the end stands for any rest.
pub(crate) fn find_tool_rules(
    tool: Tool,
    name: &str,
    rules: &[&'static RuleInfo],
) -> Vec<&'static RuleInfo> {
    let wanted = canonical(tool, name);
    let is_meant = |theirs: &str| match wanted.strip_suffix('*') {
        Some(head) => canonical(tool, theirs).starts_with(head),
        None => canonical(tool, theirs) == wanted,
    };
    rules.iter().copied().filter(|rule| tool.names_of(rule).any(is_meant)).collect()
}

/// The rules of ours that judge anything that `tool` judges.
pub(crate) fn tool_rules(tool: Tool, rules: &[&'static RuleInfo]) -> Vec<&'static RuleInfo> {
    rules.iter().copied().filter(|rule| tool.names_of(rule).next().is_some()).collect()
}

/// The candidate that is most like `name`, if one is like enough to be meant.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    let name = name.to_ascii_lowercase();
    candidates
        .into_iter()
        .filter(|it| it.len() <= MAX_COMPARED)
        .map(|it| (distance(&name, &it.to_ascii_lowercase()), it))
        .filter(|(distance, _)| *distance <= name.len().div_ceil(3))
        .min()
        .map(|it| it.1)
}

/// One spelling for the spellings of one name.
fn canonical(tool: Tool, name: &str) -> String {
    match tool {
        Tool::Trivy => canonical_trivy(name),
        // Semgrep names a rule by its whole path; the last part is the name people know.
        Tool::Semgrep => name.rsplit('.').next().unwrap_or(name).to_owned(),
        Tool::Kics => kics_name(name).unwrap_or(name).to_owned(),
        _ => name.to_owned(),
    }
}

/// `DS002`, `DS-0002` and `AVD-DS-0002` are one check.
fn canonical_trivy(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let rest = upper.strip_prefix("AVD-").unwrap_or(&upper);
    let n_letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = rest.split_at(n_letters);
    let digits = digits.trim_start_matches('-');
    match digits.parse::<u32>() {
        Ok(number) if !letters.is_empty() && digits.len() <= 4 => format!("{letters}-{number:04}"),
        _ if !letters.is_empty() && matches!(digits, "" | "*") => format!("{letters}-{digits}"),
        _ => rest.to_owned(),
    }
}

/// How many letters must be put in, taken out or changed to make one of the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (idx, left_char) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut last = idx + 1;
        next.push(last);
        for (pair, right_char) in row.windows(2).zip(&right) {
            let &[diagonal, above] = pair else { continue };
            let changed = diagonal + usize::from(left_char != *right_char);
            last = changed.min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// The longest name that is compared with others, in bytes: comparing takes the product of both.
const MAX_COMPARED: usize = 80;

#[cfg(test)]
mod tests {
    use super::{Tool, find_rules, find_tool_rules, nearest, tool_rules};
    use crate::sample_rules::RULES;

    fn ids(rules: &[&plimsoll_finding::RuleInfo]) -> Vec<&'static str> {
        rules.iter().map(|it| it.id).collect()
    }

    #[test]
    fn a_name_may_be_ours_or_theirs_in_any_spelling_of_theirs() {
        for name in [
            "root-user",
            "hadolint:DL3002",
            "DL3002",
            "trivy:DS-0002",
            "DS002",
            "AVD-DS-0002",
            "trivy:AVD-DS-0002",
            "ds-0002",
        ] {
            assert_eq!(ids(&find_rules(name, RULES)), ["root-user"], "{name}");
        }
        assert!(find_rules("DS0021", RULES).is_empty());
        assert!(find_rules("*", RULES).is_empty());
        assert!(find_rules("", RULES).is_empty());
    }

    #[test]
    fn a_tool_speaks_only_of_its_own_names() {
        let find = |tool, name| ids(&find_tool_rules(tool, name, RULES));
        assert_eq!(find(Tool::Hadolint, "SC2086"), ["unquoted-variable"]);
        assert!(find(Tool::Checkov, "DL3002").is_empty());
        assert_eq!(find(Tool::Checkov, "CKV_DOCKER_*"), ["root-user", "latest-tag"]);
        assert_eq!(find(Tool::Trivy, "AVD-DS-*"), ["root-user", "latest-tag"]);
        assert_eq!(find(Tool::Semgrep, "dockerfile.security.missing-user"), ["root-user"]);
        assert_eq!(find(Tool::Kics, "fd54f200-402c-4333-a5a4-36ef6709af2f"), ["root-user"]);
        assert_eq!(ids(&tool_rules(Tool::Dclint, RULES)), ["host-port"]);
    }

    #[test]
    fn a_typing_error_has_a_nearest_name() {
        let names = ["root-user", "latest-tag"];
        assert_eq!(nearest("rot-user", names), Some("root-user"));
        assert_eq!(nearest("latest_tag", names), Some("latest-tag"));
        assert_eq!(nearest("privileged", names), None);
        assert_eq!(nearest(&"x".repeat(1000), names), None);
    }
}
