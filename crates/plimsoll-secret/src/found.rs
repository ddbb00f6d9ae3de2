//! What a search gives: where secrets stand, and what could not be looked at.
//!
//! A secret itself is not kept.

use std::sync::Arc;

use plimsoll_finding::{Confidence, Finding, Masked, Sink};
use plimsoll_text::{LineColumn, Source, Span};

use crate::detector::Detector;

/// What is known of a file beside its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileContext<'a> {
    /// Its path, with `/` between folders.
    pub path: &'a str,
}

/// How much is looked at before the rest becomes a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Secrets in one file.
    pub hits: usize,
    /// Bytes of text that patterns may go over beyond what the length of the file allows.
    pub work: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 30, hits: 1_000, work: 64 << 20 }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The secrets, in order of their places; no two overlap.
    pub hits: Vec<Hit>,
    /// What could not be looked at. Without one, all was.
    pub gaps: Vec<Gap>,
}

/// A secret.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What knew it.
    pub detector: &'static Detector,
    /// Its bytes in the file.
    pub span: Span,
    /// Where it starts.
    pub start: LineColumn,
    /// Where it ends.
    pub end: LineColumn,
    /// What may be shown of it.
    pub masked: Masked,
    /// How sure it is: lower than the detector's where the secret fails its checksum, or looks as
    /// if someone made it up.
    pub confidence: Confidence,
    /// Whether it stands there in another writing: base 64.
    pub is_wrapped: bool,
}

impl Hit {
    /// What is wrong, in one phrase, without a final dot.
    pub fn message(&self) -> String {
        let name = self.detector.name();
        if self.is_wrapped {
            format!("secret in base 64, which hides nothing: {name}")
        } else {
            format!("secret in plain text: {name}")
        }
    }
}

impl Found {
    /// The findings in `source`, which must be the text that was searched.
    pub fn findings(&self, source: &Arc<Source>) -> Vec<Finding> {
        let mut res = Vec::new();
        for hit in &self.hits {
            let mut sink = Sink::new(hit.detector.info(), source, &mut res);
            sink.report(hit.span, hit.message())
                .evidence(format!("it reads {}", hit.masked))
                .confidence(hit.confidence)
                .secret(hit.span);
        }
        res
    }
}

/// Why a part of a file was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// The file is longer than [`Limits::bytes`]; what lies behind was not looked at.
    TooLong {
        /// The limit.
        limit: u64,
    },
    /// There are more secrets than [`Limits::hits`].
    TooManyHits {
        /// The limit.
        limit: usize,
    },
    /// So many places look like secrets at first glance that not all were judged.
    TooMuchWork {
        /// Where the first one stands that was not.
        offset: u64,
    },
}

impl Gap {
    /// Why, in words, and what to do.
    pub fn why(self) -> String {
        match self {
            Self::TooLong { limit } => {
                format!("only the first {limit} bytes were searched for secrets")
            }
            Self::TooManyHits { limit } => {
                format!("only the first {limit} secrets were kept; look at the file as a whole")
            }
            Self::TooMuchWork { offset } => format!(
                "from byte {offset} on, not every place that looks like a secret was judged: the \
                 file is full of them"
            ),
        }
    }
}
