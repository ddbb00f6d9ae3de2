//! The JSON schemas of the documents for machines, printed from their types.

use std::io;

use schemars::schema_for;

use crate::{json, wire::v1};

/// A document that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The report of a run.
    Report,
    /// The list of rules.
    Rules,
    /// What `plimsoll fix` did.
    Fix,
    /// The effective services.
    Posture,
}

impl Document {
    /// All of them.
    pub const ALL: [Document; 4] = [Self::Report, Self::Rules, Self::Fix, Self::Posture];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Rules => "rules",
            Self::Fix => "fix",
            Self::Posture => "posture",
        }
    }

    /// The document called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Writes the JSON schema of `document`.
pub fn write(document: Document, out: &mut dyn io::Write) -> io::Result<()> {
    let schema = match document {
        Document::Report => schema_for!(v1::Report),
        Document::Rules => schema_for!(Vec<v1::Rule>),
        Document::Fix => schema_for!(v1::FixReport),
        Document::Posture => schema_for!(v1::PostureReport),
    };
    json::write_document(&schema, out)
}
