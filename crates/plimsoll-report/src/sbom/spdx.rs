//! SPDX 2.3 as JSON (ISO/IEC 5962 and its successor).

use std::io;

use plimsoll_package::spdx_expression;
use serde::{Serialize, Serializer, ser::SerializeSeq as _};
use serde_json::{Value, json};

use super::{graph, identity};
use crate::{
    image::{FoundPackage, Image},
    run::Run,
};

/// Writes the bill of `image`, package by package.
pub fn write(image: &Image, run: &Run, mut out: &mut dyn io::Write) -> io::Result<()> {
    let references = identity::references(image);
    let uuid = identity::uuid(image, &references);
    let document = Document {
        version: "SPDX-2.3",
        licence: "CC0-1.0",
        id: "SPDXRef-DOCUMENT",
        name: &image.name,
        namespace: format!("https://plimsoll.invalid/spdx/{uuid}"),
        creation: json!({
            "created": identity::timestamp(image),
            "creators": [format!("Tool: plimsoll-{}", run.version)],
        }),
        packages: Packages { image },
        licences: own_licences(image),
        relationships: Relationships { image },
    };
    serde_json::to_writer(&mut out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "spdxVersion")]
    version: &'static str,
    #[serde(rename = "dataLicense")]
    licence: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: &'a str,
    #[serde(rename = "documentNamespace")]
    namespace: String,
    #[serde(rename = "creationInfo")]
    creation: Value,
    packages: Packages<'a>,
    #[serde(rename = "hasExtractedLicensingInfos", skip_serializing_if = "Vec::is_empty")]
    licences: Vec<Value>,
    relationships: Relationships<'a>,
}

struct Packages<'a> {
    image: &'a Image,
}

impl Serialize for Packages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&subject(self.image))?;
        for (number, found) in self.image.packages.iter().enumerate() {
            list.serialize_element(&package(number, found))?;
        }
        if let Some(system) = operating_system(self.image) {
            list.serialize_element(&system)?;
        }
        list.end()
    }
}

fn subject(image: &Image) -> Value {
    let mut res = json!({
        "SPDXID": SUBJECT,
        "name": image.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": if image.config_is_known() { "CONTAINER" } else { "OTHER" },
    });
    if !image.digest.is_empty() {
        res["versionInfo"] = json!(image.digest);
        res["externalRefs"] = purl_reference(&image.purl());
    }
    res
}

fn operating_system(image: &Image) -> Option<Value> {
    let distribution = image.distribution.as_ref().filter(|it| !it.id.is_empty())?;
    let mut res = json!({
        "SPDXID": SYSTEM,
        "name": distribution.id,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "OPERATING-SYSTEM",
    });
    if !distribution.version.is_empty() {
        res["versionInfo"] = json!(distribution.version);
    }
    if !distribution.pretty_name.is_empty() {
        res["comment"] = json!(one_line(&distribution.pretty_name));
    }
    Some(res)
}

fn package(number: usize, found: &FoundPackage) -> Value {
    let package = &found.package;
    let licence = package.licence.as_deref().and_then(spdx_expression);
    let supplier = package.supplier.as_ref().map(|it| format!("Organization: {}", one_line(it)));
    let mut res = json!({
        "SPDXID": id(number),
        "name": package.full_name(),
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence.unwrap_or_else(|| "NOASSERTION".to_owned()),
        "copyrightText": "NOASSERTION",
        "supplier": supplier.unwrap_or_else(|| "NOASSERTION".to_owned()),
        "sourceInfo": format!("stated by /{}", one_line(&package.path)),
    });
    if !package.version.is_empty() {
        res["versionInfo"] = json!(package.version);
    }
    if !found.purl.is_empty() {
        res["externalRefs"] = purl_reference(&found.purl);
    }
    if !package.installed {
        let mut comment = STATEMENT.to_owned();
        if let Some(range) = &package.range {
            comment = format!("{comment}; {} is allowed", one_line(range));
        }
        res["comment"] = json!(comment);
    }
    res
}

/// Licences that are not on the SPDX list must be told of in the document.
fn own_licences(image: &Image) -> Vec<Value> {
    let mut names = std::collections::BTreeMap::new();
    for found in &image.packages {
        let Some(words) = found.package.licence.as_deref() else { continue };
        let Some(expression) = spdx_expression(words) else { continue };
        let words_of = expression.split(|it: char| it.is_whitespace() || it == '(' || it == ')');
        for name in words_of.filter(|it| it.starts_with("LicenseRef-")) {
            names.entry(name.to_owned()).or_insert_with(|| words.to_owned());
        }
    }
    names
        .into_iter()
        .map(|(name, words)| {
            json!({ "licenseId": name, "extractedText": one_line(&words), "name": name })
        })
        .collect()
}

fn purl_reference(purl: &str) -> Value {
    json!([{
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": purl,
    }])
}

/// What the document is about, what that holds, and who needs whom, one after the other.
struct Relationships<'a> {
    image: &'a Image,
}

impl Serialize for Relationships<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&Relationship::of("SPDXRef-DOCUMENT", "DESCRIBES", SUBJECT))?;
        for number in 0..self.image.packages.len() {
            list.serialize_element(&Relationship::of(SUBJECT, "CONTAINS", &id(number)))?;
        }
        if operating_system(self.image).is_some() {
            list.serialize_element(&Relationship::of(SUBJECT, "CONTAINS", SYSTEM))?;
        }
        for (number, needed) in graph::edges(self.image).iter().enumerate() {
            for other in needed {
                list.serialize_element(&Relationship::of(&id(number), "DEPENDS_ON", &id(*other)))?;
            }
        }
        list.end()
    }
}

#[derive(Serialize)]
struct Relationship<'a> {
    #[serde(rename = "spdxElementId")]
    from: &'a str,
    #[serde(rename = "relationshipType")]
    kind: &'static str,
    #[serde(rename = "relatedSpdxElement")]
    to: &'a str,
}

impl<'a> Relationship<'a> {
    fn of(from: &'a str, kind: &'static str, to: &'a str) -> Self {
        Self { from, kind, to }
    }
}

fn id(number: usize) -> String {
    format!("SPDXRef-Package-{number}")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is said of a package that nobody knows to be installed.
const STATEMENT: &str = "a statement of a lock file or manifest; not known to be installed";

/// The reference of what the bill is about.
const SUBJECT: &str = "SPDXRef-Subject";

/// The reference of the operating system.
const SYSTEM: &str = "SPDXRef-OperatingSystem";
