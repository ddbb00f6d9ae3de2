//! The rules about waivers themselves: what is waived is judged too.

use plimsoll_finding::{Audience, Confidence, FixKind, RuleInfo, Severity, SubjectKind};

/// Every rule of this crate, by id. They are chosen like all others: only those that are among the
/// rules of a judgement are told.
pub static POLICY_RULES: &[&RuleInfo] = &[
    &EXPIRED_WAIVER,
    &FORBIDDEN_WAIVER,
    &MALFORMED_WAIVER,
    &UNEXPLAINED_SUPPRESSION,
    &UNUSED_WAIVER,
    &WAIVER_WITHOUT_REASON,
];

/// The day until which a waiver held is past.
pub(crate) static EXPIRED_WAIVER: RuleInfo = RuleInfo {
    severity: Severity::Medium,
    doc: "Waiver past its last day.

## Why
Somebody accepted a risk until a certain day, and that day is over. The waiver holds no longer:
what it covered counts again. Mend the cause, or look at the reason anew and set a new day.

## Limits
A day ends when the clock of the machine that runs the check says so, in UTC.
",
    ..policy_rule("expired-waiver")
};

/// The settings do not allow this waiver.
pub(crate) static FORBIDDEN_WAIVER: RuleInfo = RuleInfo {
    severity: Severity::Medium,
    doc: "Waiver that the settings do not allow.

## Why
The table `waivers` of the settings says what every waiver must fulfil: a last day, one
that is not too far off, or rules that nobody may waive by a comment. A waiver that does not fulfil
it waives nothing.

## Limits
Comments and files written for other tools are held to the same demands. A comment cannot be told
from one that only quotes a waiver.
",
    ..policy_rule("forbidden-waiver")
};

/// A waiver that cannot be read.
pub(crate) static MALFORMED_WAIVER: RuleInfo = RuleInfo {
    severity: Severity::Medium,
    doc: "Waiver that cannot be read.

## Why
A waiver with a typing error, or with the name of a rule that does not exist, waives nothing, and
its writer does not see why. The form is
`# plimsoll: allow root-user until=2027-03-01 reason=\"the vendor image needs it\"`.

## Limits
Unknown names in comments and files of other tools are no fault: those tools judge more than
files.
",
    ..policy_rule("malformed-waiver")
};

/// Another tool's waiver that does not say why.
pub(crate) static UNEXPLAINED_SUPPRESSION: RuleInfo = RuleInfo {
    aliases: &["hadolint:DL1001", "droast:DF072"],
    severity: Severity::Info,
    audience: Audience::Hygiene,
    doc: "Finding silenced without an explanation.

## Why
A comment such as `# hadolint ignore=DL3008` silences a finding for ever and does not say why that
is right. The next reader can neither judge nor remove it. Say why behind the list, or in a
comment on the line above; better still, write
`# plimsoll: allow <rule> until=<day> reason=\"<why>\"`.

## Limits
Any words count as an explanation, so a comment on the line above that speaks of something else
does too. The `# check=skip=` directive is left alone: it has no room for a reason.
",
    ..policy_rule("unexplained-suppression")
};

/// A waiver that waives nothing.
pub(crate) static UNUSED_WAIVER: RuleInfo = RuleInfo {
    severity: Severity::Low,
    doc: "Waiver that waives nothing.

## Why
What it covered is mended or has moved. Left in place it will silently cover the next fault of the
same kind, which nobody has looked at. Remove it.

## Limits
Only waivers whose rule was in force and whose file was fully read are judged; those of a settings
file only when the whole tree was. Comments and files written for other tools are left alone,
since those tools may still need them.
",
    ..policy_rule("unused-waiver")
};

/// A waiver that does not say why.
pub(crate) static WAIVER_WITHOUT_REASON: RuleInfo = RuleInfo {
    severity: Severity::Medium,
    doc: "Waiver without a reason.

## Why
A waiver is a decision to live with a risk. Without the reason nobody can tell later whether it
still holds, so a waiver without one waives nothing. Add `reason=\"...\"`.

## Limits
Whether the reason is a good one only a reader can say.
",
    ..policy_rule("waiver-without-reason")
};

/// What the rules of this crate have in common.
const fn policy_rule(id: &'static str) -> RuleInfo {
    RuleInfo {
        id,
        aliases: &[],
        severity: Severity::Medium,
        confidence: Confidence::High,
        audience: Audience::Default,
        subject: SubjectKind::Policy,
        controls: &[],
        fix: FixKind::None,
        doc: "",
        file: file!(),
    }
}

#[cfg(test)]
mod tests {
    use super::POLICY_RULES;

    #[test]
    fn every_rule_says_why_and_where_it_is_blind() {
        assert!(POLICY_RULES.is_sorted_by_key(|it| it.id));
        for rule in POLICY_RULES {
            assert!(!rule.title().is_empty(), "{}", rule.id);
            assert!(rule.doc.contains("\n## Why\n"), "{}", rule.id);
            assert!(rule.doc.contains("\n## Limits\n"), "{}", rule.id);
        }
    }
}
