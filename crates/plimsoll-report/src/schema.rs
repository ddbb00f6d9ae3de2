//! The JSON schemas of the documents for machines, printed from their types.

use std::io;

use schemars::schema_for;

use crate::{database::DatabaseReport, json, wire::v1};

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
    /// An image.
    Image,
    /// What is different between two images.
    ImageComparison,
    /// Images to build from instead.
    ImageRecommendation,
    /// A host.
    Host,
    /// The secrets in files; the same document as that of a run.
    Secrets,
    /// What is known of an advisory database.
    Database,
}

impl Document {
    /// All of them.
    pub const ALL: [Document; 10] = [
        Self::Report,
        Self::Rules,
        Self::Fix,
        Self::Posture,
        Self::Image,
        Self::ImageComparison,
        Self::ImageRecommendation,
        Self::Host,
        Self::Secrets,
        Self::Database,
    ];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Rules => "rules",
            Self::Fix => "fix",
            Self::Posture => "posture",
            Self::Image => "image",
            Self::ImageComparison => "image-comparison",
            Self::ImageRecommendation => "image-recommendation",
            Self::Host => "host",
            Self::Secrets => "secrets",
            Self::Database => "database",
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
        Document::Report | Document::Secrets => schema_for!(v1::Report),
        Document::Rules => schema_for!(Vec<v1::Rule>),
        Document::Fix => schema_for!(v1::FixReport),
        Document::Posture => schema_for!(v1::PostureReport),
        Document::Image => schema_for!(v1::image::ImageReport),
        Document::ImageComparison => schema_for!(v1::image::ComparisonReport),
        Document::ImageRecommendation => schema_for!(v1::image::RecommendationReport),
        Document::Host => schema_for!(v1::host::HostReport),
        Document::Database => schema_for!(DatabaseReport),
    };
    json::write_document(&schema, out)
}
