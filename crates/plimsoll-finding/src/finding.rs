//! A finding, and where it points.

use plimsoll_text::Location;
use sha2::{Digest as _, Sha256};

use crate::{
    fix::Fix,
    passport::{Confidence, RuleInfo, Severity},
    target::{Target, TargetKind},
};

/// One judgement against one target.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that judged.
    pub rule: &'static RuleInfo,
    /// Severity here; the rule's unless the finding or the policy says otherwise.
    pub severity: Severity,
    /// Confidence here; the rule's unless the finding lowers it.
    pub confidence: Confidence,
    /// What is wrong here, in one phrase, without a final dot.
    pub message: String,
    /// The place to look first. There is always exactly one.
    pub place: Place,
    /// Further places that explain the first.
    pub related: Vec<Related>,
    /// Facts that the judgement rests on, in words, secrets masked.
    pub evidence: Vec<String>,
    /// Ways to mend it, best first.
    pub fixes: Vec<Fix>,
    /// Text that holds a secret and must be masked wherever it is shown.
    pub secrets: Vec<Location>,
    /// What policy made of it.
    pub disposition: Disposition,
    /// Stable name of this finding across runs and edits elsewhere; empty until the engine sets it.
    pub fingerprint: String,
}

impl Finding {
    /// What the finding is about.
    pub fn target(&self) -> Target {
        match &self.place {
            Place::Text(location) => {
                Target { kind: TargetKind::File, name: location.source.name().to_owned() }
            }
        }
    }
}

/// Where a finding points.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A piece of a text.
    Text(Location),
}

impl Place {
    /// The text place, if it is one.
    pub fn text(&self) -> Option<&Location> {
        match self {
            Place::Text(location) => Some(location),
        }
    }
}

/// A further place, and what the reader should see there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is to be seen there; may be empty.
    pub message: String,
}

/// What policy made of a finding. Nothing is dropped; it is disposed of, and counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Disposition {
    /// It counts.
    #[default]
    Open,
    /// Someone accepted it, with a reason.
    Waived {
        /// Why, in their words.
        reason: String,
        /// Last day it holds, as `YYYY-MM-DD`; `None` is without end.
        until: Option<String>,
        /// Where it was said.
        origin: Origin,
    },
    /// It was there when the baseline was taken.
    Baseline,
}

impl Disposition {
    /// The word for it in every output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waived { .. } => "waived",
            Self::Baseline => "baseline",
        }
    }
}

/// Where a waiver stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A comment in the judged text.
    Comment(Location),
    /// An entry of a settings or ignore file.
    Settings(Location),
}

/// A name for a finding that survives edits elsewhere in the file: a hash of the rule, the target,
/// the quoted text with its white space folded, and `nth`, the number of equal ones before it.
pub fn fingerprint(rule_id: &str, target: &str, quoted: &str, nth: usize) -> String {
    let mut hash = Sha256::new();
    for part in [rule_id, target] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for word in quoted.split_whitespace() {
        hash.update(word.as_bytes());
        hash.update(b" ");
    }
    hash.update([0]);
    hash.update(nth.to_string().as_bytes());
    let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    let bytes = hash.finalize();
    bytes.iter().take(16).flat_map(|it| [digits(it >> 4), digits(it & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn a_fingerprint_folds_white_space_and_tells_twins_apart() {
        let one = fingerprint("root-user", "Dockerfile", "USER  root", 0);
        assert_eq!(one, fingerprint("root-user", "Dockerfile", "USER root\n", 0));
        assert_ne!(one, fingerprint("root-user", "Dockerfile", "USER root", 1));
        assert_ne!(one, fingerprint("root-user", "web/Dockerfile", "USER root", 0));
        assert_eq!(one.len(), 32);
    }
}
