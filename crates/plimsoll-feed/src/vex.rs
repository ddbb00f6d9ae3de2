//! VEX documents: what somebody says of vulnerabilities in a product. Reads OpenVEX, CycloneDX and
//! CSAF, told apart by what they say of themselves.

use std::collections::BTreeMap;

use plimsoll_package::{
    VexJustification, VexName, VexProduct, VexStatement, VexStatus, parse_purl,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{csaf::read_csaf_vex, error::FeedError, time::parse_time};

/// Reads a document of any of the three formats; `name` is told as where statements come from if
/// the document has no name for itself.
pub fn read_vex(name: &str, bytes: &[u8]) -> Result<Vec<VexStatement>, FeedError> {
    if bytes.len() > MAX_BYTES {
        return Err(FeedError::new(name, "it is too long for a VEX document"));
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    if head.document.is_some() {
        return read_csaf_vex(name, bytes);
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    let context = head.context.as_ref().and_then(Value::as_str).unwrap_or_default();
    if context.starts_with("https://openvex.dev/ns") {
        return open_vex(name, &value);
    }
    if head.bom_format.as_ref().and_then(Value::as_str) == Some("CycloneDX") {
        return cyclone_dx(name, &value);
    }
    Err(FeedError::new(name, "it is neither OpenVEX nor CycloneDX nor CSAF"))
}

/// A name as documents write it: a package URL, a digest, or a name in no system.
pub(crate) fn known_name(text: &str) -> VexName {
    if let Ok(purl) = parse_purl(text) {
        return VexName::Purl(purl);
    }
    match text.split_once(':') {
        Some((algorithm, value)) => {
            digest(algorithm, value).unwrap_or_else(|| VexName::Name(text.to_owned()))
        }
        None => VexName::Name(text.to_owned()),
    }
}

/// A digest, whose algorithm documents write as `sha256`, `sha-256` or `SHA-256`.
pub(crate) fn digest(algorithm: &str, value: &str) -> Option<VexName> {
    let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
    let is_known = matches!(algorithm.as_str(), "sha256" | "sha384" | "sha512");
    let is_hexadecimal = !value.is_empty() && value.bytes().all(|it| it.is_ascii_hexdigit());
    (is_known && is_hexadecimal)
        .then(|| VexName::Digest(format!("{algorithm}:{}", value.to_ascii_lowercase())))
}

#[derive(Deserialize)]
struct Head {
    #[serde(default, rename = "@context")]
    context: Option<Value>,
    #[serde(default, rename = "bomFormat")]
    bom_format: Option<Value>,
    #[serde(default)]
    document: Option<serde::de::IgnoredAny>,
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn limited<'v>(name: &str, document: &'v Value, key: &str) -> Result<&'v [Value], FeedError> {
    let res = list(document, key);
    if res.len() > MAX_STATEMENTS {
        return Err(FeedError::new(name, "it has too many statements"));
    }
    Ok(res)
}

fn owned(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn open_vex(name: &str, document: &Value) -> Result<Vec<VexStatement>, FeedError> {
    let origin = owned(text(document, "@id")).unwrap_or_else(|| name.to_owned());
    let of_document = parse_time(text(document, "timestamp"));
    let mut res = Vec::new();
    for statement in limited(name, document, "statements")? {
        let Some(status) = VexStatus::parse(text(statement, "status")) else { continue };
        let vulnerability = statement.get("vulnerability").unwrap_or(&Value::Null);
        let id = vulnerability.as_str().unwrap_or_else(|| match text(vulnerability, "name") {
            "" => text(vulnerability, "@id"),
            name => name,
        });
        let aliases = list(vulnerability, "aliases").iter().filter_map(Value::as_str);
        let parts: Vec<_> = list(statement, "subcomponents").iter().filter_map(names).collect();
        let products = list(statement, "products");
        if products.len().saturating_mul(parts.len()) > MAX_PARTS {
            return Err(FeedError::new(name, "a statement has too many products and parts"));
        }
        let products = products.iter().filter_map(|product| {
            let own: Vec<_> = list(product, "subcomponents").iter().filter_map(names).collect();
            // A part that cannot be named must not make the whole product meant.
            let has_lost = own.len() < list(product, "subcomponents").len();
            let subcomponents = if own.is_empty() { parts.clone() } else { own };
            let names = names(product)?;
            (!has_lost).then_some(VexProduct { names, subcomponents })
        });
        let when = match text(statement, "last_updated") {
            "" => parse_time(text(statement, "timestamp")),
            moment => parse_time(moment),
        };
        res.push(VexStatement {
            vulnerability: id.to_owned(),
            aliases: aliases.map(str::to_owned).collect(),
            products: products.collect(),
            status,
            justification: VexJustification::parse(text(statement, "justification")),
            impact: text(statement, "impact_statement").to_owned(),
            action: text(statement, "action_statement").to_owned(),
            when: if when == 0 { of_document } else { when },
            origin: origin.clone(),
        });
    }
    Ok(res)
}

/// All names of a product or a part; older documents write them as a text.
fn names(value: &Value) -> Option<Vec<VexName>> {
    let id = value.as_str().unwrap_or_else(|| text(value, "@id"));
    let mut res: Vec<VexName> = owned(id).iter().map(|it| known_name(it)).collect();
    let purl = value.get("identifiers").map(|it| text(it, "purl")).unwrap_or_default();
    res.extend(owned(purl).iter().map(|it| known_name(it)));
    for (algorithm, hash) in value.get("hashes").and_then(Value::as_object).into_iter().flatten() {
        res.extend(hash.as_str().and_then(|it| digest(algorithm, it)));
    }
    res.sort();
    res.dedup();
    (!res.is_empty()).then_some(res)
}

fn cyclone_dx(name: &str, document: &Value) -> Result<Vec<VexStatement>, FeedError> {
    let metadata = document.get("metadata").unwrap_or(&Value::Null);
    let origin = owned(text(document, "serialNumber")).unwrap_or_else(|| name.to_owned());
    let of_document = parse_time(text(metadata, "timestamp"));
    let whole = metadata.get("component");
    let components = components(document, whole);
    let mut res = Vec::new();
    for vulnerability in limited(name, document, "vulnerabilities")? {
        let analysis = vulnerability.get("analysis").unwrap_or(&Value::Null);
        let Some(status) = VexStatus::parse(text(analysis, "state")) else { continue };
        let aliases = list(vulnerability, "references").iter().map(|it| text(it, "id"));
        let products = list(vulnerability, "affects")
            .iter()
            .flat_map(|it| affected_products(it, whole, &components))
            .collect();
        let action = match text(vulnerability, "workaround") {
            "" => text(vulnerability, "recommendation"),
            workaround => workaround,
        };
        let moments = [text(analysis, "lastUpdated"), text(analysis, "firstIssued")];
        let when = moments.into_iter().map(parse_time).find(|it| *it != 0);
        res.push(VexStatement {
            vulnerability: text(vulnerability, "id").to_owned(),
            aliases: aliases.filter_map(owned).collect(),
            products,
            status,
            justification: VexJustification::parse(text(analysis, "justification")),
            impact: text(analysis, "detail").to_owned(),
            action: action.to_owned(),
            when: when.unwrap_or(of_document),
            origin: origin.clone(),
        });
    }
    Ok(res)
}

/// Components by their reference, those inside of others too.
fn components<'v>(document: &'v Value, whole: Option<&'v Value>) -> BTreeMap<&'v str, &'v Value> {
    let mut res = BTreeMap::new();
    let mut open: Vec<&Value> = list(document, "components").iter().chain(whole).collect();
    while let Some(component) = open.pop() {
        open.extend(list(component, "components"));
        let reference = text(component, "bom-ref");
        if !reference.is_empty() {
            res.insert(reference, component);
        }
    }
    res
}

/// What one entry of `affects` means: a component, or versions of it. It is a part of what the
/// document is about, unless it is that itself or the document does not say.
fn affected_products(
    affects: &Value,
    whole: Option<&Value>,
    components: &BTreeMap<&str, &Value>,
) -> Vec<VexProduct> {
    let reference = text(affects, "ref");
    // A link into another document ends with the reference there.
    let end = reference.rsplit('#').next().unwrap_or(reference);
    let local = if components.contains_key(reference) { reference } else { end };
    let component = components.get(local).copied();
    let known = component.and_then(component_names);
    let names = known.or_else(|| parse_purl(local).is_ok().then(|| vec![known_name(local)]));
    let Some(names) = names else { return Vec::new() };
    let versions = list(affects, "versions");
    let exact: Vec<Vec<VexName>> = versions
        .iter()
        .filter(|it| text(it, "status") != "unaffected")
        .filter_map(|it| owned(text(it, "version")))
        .map(|version| names.iter().filter_map(|it| of_version(it, &version)).collect())
        .filter(|it: &Vec<_>| !it.is_empty())
        .collect();
    let meant = if versions.is_empty() { vec![names] } else { exact };
    let is_whole = whole.is_some_and(|it| text(it, "bom-ref") == local);
    let around = whole.filter(|_| !is_whole).and_then(component_names);
    meant
        .into_iter()
        .map(|names| match &around {
            Some(whole) => VexProduct { names: whole.clone(), subcomponents: vec![names] },
            None => VexProduct { names, subcomponents: Vec::new() },
        })
        .collect()
}

/// The same name limited to a version; `None` where a name cannot be.
fn of_version(name: &VexName, version: &str) -> Option<VexName> {
    match name {
        VexName::Purl(purl) => {
            let mut purl = purl.clone();
            purl.version = Some(version.to_owned());
            Some(VexName::Purl(purl))
        }
        VexName::Digest(_) | VexName::Name(_) => None,
    }
}

fn component_names(component: &Value) -> Option<Vec<VexName>> {
    let mut res = Vec::new();
    res.extend(owned(text(component, "purl")).iter().map(|it| known_name(it)));
    for hash in list(component, "hashes") {
        res.extend(digest(text(hash, "alg"), text(hash, "content")));
    }
    let (name, version) = (text(component, "name"), text(component, "version"));
    if text(component, "type") == "container" && !name.is_empty() {
        res.push(known_name(name));
        if version.starts_with("sha256:") {
            res.push(known_name(version));
        } else if !version.is_empty() {
            res.push(known_name(&format!("{name}:{version}")));
        }
    } else if res.is_empty() && !name.is_empty() {
        res.push(known_name(name));
    }
    res.sort();
    res.dedup();
    (!res.is_empty()).then_some(res)
}

/// A document is read whole, so it has a limit that no real one reaches.
const MAX_BYTES: usize = 256 << 20;

/// Parts of all products of one statement.
const MAX_PARTS: usize = 1_000_000;

/// Statements of one document.
const MAX_STATEMENTS: usize = 200_000;

#[cfg(test)]
mod tests {
    use plimsoll_package::{VexJustification, VexName, VexStatus, parse_purl};

    use super::{known_name, read_vex};

    fn purl(text: &str) -> VexName {
        VexName::Purl(parse_purl(text).unwrap())
    }

    #[test]
    fn open_vex_is_read_in_its_older_form_too() {
        let text =
            br#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
            "timestamp": "2099-01-01T00:00:00Z", "statements": [
            {"vulnerability": {"name": "CVE-2099-1", "aliases": ["GHSA-x"]},
             "products": [{"@id": "pkg:oci/app", "identifiers": {"purl": "pkg:docker/acme/app"},
                "hashes": {"sha-256": "0A"}, "subcomponents": [{"@id": "pkg:npm/a@1"}]}],
             "status": "not_affected", "justification": "component_not_present",
             "timestamp": "2099-02-01T00:00:00Z"},
            {"vulnerability": "CVE-2099-2", "products": ["pkg:npm/b", {"@id": "pkg:npm/c",
                "subcomponents": [{}]}], "status": "under_investigation"},
            {"vulnerability": "CVE-2099-3", "products": ["pkg:npm/b"], "status": "unheard_of"}]}"#;
        let statements = read_vex("a", text).unwrap();
        let [first, second] = statements.as_slice() else { panic!("two") };
        assert_eq!(first.status, VexStatus::NotAffected);
        assert_eq!(first.justification, Some(VexJustification::ComponentNotPresent));
        assert_eq!(first.aliases, ["GHSA-x"]);
        let product = &first.products[0];
        assert_eq!(product.names.len(), 3);
        assert!(product.names.contains(&VexName::Digest("sha256:0a".to_owned())));
        assert_eq!(product.subcomponents, [vec![purl("pkg:npm/a@1")]]);
        assert!(first.when > second.when && second.when > 0);
        assert_eq!(second.products.len(), 1, "a part that has no name is not the whole");
        assert_eq!(second.origin, "https://example.org/1");
    }

    #[test]
    fn cyclone_dx_speaks_of_components_of_a_whole() {
        let text = br#"{"bomFormat": "CycloneDX", "metadata": {"timestamp": "2099-01-01T00:00:00Z",
            "component": {"type": "container", "bom-ref": "w", "name": "acme/app", "version": "1"}},
            "components": [{"bom-ref": "a", "name": "a", "purl": "pkg:npm/a"}],
            "vulnerabilities": [
            {"id": "CVE-2099-1", "analysis": {"state": "not_affected",
                "justification": "code_not_reachable", "detail": "why"},
             "affects": [{"ref": "urn:cdx:1/1#a", "versions": [{"version": "2"},
                {"version": "3", "status": "unaffected"}, {"range": "vers:npm/<1"}]}]},
            {"id": "CVE-2099-2", "analysis": {"state": "resolved"}, "affects": [{"ref": "w"}]},
            {"id": "CVE-2099-3", "affects": [{"ref": "w"}]}]}"#;
        let statements = read_vex("a", text).unwrap();
        let [first, second] = statements.as_slice() else { panic!("two") };
        assert_eq!(first.justification, Some(VexJustification::VulnerableCodeNotInExecutePath));
        assert_eq!(first.products.len(), 1);
        assert_eq!(first.products[0].subcomponents, [vec![purl("pkg:npm/a@2")]]);
        assert!(first.products[0].names.contains(&VexName::Name("acme/app:1".to_owned())));
        assert!(second.products[0].subcomponents.is_empty());
        assert_eq!(second.status, VexStatus::Fixed);
    }

    #[test]
    fn other_documents_are_errors() {
        for text in ["", "[]", "{}", r#"{"bomFormat": "SPDX"}"#, r#"{"@context": 1}"#] {
            assert!(read_vex("a", text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(known_name("ghcr.io/a:1"), VexName::Name("ghcr.io/a:1".to_owned()));
    }
}
