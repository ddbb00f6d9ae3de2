//! CycloneDX 1.2 to 1.7 as JSON.
//!
//! Beside the standard's own fields it reads the properties in which Plimsoll, Syft and Trivy put
//! what the standard has no field for.

use plimsoll_package::{Distribution, SourcePackage};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::bill::{
    Bill, BillError,
    draft::Draft,
    item::{Fault, Item, distribution_id, source_rpm},
    malformed,
    raw::{List, list, text, text_at, value},
    unsupported,
};

/// Components may hold components; deeper ones are not read.
const MAX_DEPTH: usize = 32;

/// Reads a document that says it is CycloneDX.
pub(super) fn read(json: &str) -> Result<Bill, BillError> {
    let document: Document<'_> = serde_json::from_str(json).map_err(malformed)?;
    let version = document.version.and_then(value);
    let version = version.as_ref().and_then(Value::as_str).unwrap_or_default();
    let form = format!("CycloneDX {version}");
    if !version.starts_with("1.") {
        return Err(unsupported(form.trim_end()));
    }
    let mut draft = Draft::default();
    let mut reading = Reading::default();
    let metadata = document.metadata.and_then(value).unwrap_or_default();
    if let Some(subject) = metadata.get("component") {
        // The subject itself is the image; what it holds may stand in it.
        reading.take_system(subject);
        for it in list(subject, "components") {
            reading.take(it, &mut draft);
        }
    }
    for component in document.components.values() {
        match component {
            Some(it) => reading.take(&it, &mut draft),
            None => draft.fault(Fault::Unreadable, ""),
        }
    }
    draft.left_out("components", document.components.n_left_out);
    for (owner, thing) in &reading.owned {
        draft.own(owner, thing);
    }
    for dependency in document.dependencies.values().flatten() {
        let Some(needing) = text(&dependency, "ref") else { continue };
        for needed in list(&dependency, "dependsOn").iter().filter_map(Value::as_str) {
            draft.depend(needing, needed);
        }
    }
    draft.left_out("dependencies", document.dependencies.n_left_out);
    let is_incomplete =
        |it: &Value| text(it, "aggregate").is_some_and(|it| it.starts_with("incomplete"));
    if document.compositions.values().flatten().any(|it| is_incomplete(&it)) {
        draft.gap("says of itself that it is incomplete".to_owned());
    }
    let name = text_at(&metadata, &["component", "name"]);
    Ok(draft.finish("CycloneDX", name, reading.distribution))
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, rename = "specVersion")]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    components: List<'a>,
    #[serde(borrow, default)]
    dependencies: List<'a>,
    #[serde(borrow, default)]
    compositions: List<'a>,
}

/// What is found beside packages.
#[derive(Default)]
struct Reading {
    distribution: Option<Distribution>,
    /// References of owners and of what they own.
    owned: Vec<(String, String)>,
}

impl Reading {
    /// Takes a component and those inside of it.
    fn take(&mut self, component: &Value, draft: &mut Draft) {
        let mut open = vec![(component, 0)];
        while let Some((component, depth)) = open.pop() {
            self.take_one(component, draft);
            let inner = list(component, "components");
            if depth < MAX_DEPTH {
                open.extend(inner.iter().rev().map(|it| (it, depth + 1)));
            } else if !inner.is_empty() {
                draft.fault(Fault::Unreadable, "");
            }
        }
    }

    fn take_one(&mut self, component: &Value, draft: &mut Draft) {
        if !component.is_object() {
            return draft.fault(Fault::Unreadable, "");
        }
        if self.take_system(component) {
            return;
        }
        let mut item = Item {
            reference: owned(text(component, "bom-ref")),
            purl: owned(text(component, "purl")),
            name: owned(text(component, "name")),
            group: owned(text(component, "group")),
            version: owned(text(component, "version")),
            licence: licence(component),
            supplier: supplier(component),
            is_development: text(component, "scope") == Some("excluded"),
            ..Item::default()
        };
        let mut is_group_of_packages = false;
        let mut source = TrivySource::default();
        for (name, value) in properties(component) {
            match name {
                "plimsoll:owner:ref" => {
                    self.owned.push((value.to_owned(), item.reference.clone()));
                }
                // A lock file, whose packages are components of their own.
                "aquasecurity:trivy:Class" => is_group_of_packages = true,
                _ => property(&mut item, &mut source, name, value),
            }
        }
        item.source = item.source.or_else(|| source.finish());
        if item.path.is_empty()
            && let Some(place) = list(component.get("evidence").unwrap_or(component), "occurrences")
                .iter()
                .find_map(|it| text(it, "location"))
        {
            place.clone_into(&mut item.path);
        }
        let kind = text(component, "type").unwrap_or_default();
        if item.purl.is_empty() && (is_group_of_packages || NO_PACKAGES.contains(&kind)) {
            return;
        }
        draft.add(&item);
    }

    /// Whether the component is an operating system, which is taken then.
    fn take_system(&mut self, component: &Value) -> bool {
        if text(component, "type") != Some("operating-system") {
            return false;
        }
        let mut res = Distribution {
            id: distribution_id(text(component, "name").unwrap_or_default()),
            version: owned(text(component, "version")),
            pretty_name: owned(text(component, "description")),
            cpe: owned(text(component, "cpe")),
            ..Distribution::default()
        };
        for (name, value) in properties(component) {
            match name {
                "syft:distro:id" => res.id = distribution_id(value),
                "syft:distro:versionID" => value.clone_into(&mut res.version),
                "syft:distro:versionCodename" | "plimsoll:distribution:codename" => {
                    value.clone_into(&mut res.codename);
                }
                "syft:distro:prettyName" => value.clone_into(&mut res.pretty_name),
                "plimsoll:distribution:like" => res.like.push(value.to_owned()),
                "plimsoll:distribution:variant" => value.clone_into(&mut res.variant),
                "plimsoll:distribution:support-end" => value.clone_into(&mut res.support_end),
                _ if name.starts_with("syft:distro:idLike:") => res.like.push(value.to_owned()),
                _ => {}
            }
        }
        self.distribution.get_or_insert(res);
        true
    }
}

/// What has no package URL and need not have one.
const NO_PACKAGES: &[&str] =
    &["file", "container", "data", "cryptographic-asset", "machine-learning-model", "device"];

/// Trivy tells the parts of a source package one by one.
#[derive(Default)]
struct TrivySource {
    name: String,
    epoch: String,
    version: String,
    release: String,
}

impl TrivySource {
    fn finish(self) -> Option<SourcePackage> {
        let Self { name, epoch, mut version, release } = self;
        if !epoch.is_empty() && epoch != "0" {
            version = format!("{epoch}:{version}");
        }
        if !release.is_empty() {
            version = format!("{version}-{release}");
        }
        let version = Some(version).filter(|it| !it.is_empty());
        (!name.is_empty()).then_some(SourcePackage { name, version })
    }
}

fn property(item: &mut Item, source: &mut TrivySource, name: &str, value: &str) {
    let value_owned = || value.to_owned();
    match name {
        "plimsoll:path" | "syft:location:0:path" | "aquasecurity:trivy:FilePath" => {
            item.path = value_owned();
        }
        "plimsoll:installed" => item.is_statement = value == "false",
        "plimsoll:range" => item.range = Some(value_owned()),
        "plimsoll:development" | "cdx:npm:package:development" => {
            item.is_development = value == "true";
        }
        "plimsoll:source:name"
        | "aquasecurity:trivy:SrcName"
        | "syft:metadata:source"
        | "syft:metadata:originPackage" => source.name = value_owned(),
        "plimsoll:source:version"
        | "aquasecurity:trivy:SrcVersion"
        | "syft:metadata:sourceVersion" => {
            source.version = value_owned();
        }
        "aquasecurity:trivy:SrcRelease" => source.release = value_owned(),
        "aquasecurity:trivy:SrcEpoch" => source.epoch = value_owned(),
        "syft:metadata:sourceRpm" => item.source = source_rpm(value),
        "plimsoll:module"
        | "aquasecurity:trivy:Modularitylabel"
        | "syft:metadata:modularityLabel" => item.module = Some(value_owned()),
        _ => {}
    }
}

fn properties(component: &Value) -> impl Iterator<Item = (&str, &str)> {
    let properties = list(component, "properties").iter();
    properties.filter_map(|it| Some((text(it, "name")?, text(it, "value")?)))
}

/// Several licences of one component all hold.
fn licence(component: &Value) -> Option<String> {
    let licences = list(component, "licenses").iter().filter_map(|it| {
        let inner = it.get("license").unwrap_or(it);
        text(it, "expression").or_else(|| text(inner, "id")).or_else(|| text(inner, "name"))
    });
    let mut licences: Vec<&str> = licences.collect();
    licences.dedup();
    match licences.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        _ => {
            let all: Vec<String> = licences
                .iter()
                .map(|it| if it.contains(" OR ") { format!("({it})") } else { (*it).to_owned() })
                .collect();
            Some(all.join(" AND "))
        }
    }
}

fn supplier(component: &Value) -> Option<String> {
    let authors = list(component, "authors").iter().find_map(|it| text(it, "name"));
    text_at(component, &["supplier", "name"])
        .or_else(|| text(component, "publisher"))
        .or_else(|| text(component, "author"))
        .or(authors)
        .map(str::to_owned)
}

fn owned(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
