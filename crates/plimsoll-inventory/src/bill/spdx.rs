//! SPDX 2.x as JSON, and what its two forms have in common.
//!
//! It must not know the tag-value form's syntax.

use std::collections::HashSet;

use plimsoll_package::Distribution;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::bill::{
    Bill, BillError,
    draft::Draft,
    item::{Fault, Item, distribution_id},
    malformed,
    raw::{List, list, text, value},
    unsupported,
};

/// Reads a document that says it is SPDX.
pub(super) fn read(json: &str) -> Result<Bill, BillError> {
    let document: Document<'_> = serde_json::from_str(json).map_err(malformed)?;
    let version = document.version.and_then(value);
    check_version(version.as_ref().and_then(Value::as_str).unwrap_or_default())?;
    let mut reading = Reading::default();
    for it in document.describes.values().flatten() {
        reading.described.extend(it.as_str().map(str::to_owned));
    }
    for relationship in document.relationships.values().flatten() {
        let part = |key| text(&relationship, key).unwrap_or_default();
        reading.relate(Relationship {
            from: part("spdxElementId"),
            kind: part("relationshipType"),
            to: part("relatedSpdxElement"),
            comment: part("comment"),
        });
    }
    for package in document.packages.values() {
        match package {
            Some(it) if it.is_object() => reading.take(stated(&it)),
            _ => reading.draft.fault(Fault::Unreadable, ""),
        }
    }
    reading.draft.left_out("packages", document.packages.n_left_out);
    reading.draft.left_out("relationships", document.relationships.n_left_out);
    let name = document.name.and_then(value);
    Ok(reading.finish(name.as_ref().and_then(Value::as_str)))
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, rename = "spdxVersion")]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "documentDescribes")]
    describes: List<'a>,
    #[serde(borrow, default)]
    packages: List<'a>,
    #[serde(borrow, default)]
    relationships: List<'a>,
}

/// A package as either form states it.
#[derive(Default)]
pub(super) struct Stated {
    /// What a bill of any form states.
    pub(super) item: Item,
    /// `primaryPackagePurpose`.
    pub(super) purpose: String,
    /// How it was found, in the tool's words.
    pub(super) source_info: String,
    /// The remark that stands with it.
    pub(super) comment: String,
    /// `licenseDeclared`.
    pub(super) declared: String,
    /// `licenseConcluded`.
    pub(super) concluded: String,
}

/// A relationship as either form states it.
#[derive(Clone, Copy)]
pub(super) struct Relationship<'a> {
    /// The element it is of.
    pub(super) from: &'a str,
    /// Its type.
    pub(super) kind: &'a str,
    /// The other element.
    pub(super) to: &'a str,
    /// The remark that stands with it.
    pub(super) comment: &'a str,
}

/// What is found in either form.
#[derive(Default)]
pub(super) struct Reading {
    /// The bill in the making.
    pub(super) draft: Draft,
    described: HashSet<String>,
    distribution: Option<Distribution>,
    subject: Option<String>,
    /// Who needs whom.
    needed: Vec<(String, String)>,
    /// Who owns whom.
    owned: Vec<(String, String)>,
    /// What is only needed to develop or test.
    development: HashSet<String>,
    n_relationships_left_out: usize,
}

impl Reading {
    /// Takes a relationship. All of them are taken before the first package.
    pub(super) fn relate(&mut self, relationship: Relationship<'_>) {
        let Relationship { from, kind, to, comment } = relationship;
        if self.needed.len() + self.owned.len() + self.described.len() >= MAX_RELATIONSHIPS {
            self.n_relationships_left_out += 1;
            return;
        }
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        match kind {
            "DESCRIBES" if from == DOCUMENT => {
                self.described.insert(to.to_owned());
            }
            "DESCRIBED_BY" if to == DOCUMENT => {
                self.described.insert(from.to_owned());
            }
            "DEPENDS_ON" => self.needed.push(pair(from, to)),
            "DEV_DEPENDENCY_OF" | "TEST_DEPENDENCY_OF" => {
                self.development.insert(from.to_owned());
                self.needed.push(pair(to, from));
            }
            "DEPENDENCY_OF"
            | "RUNTIME_DEPENDENCY_OF"
            | "BUILD_DEPENDENCY_OF"
            | "OPTIONAL_DEPENDENCY_OF"
            | "PROVIDED_DEPENDENCY_OF" => {
                self.needed.push(pair(to, from));
            }
            "OTHER" if comment.starts_with("ownership-by-file-overlap") => {
                self.owned.push(pair(from, to));
            }
            _ => {}
        }
    }

    /// Takes a package.
    pub(super) fn take(&mut self, stated: Stated) {
        let Stated { mut item, purpose, source_info, comment, declared, concluded } = stated;
        if matches!(purpose.as_str(), "OPERATING-SYSTEM" | "OPERATING_SYSTEM") {
            self.distribution.get_or_insert_with(|| Distribution {
                id: distribution_id(&item.name),
                version: item.version,
                pretty_name: comment,
                ..Distribution::default()
            });
            return;
        }
        let is_image = item.purl.starts_with("pkg:oci/") || item.purl.starts_with("pkg:docker/");
        if self.described.contains(&item.reference) {
            self.subject.get_or_insert(item.name.clone());
            if item.purl.is_empty() || is_image {
                return;
            }
        }
        let is_other = matches!(purpose.as_str(), "CONTAINER" | "FILE");
        if item.purl.is_empty() && (is_other || item.reference.starts_with(TRIVY_LOCK_FILE)) {
            return;
        }
        let says_something = |it: &&String| !matches!(it.as_str(), "" | "NOASSERTION" | "NONE");
        item.licence = [&declared, &concluded].into_iter().find(says_something).cloned();
        item.supplier = item.supplier.as_deref().and_then(supplier);
        path(&source_info).clone_into(&mut item.path);
        item.is_statement = comment.starts_with(STATEMENT);
        item.is_development = self.development.contains(&item.reference);
        self.draft.add(&item);
    }

    /// The bill.
    pub(super) fn finish(mut self, name: Option<&str>) -> Bill {
        for (needing, needed) in &self.needed {
            self.draft.depend(needing, needed);
        }
        for (owner, thing) in &self.owned {
            self.draft.own(owner, thing);
        }
        let n = self.n_relationships_left_out;
        if n > 0 {
            self.draft.gap(format!("{n} relationships are left out, because there are too many"));
        }
        let name = self.subject.as_deref().filter(|it| !it.is_empty()).or(name);
        self.draft.finish("SPDX", name, self.distribution)
    }
}

/// Refuses versions that are not read.
pub(super) fn check_version(version: &str) -> Result<(), BillError> {
    let number = version.trim().strip_prefix("SPDX-").unwrap_or(version);
    if number.starts_with("2.") {
        Ok(())
    } else {
        Err(unsupported(format!("SPDX {number}").trim_end()))
    }
}

/// Whether a reference to another document is a package URL.
pub(super) fn is_purl_reference(kind: &str, locator: &str) -> bool {
    kind == "purl" && locator.starts_with("pkg:")
}

/// No more relationships than this are kept.
const MAX_RELATIONSHIPS: usize = 2_000_000;

/// The document's own name in relationships.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// How Trivy's names of lock files begin, whose packages stand beside them.
const TRIVY_LOCK_FILE: &str = "SPDXRef-Application-";

/// How the remark begins that Plimsoll puts at what is only stated.
const STATEMENT: &str = "a statement of a lock file or manifest";

fn stated(package: &Value) -> Stated {
    let part = |key| text(package, key).unwrap_or_default().to_owned();
    let purls = list(package, "externalRefs").iter().filter_map(|it| {
        let locator = text(it, "referenceLocator")?;
        is_purl_reference(text(it, "referenceType")?, locator).then_some(locator)
    });
    let purl = purls.into_iter().next().unwrap_or_default().to_owned();
    let item = Item {
        reference: part("SPDXID"),
        purl,
        name: part("name"),
        version: part("versionInfo"),
        supplier: text(package, "supplier").map(str::to_owned),
        ..Item::default()
    };
    Stated {
        item,
        purpose: part("primaryPackagePurpose"),
        source_info: part("sourceInfo"),
        comment: part("comment"),
        declared: part("licenseDeclared"),
        concluded: part("licenseConcluded"),
    }
}

/// `Organization: name (address)` without the word; the address stays.
fn supplier(stated: &str) -> Option<String> {
    let name = stated.strip_prefix("Organization:").or_else(|| stated.strip_prefix("Person:"));
    let name = name.unwrap_or(stated).trim();
    (!matches!(name, "" | "NOASSERTION")).then(|| name.to_owned())
}

/// The first absolute path that the words of a tool end with.
fn path(source_info: &str) -> &str {
    let words = source_info.strip_prefix("stated by ");
    let words = words.or_else(|| source_info.rsplit_once(": ").map(|it| it.1));
    let first = words.unwrap_or_default().split(", ").next().unwrap_or_default();
    if first.starts_with('/') { first } else { "" }
}
