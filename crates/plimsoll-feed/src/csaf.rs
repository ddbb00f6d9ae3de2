//! Documents of the Common Security Advisory Framework 2.0 as far as VEX needs them: which products
//! there are, how they are known, and what is said of them.

use std::{borrow::Cow, collections::BTreeMap};

use plimsoll_package::{VexJustification, VexProduct, VexStatement, VexStatus};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    time::parse_time,
    vex::{digest, known_name},
};

/// Reads the statements of a document.
pub fn read_csaf_vex(name: &str, bytes: &[u8]) -> Result<Vec<VexStatement>, FeedError> {
    let document: Document<'_> =
        serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    let tree = Tree::new(&document.product_tree);
    let tracking = &document.document.tracking;
    let origin = match tracking.id.as_ref() {
        "" => name.to_owned(),
        id => id.to_owned(),
    };
    let when = parse_time(&tracking.current_release_date);
    let mut res = Vec::new();
    for vulnerability in &document.vulnerabilities {
        let mut ids = vulnerability.names();
        if ids.is_empty() {
            continue;
        }
        let id = ids.remove(0);
        let justifications =
            by_product(&vulnerability.flags, &tree, |it| VexJustification::parse(&it.label));
        let impacts = by_product(&vulnerability.threats, &tree, |it| {
            (it.category == "impact").then(|| it.details.to_string())
        });
        let actions =
            by_product(&vulnerability.remediations, &tree, |it| Some(it.details.to_string()));
        for (status, products) in &vulnerability.product_status {
            let Some(status) = VexStatus::parse(status) else { continue };
            if products.len() > MAX_PRODUCTS {
                return Err(FeedError::new(name, "it has too many products"));
            }
            for product in products {
                let names = tree.product(product);
                let Some(names) = names else { continue };
                res.push(VexStatement {
                    vulnerability: id.clone(),
                    aliases: ids.clone(),
                    products: vec![names],
                    status,
                    justification: justifications.of(product).copied(),
                    impact: impacts.of(product).cloned().unwrap_or_default(),
                    action: actions.of(product).cloned().unwrap_or_default(),
                    when,
                    origin: origin.clone(),
                });
            }
        }
    }
    Ok(merged(res))
}

/// Statements that differ in their product only become one.
fn merged(mut statements: Vec<VexStatement>) -> Vec<VexStatement> {
    let mut res: Vec<VexStatement> = Vec::new();
    for mut statement in statements.drain(..) {
        let products = std::mem::take(&mut statement.products);
        match res.last_mut() {
            Some(last) if is_same_but_products(last, &statement) => last.products.extend(products),
            _ => res.push(VexStatement { products, ..statement }),
        }
    }
    res
}

fn is_same_but_products(a: &VexStatement, b: &VexStatement) -> bool {
    (&a.vulnerability, &a.aliases, a.status, a.justification, &a.impact, &a.action)
        == (&b.vulnerability, &b.aliases, b.status, b.justification, &b.impact, &b.action)
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "named as the document names them")]
pub(crate) struct Document<'a> {
    #[serde(borrow, default)]
    pub(crate) document: About<'a>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    pub(crate) product_tree: ProductTree<'a>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    pub(crate) vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Default, Deserialize)]
pub(crate) struct About<'a> {
    #[serde(borrow, default)]
    pub(crate) aggregate_severity: Text<'a>,
    #[serde(borrow, default)]
    pub(crate) tracking: Tracking<'a>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Text<'a> {
    #[serde(borrow, default)]
    pub(crate) text: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Tracking<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) current_release_date: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
pub(crate) struct ProductTree<'a> {
    #[serde(borrow, default)]
    branches: Vec<Branch<'a>>,
    #[serde(borrow, default)]
    full_product_names: Vec<Product<'a>>,
    #[serde(borrow, default)]
    relationships: Vec<Relationship<'a>>,
    #[serde(borrow, default)]
    product_groups: Vec<Group<'a>>,
}

#[derive(Deserialize)]
struct Branch<'a> {
    #[serde(borrow, default)]
    branches: Vec<Branch<'a>>,
    #[serde(borrow, default)]
    product: Option<Product<'a>>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "named as the document names them")]
struct Product<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    product_id: Cow<'a, str>,
    #[serde(borrow, default)]
    product_identification_helper: Helper<'a>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Helper<'a> {
    #[serde(borrow, default)]
    pub(crate) cpe: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) purl: Cow<'a, str>,
    #[serde(default)]
    purls: Vec<String>,
    #[serde(borrow, default)]
    hashes: Vec<Hashes<'a>>,
}

#[derive(Deserialize)]
struct Hashes<'a> {
    #[serde(borrow, default)]
    file_hashes: Vec<Hash<'a>>,
}

#[derive(Deserialize)]
struct Hash<'a> {
    #[serde(borrow, default)]
    algorithm: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Relationship<'a> {
    #[serde(borrow, default)]
    product_reference: Cow<'a, str>,
    #[serde(borrow, default)]
    relates_to_product_reference: Cow<'a, str>,
    #[serde(borrow)]
    full_product_name: Product<'a>,
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow, default)]
    group_id: Cow<'a, str>,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Vulnerability<'a> {
    #[serde(borrow, default)]
    pub(crate) cve: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    ids: Vec<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) cwe: Option<Cwe<'a>>,
    #[serde(borrow, default)]
    pub(crate) release_date: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(crate) product_status: BTreeMap<String, Vec<String>>,
    #[serde(borrow, default)]
    flags: Vec<Words<'a>>,
    #[serde(borrow, default)]
    pub(crate) threats: Vec<Words<'a>>,
    #[serde(borrow, default)]
    pub(crate) remediations: Vec<Words<'a>>,
    #[serde(borrow, default)]
    pub(crate) scores: Vec<Score<'a>>,
}

#[derive(Deserialize)]
struct Id<'a> {
    #[serde(borrow, default)]
    text: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(crate) struct Cwe<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Cow<'a, str>,
}

/// A flag, a threat or a remediation, for some products.
#[derive(Deserialize)]
pub(crate) struct Words<'a> {
    #[serde(borrow, default)]
    label: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) category: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) details: Cow<'a, str>,
    #[serde(default)]
    pub(crate) product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Score<'a> {
    #[serde(borrow, default)]
    pub(crate) cvss_v3: Option<Vector<'a>>,
    #[serde(borrow, default)]
    pub(crate) cvss_v2: Option<Vector<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Vector<'a> {
    #[serde(borrow, default, rename = "vectorString")]
    pub(crate) vector: Cow<'a, str>,
}

impl Vulnerability<'_> {
    /// Its CVE first, then its other ids.
    fn names(&self) -> Vec<String> {
        let cve = self.cve.iter().map(ToString::to_string);
        let others = self.ids.iter().map(|it| it.text.to_string());
        let mut res: Vec<String> = Vec::new();
        for it in cve.chain(others).filter(|it| !it.is_empty()).take(MAX_IDS) {
            if !res.contains(&it) {
                res.push(it);
            }
        }
        res
    }
}

/// What is said of each product, and of all that are not named.
struct ByProduct<'w, T> {
    of_all: Option<T>,
    of_product: BTreeMap<&'w str, T>,
}

impl<T> ByProduct<'_, T> {
    fn of(&self, product: &str) -> Option<&T> {
        self.of_product.get(product).or(self.of_all.as_ref())
    }
}

/// The first words that say something, by the products and the groups of products they are for.
fn by_product<'w, T: Clone>(
    all: &'w [Words<'w>],
    tree: &Tree<'w>,
    meaning: impl Fn(&Words<'_>) -> Option<T>,
) -> ByProduct<'w, T> {
    let mut res = ByProduct { of_all: None, of_product: BTreeMap::new() };
    let mut n_products = 0;
    for words in all {
        let Some(meaning) = meaning(words) else { continue };
        if words.product_ids.is_empty() && words.group_ids.is_empty() {
            res.of_all.get_or_insert(meaning);
            continue;
        }
        let of_groups = words.group_ids.iter().filter_map(|it| tree.groups.get(it.as_str()));
        for product in words.product_ids.iter().chain(of_groups.flat_map(|it| it.iter())) {
            n_products += 1;
            if n_products <= MAX_PRODUCTS {
                res.of_product.entry(product).or_insert_with(|| meaning.clone());
            }
        }
    }
    res
}

/// Products by their id.
pub(crate) struct Tree<'t> {
    products: BTreeMap<&'t str, &'t Product<'t>>,
    relationships: BTreeMap<&'t str, &'t Relationship<'t>>,
    groups: BTreeMap<&'t str, &'t [String]>,
}

impl<'t> Tree<'t> {
    pub(crate) fn new(tree: &'t ProductTree<'t>) -> Self {
        let mut res = Self {
            products: BTreeMap::new(),
            relationships: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        let mut open: Vec<&Branch<'_>> = tree.branches.iter().collect();
        while let Some(branch) = open.pop() {
            open.extend(&branch.branches);
            if let Some(product) = &branch.product {
                res.products.insert(&product.product_id, product);
            }
        }
        for product in &tree.full_product_names {
            res.products.insert(&product.product_id, product);
        }
        for relationship in &tree.relationships {
            let id = &relationship.full_product_name.product_id;
            res.relationships.insert(id, relationship);
        }
        for group in &tree.product_groups {
            res.groups.insert(&group.group_id, &group.product_ids);
        }
        res
    }

    /// How a product identifies itself.
    pub(crate) fn helper(&self, id: &str) -> Option<&'t Helper<'t>> {
        self.products.get(id).map(|it| &it.product_identification_helper)
    }

    /// The part and the whole of a product that is one thing in another.
    pub(crate) fn parts(&self, id: &str) -> Option<(&'t str, &'t str)> {
        let it = self.relationships.get(id)?;
        Some((it.product_reference.as_ref(), it.relates_to_product_reference.as_ref()))
    }

    fn product(&self, id: &str) -> Option<VexProduct> {
        if let Some((part, whole)) = self.parts(id) {
            let names = self.names(whole)?;
            return Some(VexProduct { names, subcomponents: vec![self.names(part)?] });
        }
        Some(VexProduct { names: self.names(id)?, subcomponents: Vec::new() })
    }

    fn names(&self, id: &str) -> Option<Vec<plimsoll_package::VexName>> {
        let product = self.products.get(id)?;
        let helper = &product.product_identification_helper;
        let purls =
            std::iter::once(helper.purl.as_ref()).chain(helper.purls.iter().map(|it| &**it));
        let mut res: Vec<_> = purls.filter(|it| !it.is_empty()).map(known_name).collect();
        let hashes = helper.hashes.iter().flat_map(|it| &it.file_hashes);
        res.extend(hashes.filter_map(|it| digest(&it.algorithm, &it.value)));
        if res.is_empty() && !product.name.is_empty() {
            res.push(known_name(&product.name));
        }
        (!res.is_empty()).then_some(res)
    }
}

/// Ids of one vulnerability.
const MAX_IDS: usize = 64;

/// Products of one status, and those that words of one vulnerability are for; the largest
/// documents have some ten thousand.
const MAX_PRODUCTS: usize = 200_000;

#[cfg(test)]
mod tests {
    use plimsoll_package::{VexJustification, VexName, VexStatus};

    use super::read_csaf_vex;

    #[test]
    fn statements_name_the_part_and_the_whole() {
        let text = br#"{"document": {"category": "csaf_vex",
            "tracking": {"id": "VEX-1", "current_release_date": "2099-01-01T00:00:00Z"}},
            "product_tree": {"branches": [{"category": "vendor", "branches": [
                {"product": {"name": "App 1", "product_id": "app", "product_identification_helper":
                    {"purl": "pkg:oci/app@sha256%3A0a"}}},
                {"product": {"name": "curl", "product_id": "curl",
                    "product_identification_helper": {"purl": "pkg:deb/debian/curl"}}}]}],
                "full_product_names": [{"name": "other", "product_id": "other"}],
                "relationships": [{"product_reference": "curl",
                    "relates_to_product_reference": "app",
                    "full_product_name": {"name": "x", "product_id": "app:curl"}}],
                "product_groups": [{"group_id": "g", "product_ids": ["app:curl"]}]},
            "vulnerabilities": [{"cve": "CVE-2099-1", "ids": [{"text": "GHSA-x"}],
                "flags": [{"label": "vulnerable_code_not_present", "group_ids": ["g"]}],
                "threats": [{"category": "impact", "details": "why", "product_ids": ["app:curl"]}],
                "product_status": {"known_not_affected": ["app:curl"], "known_affected": ["other"],
                    "recommended": ["app"], "fixed": ["missing"]}}]}"#;
        let statements = read_csaf_vex("a", text).unwrap();
        let [affected, clear] = statements.as_slice() else { panic!("two: {statements:?}") };
        assert_eq!(affected.status, VexStatus::Affected);
        assert_eq!(affected.products[0].names, [VexName::Name("other".to_owned())]);
        assert_eq!(clear.status, VexStatus::NotAffected);
        assert_eq!(clear.justification, Some(VexJustification::VulnerableCodeNotPresent));
        assert_eq!((clear.impact.as_str(), clear.origin.as_str()), ("why", "VEX-1"));
        assert_eq!(clear.aliases, ["GHSA-x"]);
        assert_eq!(clear.products[0].subcomponents.len(), 1);
        assert!(clear.when > 0);
    }
}
