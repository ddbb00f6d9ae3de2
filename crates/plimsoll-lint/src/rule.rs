//! How a rule file declares its rule.

use plimsoll_finding::SubjectKind;

/// Which word of the report names a subject.
pub trait Judged: plimsoll_finding::Subject {
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
