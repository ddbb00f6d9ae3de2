//! Syft's own JSON.

use plimsoll_package::{Distribution, SourcePackage};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::bill::{
    Bill, BillError,
    draft::Draft,
    item::{Fault, Item, distribution_id, source_rpm},
    malformed,
    raw::{List, list, text, text_at, value},
};

/// Reads a document that has artifacts.
pub(super) fn read(json: &str) -> Result<Bill, BillError> {
    let document: Document<'_> = serde_json::from_str(json).map_err(malformed)?;
    let mut draft = Draft::default();
    for artifact in document.artifacts.values() {
        match artifact {
            Some(it) if it.is_object() => draft.add(&item(&it)),
            _ => draft.fault(Fault::Unreadable, ""),
        }
    }
    draft.left_out("artifacts", document.artifacts.n_left_out);
    for relationship in document.relationships.values().flatten() {
        let part = |key| text(&relationship, key).unwrap_or_default();
        let (parent, child) = (part("parent"), part("child"));
        match part("type") {
            "dependency-of" => draft.depend(child, parent),
            "ownership-by-file-overlap" => draft.own(parent, child),
            _ => {}
        }
    }
    draft.left_out("relationships", document.relationships.n_left_out);
    let source = document.source.and_then(value).unwrap_or_default();
    let name = ["metadata", "target"].iter().find_map(|it| text_at(&source, &[it, "userInput"]));
    let name = name.or_else(|| text(&source, "name")).or_else(|| text(&source, "target"));
    let distribution = document.distro.and_then(value).and_then(|it| distribution(&it));
    Ok(draft.finish("Syft JSON", name, distribution))
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    artifacts: List<'a>,
    #[serde(borrow, default, rename = "artifactRelationships")]
    relationships: List<'a>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    distro: Option<&'a RawValue>,
}

fn item(artifact: &Value) -> Item {
    let part = |key| text(artifact, key).unwrap_or_default().to_owned();
    let metadata = artifact.get("metadata").unwrap_or(&Value::Null);
    let supplier = ["maintainer", "vendor", "packager"].iter().find_map(|it| text(metadata, it));
    let licences: Vec<&str> = list(artifact, "licenses")
        .iter()
        .filter_map(|it| {
            it.as_str().or_else(|| text(it, "spdxExpression")).or_else(|| text(it, "value"))
        })
        .collect();
    let path = list(artifact, "locations").iter().find_map(|it| text(it, "path"));
    Item {
        reference: part("id"),
        purl: part("purl"),
        name: part("name"),
        version: part("version"),
        licence: Some(licences.join(" AND ")).filter(|it| !it.is_empty()),
        supplier: supplier.map(str::to_owned),
        path: path.unwrap_or_default().to_owned(),
        source: source(metadata),
        module: text(metadata, "modularityLabel").map(str::to_owned),
        ..Item::default()
    }
}

fn source(metadata: &Value) -> Option<SourcePackage> {
    if let Some(file) = text(metadata, "sourceRpm") {
        return source_rpm(file);
    }
    let name = text(metadata, "source").or_else(|| text(metadata, "originPackage"))?;
    let version = text(metadata, "sourceVersion").map(str::to_owned);
    Some(SourcePackage { name: name.to_owned(), version })
}

fn distribution(distro: &Value) -> Option<Distribution> {
    let part = |key| text(distro, key).unwrap_or_default().to_owned();
    let id = text(distro, "id").or_else(|| text(distro, "name"))?;
    let version = text(distro, "versionID").or_else(|| text(distro, "version"));
    let like = match distro.get("idLike") {
        Some(Value::String(it)) => it.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(it)) => it.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Some(Distribution {
        id: distribution_id(id),
        version: version.unwrap_or_default().to_owned(),
        codename: part("versionCodename"),
        like,
        pretty_name: part("prettyName"),
        variant: part("variantID"),
        cpe: part("cpeName"),
        support_end: part("supportEnd"),
    })
}
