//! A finding, and where it points.

use std::borrow::Cow;

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
    /// Other names that a waiver or a VEX statement may call it by: the ids of a vulnerability.
    pub names: Vec<String>,
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
            Place::Image(place) => place.target.clone(),
            Place::Host(place) => place.target.clone(),
        }
    }

    /// The words that tell this finding from others of its rule and target, for its fingerprint:
    /// the quoted text, or what stands in its stead where there is none.
    pub fn quoted(&self) -> Cow<'_, str> {
        let place = match &self.place {
            Place::Text(location) => return Cow::Borrowed(location.text()),
            // Neither the layer nor the line: a rebuild of the same thing keeps its fingerprint.
            Place::Image(it) => format!("{} {}", it.path, it.setting),
            Place::Host(it) => format!("{} {}", it.source, it.setting),
        };
        Cow::Owned(match self.names.first() {
            Some(name) => format!("{name} {place}"),
            None => place,
        })
    }
}

/// Where a finding points.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A piece of a text.
    Text(Location),
    /// A file, a layer or a setting of an image or a container.
    Image(Box<ImagePlace>),
    /// A setting or an object of a host.
    Host(Box<HostPlace>),
}

impl Place {
    /// The text place, if there is one: the Dockerfile's line for an image, the file's for a host.
    pub fn text(&self) -> Option<&Location> {
        match self {
            Place::Text(location) => Some(location),
            Place::Image(place) => place.dockerfile.as_ref(),
            Place::Host(place) => place.location.as_ref(),
        }
    }
}

/// A place in an image. What does not apply is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePlace {
    /// The image or the container.
    pub target: Target,
    /// The layer's digest.
    pub layer: String,
    /// The instruction that made the layer, in the words of a Dockerfile.
    pub instruction: String,
    /// The file, without a leading slash.
    pub path: String,
    /// The line of the file, from 1; 0 without one.
    pub line: usize,
    /// The setting of the image configuration, as its JSON calls it, and the entry of it: `User`,
    /// `Env.PATH`; for a package its name.
    pub setting: String,
    /// Where the Dockerfile says it, when that is known.
    pub dockerfile: Option<Location>,
}

impl ImagePlace {
    /// The image as a whole.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            layer: String::new(),
            instruction: String::new(),
            path: String::new(),
            line: 0,
            setting: String::new(),
            dockerfile: None,
        }
    }
}

/// A place on a host. What does not apply is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPlace {
    /// The host, the daemon, or the object of the engine.
    pub target: Target,
    /// The setting: `live-restore`, `HostConfig.Privileged`, `mode`.
    pub setting: String,
    /// The file or the object that holds it, as a path without leading slash or an API path.
    pub source: String,
    /// Where a text says it, when that is known.
    pub location: Option<Location>,
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
    /// A statement (VEX) says that it does not apply here.
    NotAffected {
        /// Why: the justification, and the words that go with it.
        reason: String,
        /// The document that says so, by name.
        document: String,
    },
}

impl Disposition {
    /// The word for it in every output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waived { .. } => "waived",
            Self::Baseline => "baseline",
            Self::NotAffected { .. } => "not-affected",
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
    match nth {
        0 => hash.update(b"0"),
        _ => hash.update(nth.to_string().as_bytes()),
    }
    let bytes = hash.finalize();
    hex(bytes.get(..16).unwrap_or_default())
}

/// Bytes in hexadecimal digits, two for each, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from(if it < 10 { b'0' + it } else { b'a' + it - 10 });
    let mut res = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        res.push(digit(byte >> 4));
        res.push(digit(byte & 15));
    }
    res
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, hex};

    #[test]
    fn every_nibble_has_its_digit() {
        assert_eq!(hex(&[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]), "0123456789abcdef");
    }

    #[test]
    fn a_fingerprint_folds_white_space_and_tells_twins_apart() {
        let one = fingerprint("root-user", "Dockerfile", "USER  root", 0);
        assert_eq!(one, fingerprint("root-user", "Dockerfile", "USER root\n", 0));
        assert_ne!(one, fingerprint("root-user", "Dockerfile", "USER root", 1));
        assert_ne!(one, fingerprint("root-user", "web/Dockerfile", "USER root", 0));
        assert_eq!(one.len(), 32);
    }
}
