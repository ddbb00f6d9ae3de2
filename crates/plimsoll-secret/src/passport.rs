//! The passport of a detector's rule, so that lists, help and reports treat it as any other rule.

use plimsoll_finding::{Audience, Confidence, FixKind, RuleInfo, Severity, SubjectKind};

/// What a passport is made of.
pub(crate) struct Passport<'a> {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) aliases: Vec<&'static str>,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) audience: Audience,
    pub(crate) examples: &'a [&'static str],
    pub(crate) reference: &'static str,
    pub(crate) file: &'static str,
}

/// The passport of a rule. It lives as long as the program, since findings point to it: this is
/// called once for each entry of the built-in data.
pub(crate) fn passport(parts: &Passport<'_>) -> &'static RuleInfo {
    Box::leak(Box::new(RuleInfo {
        id: String::leak(format!("secret-{}", parts.id)),
        aliases: Vec::leak(parts.aliases.clone()),
        severity: parts.severity,
        confidence: parts.confidence,
        audience: parts.audience,
        subject: SubjectKind::Secret,
        controls: CONTROLS,
        fix: FixKind::None,
        doc: String::leak(doc(parts)),
        file: parts.file,
    }))
}

fn doc(parts: &Passport<'_>) -> String {
    let mut res = format!("{} in plain text\n\n## Why\n", parts.name);
    if parts.provider.is_empty() {
        res.push_str("Whoever can read the text can use the secret. ");
    } else {
        res.push_str("Whoever can read the text can act at ");
        res.push_str(parts.provider);
        res.push_str(" as the secret's owner. ");
    }
    res.push_str(WAY_OUT);
    if !parts.examples.is_empty() {
        res.push_str("\n## Found\nA `~` is not part of the text.\n```text\n");
        for example in parts.examples {
            res.push_str(example);
            res.push('\n');
        }
        res.push_str("```\n");
    }
    if !parts.reference.is_empty() {
        res.push_str("\n## References\n- <");
        res.push_str(parts.reference);
        res.push_str(">\n");
    }
    res
}

const WAY_OUT: &str = "Deleting it later does not help: history and lower layers keep it. Revoke \
    it, make a new one, and hand that in at build or run time as a mounted secret.\n";

/// What a secret in the open speaks against.
const CONTROLS: &[&str] = &["image.no-secrets"];
