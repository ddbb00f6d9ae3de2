//! How a rule file declares its rule.

use plimsoll_finding::{Rule, RuleInfo, Subject, SubjectKind};

/// Which word of the report names a subject.
pub trait Judged: Subject {
    /// The kind that its rules carry in their passports.
    const KIND: SubjectKind;
}

/// Declares the `RULE` of a rule file. The doc comment becomes help, web page, SARIF text and
/// tests.
macro_rules! rule {
    (
        $(#[doc = $doc:literal])+
        $id:literal for $subject:ty {
            aliases: $aliases:expr,
            severity: $severity:ident,
            confidence: $confidence:ident,
            audience: $audience:ident,
            controls: $controls:expr,
            fix: $fix:ident,
            check: $check:expr $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        pub(super) static RULE: plimsoll_finding::Rule<$subject> = plimsoll_finding::Rule {
            info: plimsoll_finding::RuleInfo {
                id: $id,
                aliases: &$aliases,
                severity: plimsoll_finding::Severity::$severity,
                confidence: plimsoll_finding::Confidence::$confidence,
                audience: plimsoll_finding::Audience::$audience,
                subject: <$subject as $crate::rule::Judged>::KIND,
                controls: &$controls,
                fix: plimsoll_finding::FixKind::$fix,
                doc: concat!($($doc, "\n"),+),
                file: file!(),
            },
            check: $check,
        };
    };
}
pub(crate) use rule;

/// Declares the `RULE` of a rule file over images that means the same as a rule over Dockerfiles,
/// and so has its passport. Its examples stand in that rule's doc, as `image.yaml` blocks.
macro_rules! also {
    ($id:literal, $check:expr $(,)?) => {
        /// The same over images as the rule over Dockerfiles that has this id.
        pub(super) static RULE: plimsoll_finding::Rule<$crate::subject::image::ImageSubject> =
            plimsoll_finding::Rule {
                info: $crate::rule::passport_of($crate::rules::dockerfile::RULES, $id),
                check: $check,
            };
    };
}
pub(crate) use also;

/// The passport of the rule called `id`. Only for the initializers of rules, where a name that is
/// wrong breaks the build.
pub(crate) const fn passport_of<S: Subject>(rules: &[&Rule<S>], id: &str) -> RuleInfo {
    let mut idx = 0;
    while !is_same(rules[idx].info.id.as_bytes(), id.as_bytes()) {
        idx += 1;
    }
    rules[idx].info
}

const fn is_same(left: &[u8], right: &[u8]) -> bool {
    let mut idx = 0;
    while idx < left.len() && idx < right.len() && left[idx] == right[idx] {
        idx += 1;
    }
    idx == left.len() && idx == right.len()
}
