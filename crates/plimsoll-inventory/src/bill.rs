//! Bills of materials that other tools (or this one) wrote: CycloneDX, SPDX and Syft's own JSON.
//!
//! A bill states packages; this reads them as if an extractor had found them. What a bill leaves
//! out or states so that nobody could judge it becomes a gap. The module must not know files,
//! advisories, nor how bills are written.

use std::{borrow::Cow, error, fmt};

use plimsoll_package::{Distribution, Package};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::language::reading;

mod item;
mod draft;
mod raw;
mod cyclonedx;
mod spdx;
mod spdx_text;
mod syft;

/// What a bill of materials says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// The form it has, in words.
    pub form: &'static str,
    /// What it is about, as it states it: the name of an image or a folder. May be empty.
    pub name: String,
    /// The distribution, if it names one or the packages do.
    pub distribution: Option<Distribution>,
    /// Its packages, in its order, each once. All of them count as installed, unless the bill says
    /// otherwise in words that are understood.
    pub packages: Vec<Package>,
    /// For each package the place in `packages` of the system package that owns its files, where
    /// the bill says so.
    pub owners: Vec<Option<usize>>,
    /// What it states but could not be read or judged, in words that finish "PATH: ...".
    pub gaps: Vec<String>,
}

/// Why a text is no bill of materials that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BillError {
    /// It has more bytes than any bill should.
    TooLong,
    /// It is no bill of materials of any known form.
    NotABill,
    /// It is one, of a form or version that is not read.
    Unsupported {
        /// Which form that is.
        form: String,
    },
    /// It is one, but is broken.
    Malformed {
        /// Where and how.
        why: String,
    },
}

impl fmt::Display for BillError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => {
                write!(formatter, "the bill of materials is longer than {MAX_BYTES} bytes")
            }
            Self::NotABill => formatter.write_str(
                "is no bill of materials: neither CycloneDX as JSON, nor SPDX as JSON or \
                 tag-value, nor Syft's JSON",
            ),
            Self::Unsupported { form } => write!(
                formatter,
                "is a bill of materials as {form}, which is not read; convert it to CycloneDX \
                 1.6 or SPDX 2.3 as JSON"
            ),
            Self::Malformed { why } => write!(formatter, "the bill of materials is broken: {why}"),
        }
    }
}

impl error::Error for BillError {}

/// Reads a bill of materials of any form that is known; it tells by the content which one it is.
pub fn read_bill(bytes: &[u8]) -> Result<Bill, BillError> {
    if bytes.len() > MAX_BYTES {
        return Err(BillError::TooLong);
    }
    let text = match std::str::from_utf8(reading::without_mark(bytes)) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(reading::decode(bytes)),
    };
    let text = text.trim_start();
    if text.starts_with('{') {
        return read_json(text, Wrapping::Allowed);
    }
    if text.lines().take(MAX_HEAD_LINES).any(|it| it.starts_with("SPDXVersion:")) {
        return spdx_text::read(text);
    }
    if text.starts_with('<') && text.contains("cyclonedx.org/schema/bom") {
        return Err(unsupported("CycloneDX XML"));
    }
    Err(BillError::NotABill)
}

/// No bill longer than this is read.
const MAX_BYTES: usize = 512 << 20;

/// A tag-value document names its version within so many lines.
const MAX_HEAD_LINES: usize = 200;

/// Whether a bill may stand inside a statement about it, which is so once at most.
#[derive(Clone, Copy)]
enum Wrapping {
    Allowed,
    Undone,
}

/// The few fields by which forms are told apart.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "bomFormat")]
    cyclonedx: Option<&'a RawValue>,
    #[serde(borrow, rename = "spdxVersion")]
    spdx: Option<&'a RawValue>,
    #[serde(borrow)]
    artifacts: Option<&'a RawValue>,
    #[serde(borrow, rename = "@context")]
    context: Option<&'a RawValue>,
    /// What an in-toto statement states.
    #[serde(borrow)]
    predicate: Option<&'a RawValue>,
    /// What GitHub wraps a bill into.
    #[serde(borrow)]
    sbom: Option<&'a RawValue>,
    /// What an envelope of signatures holds.
    #[serde(borrow, rename = "payloadType")]
    envelope: Option<&'a RawValue>,
}

fn read_json(text: &str, wrapping: Wrapping) -> Result<Bill, BillError> {
    let head: Head<'_> = serde_json::from_str(text).map_err(malformed)?;
    if head.cyclonedx.is_some() {
        return cyclonedx::read(text);
    }
    if head.spdx.is_some() {
        return spdx::read(text);
    }
    if head.artifacts.is_some() {
        return syft::read(text);
    }
    let inner = head.predicate.or(head.sbom).map(RawValue::get);
    match (inner, wrapping) {
        (Some(inner), Wrapping::Allowed) if inner.starts_with('{') => {
            return read_json(inner, Wrapping::Undone);
        }
        _ => {}
    }
    if head.context.is_some_and(|it| it.get().contains("spdx.org")) {
        return Err(unsupported("SPDX 3"));
    }
    if head.envelope.is_some() {
        return Err(unsupported("a signed envelope"));
    }
    Err(BillError::NotABill)
}

fn unsupported(form: &str) -> BillError {
    BillError::Unsupported { form: form.to_owned() }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn malformed(error: serde_json::Error) -> BillError {
    BillError::Malformed { why: error.to_string() }
}

#[cfg(test)]
mod tests;
