//! What others say of the vulnerabilities in an image, held against what was found in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use plimsoll_finding::{Coverage, CoverageState, Disposition, Finding};
use plimsoll_package::{
    Purl, VexName, VexStatement, VexStatus, VexSubject, effective_statement, parse_purl,
};
use plimsoll_report::image::{Image, Vulnerability};

use crate::error::Error;

/// Statements about vulnerabilities, by the names of these.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    all: Vec<VexStatement>,
    /// Indices of statements, by each name of their vulnerability, in small letters.
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Statements {
    /// Reads documents. One that cannot be read is an error: whoever names it relies on it.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut res = Self::default();
        for path in paths {
            let name = path.display().to_string();
            let text = plimsoll_fs::read_bytes(path, MAX_DOCUMENT)?;
            let found = plimsoll_feed::vex::read_vex(&name, &text)
                .map_err(|it| Error::Vex { path: path.clone(), why: it.why })?;
            res.all.extend(found);
        }
        for (number, statement) in res.all.iter().enumerate() {
            let names: BTreeSet<String> = [&statement.vulnerability]
                .into_iter()
                .chain(&statement.aliases)
                .map(|it| it.to_ascii_lowercase())
                .collect();
            for name in names {
                res.by_name.entry(name).or_default().push(number);
            }
        }
        Ok(res)
    }

    /// Disposes of the findings that a statement clears. What clears without a reason is a claim,
    /// which the answer tells of and nothing more.
    pub(crate) fn apply(&self, image: &Image, findings: &mut [Finding]) -> Vec<Coverage> {
        let mut claims: BTreeMap<&str, usize> = BTreeMap::new();
        if self.all.is_empty() {
            return Vec::new();
        }
        let own_names = image_names(image);
        for vulnerability in &image.vulnerabilities {
            let Some(finding) = findings.get_mut(vulnerability.finding) else { continue };
            let Some(statement) = self.about(vulnerability, image, &own_names) else { continue };
            if !statement.is_clearing() {
                continue;
            }
            if !statement.is_reasoned() {
                *claims.entry(statement.origin.as_str()).or_default() += 1;
                continue;
            }
            finding.disposition = Disposition::NotAffected {
                reason: reason(statement),
                document: statement.origin.clone(),
            };
        }
        let note = |(origin, n_claims): (&str, usize)| {
            let (claims, say) = if n_claims == 1 { ("claim", "says") } else { ("claims", "say") };
            let unit = format!("VEX: {origin}");
            let why =
                format!("{n_claims} {claims} of `not affected` that {say} not why: not heeded");
            Coverage { unit, state: CoverageState::Skipped, why }
        };
        claims.into_iter().map(note).collect()
    }

    /// The statement that holds for a vulnerability.
    fn about(
        &self,
        vulnerability: &Vulnerability,
        image: &Image,
        own_names: &[VexName],
    ) -> Option<&VexStatement> {
        let mut names = vec![vulnerability.id.clone()];
        names.extend(vulnerability.aliases.iter().cloned());
        let found = names.iter().filter_map(|it| self.by_name.get(&it.to_ascii_lowercase()));
        // In the order of the documents, of which a later one wins over an equally old one.
        let numbers: BTreeSet<usize> = found.flatten().copied().collect();
        if numbers.is_empty() {
            return None;
        }
        let package = image.packages.get(vulnerability.package)?;
        let purl = parse_purl(&package.purl).ok()?;
        let subject = VexSubject {
            vulnerability: &names,
            package: &purl,
            package_name: &package.package.full_name(),
            package_digests: &[],
            image: own_names,
        };
        effective_statement(numbers.iter().filter_map(|it| self.all.get(*it)), &subject)
    }
}

/// Everything an image may be called in a statement: as it was asked for, its references, its
/// digests, and package URLs made from these.
fn image_names(image: &Image) -> Vec<VexName> {
    let mut names: BTreeSet<VexName> = BTreeSet::new();
    let mut digests: BTreeSet<&str> = BTreeSet::new();
    if !image.digest.is_empty() {
        digests.insert(&image.digest);
    }
    let references = || image.references.iter().chain([&image.name]);
    for reference in references() {
        names.insert(VexName::Name(reference.clone()));
        digests.extend(reference.split_once('@').map(|it| it.1));
    }
    names.extend(digests.iter().map(|it| VexName::Digest((*it).to_owned())));
    let digests: Vec<Option<&str>> = digests.into_iter().map(Some).chain([None]).collect();
    for reference in references() {
        for digest in &digests {
            names.extend(image_purls(reference, *digest).map(VexName::Purl));
        }
    }
    // What this program writes itself names an image so.
    names.extend(parse_purl(&image.purl()).map(VexName::Purl));
    names.into_iter().collect()
}

/// `pkg:oci/web@sha256:…?repository_url=ghcr.io/acme/web&tag=1`, and `pkg:docker/acme/web@1`.
fn image_purls(reference: &str, digest: Option<&str>) -> impl Iterator<Item = Purl> {
    let parsed = plimsoll_dockerfile::ImageReference::parse(reference);
    parsed.into_iter().flat_map(move |it| {
        let full = it.full_name();
        let tag = it.tag.as_ref().map(|it| it.text.clone());
        let (folder, name) =
            it.repository.text.rsplit_once('/').unwrap_or(("", &it.repository.text));
        let mut qualifiers = BTreeMap::from([("repository_url".to_owned(), full)]);
        qualifiers.extend(tag.clone().map(|it| ("tag".to_owned(), it)));
        let oci = Purl {
            kind: "oci".to_owned(),
            namespace: None,
            name: name.to_lowercase(),
            version: digest.map(str::to_owned),
            qualifiers,
            subpath: None,
        };
        let docker = Purl {
            kind: "docker".to_owned(),
            namespace: (!folder.is_empty()).then(|| folder.to_owned()),
            name: name.to_owned(),
            version: digest.map(str::to_owned).or(tag),
            qualifiers: BTreeMap::new(),
            subpath: None,
        };
        [oci, docker]
    })
}

/// The reason in the words of the standard, then in those of whoever said it.
fn reason(statement: &VexStatement) -> String {
    let word = match (statement.status, statement.justification) {
        (VexStatus::Fixed, _) => VexStatus::Fixed.name(),
        (_, Some(justification)) => justification.name(),
        _ => "",
    };
    match (word, statement.impact.trim()) {
        (word, "") => word.to_owned(),
        ("", words) => words.to_owned(),
        (word, words) => format!("{word}: {words}"),
    }
}

/// Bytes of a document.
const MAX_DOCUMENT: u64 = 256 << 20;
