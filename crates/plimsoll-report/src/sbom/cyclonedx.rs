//! CycloneDX 1.6 as JSON (ECMA-424).

use std::io;

use plimsoll_package::spdx_expression;
use serde::{Serialize, Serializer, ser::SerializeSeq as _};
use serde_json::{Value, json};

use super::{graph, identity};
use crate::{
    image::{FoundPackage, Image},
    run::Run,
};

/// Writes the bill of `image`, component by component.
pub fn write(image: &Image, run: &Run, mut out: &mut dyn io::Write) -> io::Result<()> {
    let references = identity::references(image);
    let document = Document {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        format: "CycloneDX",
        version_of_format: "1.6",
        serial: format!("urn:uuid:{}", identity::uuid(image, &references)),
        version: 1,
        metadata: metadata(image, run),
        components: Components { image, references: &references },
        dependencies: Dependencies { image, references: &references },
    };
    serde_json::to_writer(&mut out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    #[serde(rename = "specVersion")]
    version_of_format: &'static str,
    #[serde(rename = "serialNumber")]
    serial: String,
    version: u32,
    metadata: Value,
    components: Components<'a>,
    dependencies: Dependencies<'a>,
}

struct Components<'a> {
    image: &'a Image,
    references: &'a [String],
}

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for (found, reference) in self.image.packages.iter().zip(self.references) {
            list.serialize_element(&component(self.image, self.references, found, reference))?;
        }
        if let Some(system) = operating_system(self.image) {
            list.serialize_element(&system)?;
        }
        list.end()
    }
}

pub(crate) fn metadata(image: &Image, run: &Run) -> Value {
    let kind = if image.config_is_known() { "container" } else { "file" };
    let mut subject = json!({ "bom-ref": SUBJECT, "type": kind, "name": image.name });
    if !image.digest.is_empty() {
        subject["version"] = json!(image.digest);
        subject["purl"] = json!(image.purl());
    }
    json!({
        "timestamp": identity::timestamp(image),
        "tools": { "components": [{
            "type": "application", "name": "plimsoll", "version": run.version,
        }]},
        "component": subject,
    })
}

fn component(image: &Image, references: &[String], found: &FoundPackage, reference: &str) -> Value {
    let package = &found.package;
    let mut properties = vec![property("plimsoll:path", &package.path)];
    let installed = if package.installed { "true" } else { "false" };
    properties.push(property("plimsoll:installed", installed));
    if let Some(module) = &package.module {
        properties.push(property("plimsoll:module", module));
    }
    if package.development {
        properties.push(property("plimsoll:development", "true"));
    }
    if let Some(range) = &package.range {
        properties.push(property("plimsoll:range", range));
    }
    if let Some(layer) = found.layer {
        properties.push(property("plimsoll:layer:index", &layer.to_string()));
        if let Some(layer) = image.layers.get(layer) {
            if !layer.digest.is_empty() {
                properties.push(property("plimsoll:layer:digest", &layer.digest));
            }
            // Only its keyword: arguments may hold secrets, which no bill may carry.
            let keyword = layer.instruction.split_whitespace().next().unwrap_or_default();
            if !keyword.is_empty() && keyword.bytes().all(|it| it.is_ascii_uppercase()) {
                properties.push(property("plimsoll:layer:instruction", keyword));
            }
        }
    }
    if let Some(owner) = found.owner.and_then(|it| image.packages.get(it)) {
        properties.push(property("plimsoll:owner", &owner.package.name));
    }
    if let Some(owner) = found.owner.and_then(|it| references.get(it)) {
        properties.push(property("plimsoll:owner:ref", owner));
    }
    let mut res = json!({
        "bom-ref": reference,
        "type": kind(found),
        "name": package.name,
    });
    if !package.version.is_empty() {
        res["version"] = json!(package.version);
    }
    if let Some(group) = &package.namespace {
        res["group"] = json!(group);
    }
    if !found.purl.is_empty() {
        res["purl"] = json!(found.purl);
    }
    if let Some(supplier) = &package.supplier {
        res["supplier"] = json!({ "name": supplier });
    }
    if let Some(words) = &package.licence {
        res["licenses"] = match spdx_expression(words) {
            Some(expression) => json!([{ "expression": expression }]),
            None => json!([{ "license": { "name": words } }]),
        };
    }
    res["properties"] = Value::Array(properties);
    res
}

fn kind(found: &FoundPackage) -> &'static str {
    match found.package.kind {
        plimsoll_package::PackageKind::Generic => "application",
        _ => "library",
    }
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn operating_system(image: &Image) -> Option<Value> {
    let distribution = image.distribution.as_ref()?;
    let mut res = json!({
        "bom-ref": "operating-system",
        "type": "operating-system",
        "name": distribution.id,
    });
    if !distribution.version.is_empty() {
        res["version"] = json!(distribution.version);
    }
    if !distribution.pretty_name.is_empty() {
        res["description"] = json!(distribution.pretty_name);
    }
    let mut properties = Vec::new();
    let parts = [
        ("plimsoll:distribution:codename", &distribution.codename),
        ("plimsoll:distribution:variant", &distribution.variant),
        ("plimsoll:distribution:support-end", &distribution.support_end),
    ];
    for (name, value) in parts.into_iter().filter(|it| !it.1.is_empty()) {
        properties.push(property(name, value));
    }
    properties.extend(distribution.like.iter().map(|it| property(LIKE, it)));
    if !properties.is_empty() {
        res["properties"] = Value::Array(properties);
    }
    Some(res)
}

/// Who needs whom, one after the other.
struct Dependencies<'a> {
    image: &'a Image,
    references: &'a [String],
}

impl Serialize for Dependencies<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&Needed { reference: SUBJECT, needs: self.references })?;
        let edges = graph::edges(self.image);
        for (reference, needed) in self.references.iter().zip(edges) {
            let needs: Vec<&String> =
                needed.iter().filter_map(|it| self.references.get(*it)).collect();
            if !needs.is_empty() {
                list.serialize_element(&Needed { reference, needs: &needs })?;
            }
        }
        list.end()
    }
}

#[derive(Serialize)]
struct Needed<'a, T> {
    #[serde(rename = "ref")]
    reference: &'a str,
    #[serde(rename = "dependsOn")]
    needs: &'a [T],
}

/// The property of each distribution that this one is like.
const LIKE: &str = "plimsoll:distribution:like";

/// The reference of what the bill is about.
const SUBJECT: &str = "subject";
