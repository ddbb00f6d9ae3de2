//! VEX: what somebody who knows a product says about a vulnerability in it.
//!
//! The model, and whether a statement speaks of a package in an image. It must not know any format
//! of documents, nor what a policy makes of a statement.

use crate::purl::Purl;

/// One statement of one document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VexStatement {
    /// The vulnerability's id.
    pub vulnerability: String,
    /// Other names of the same vulnerability.
    pub aliases: Vec<String>,
    /// What the statement speaks of. Without any it speaks of nothing.
    pub products: Vec<VexProduct>,
    /// What it says.
    pub status: VexStatus,
    /// Why the product is not affected, in the words of a standard.
    pub justification: Option<VexJustification>,
    /// Why the product is not affected, in somebody's own words.
    pub impact: String,
    /// What to do about it.
    pub action: String,
    /// When it was said, as seconds since 1970; 0 is not known.
    pub when: i64,
    /// Who said it, or the document where it stands.
    pub origin: String,
}

/// A product, and the parts of it that a statement is limited to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VexProduct {
    /// The names of the product, any of which is enough.
    pub names: Vec<VexName>,
    /// The parts, each by the names it goes by; without any, the whole product is meant.
    pub subcomponents: Vec<Vec<VexName>>,
}

/// A name of a product or of a part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VexName {
    /// A package URL; what it leaves out may be anything.
    Purl(Purl),
    /// A digest, as `algorithm:hexadecimal`.
    Digest(String),
    /// A name in no system: an image reference, or a package as its ecosystem writes it.
    Name(String),
}

/// What a statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VexStatus {
    /// Not affected.
    NotAffected,
    /// Affected.
    Affected,
    /// Was affected, and is fixed.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

/// Why a product is not affected: OpenVEX's and CSAF's five reasons, then those which only
/// CycloneDX has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VexJustification {
    /// The component is not in the product.
    ComponentNotPresent,
    /// The component is, its vulnerable code is not.
    VulnerableCodeNotPresent,
    /// The vulnerable code is never run.
    VulnerableCodeNotInExecutePath,
    /// Nobody hostile can steer the vulnerable code.
    VulnerableCodeCannotBeControlledByAdversary,
    /// The product protects itself already.
    InlineMitigationsAlreadyExist,
    /// Only with a configuration that the product does not have.
    RequiresConfiguration,
    /// Only with a dependency that the product does not have.
    RequiresDependency,
    /// Only in an environment that the product does not run in.
    RequiresEnvironment,
    /// A compiler's switch prevents it.
    ProtectedByCompiler,
    /// Something prevents it at run time.
    ProtectedAtRuntime,
    /// Something prevents it at the border of the network.
    ProtectedAtPerimeter,
    /// Some other control prevents it.
    ProtectedByMitigatingControl,
}

/// What is asked about: a package in an image.
#[derive(Clone, Copy, Debug)]
pub struct VexSubject<'a> {
    /// Every name of the vulnerability.
    pub vulnerability: &'a [String],
    /// The package.
    pub package: &'a Purl,
    /// The package's name, as [`crate::Package::full_name`] gives it.
    pub package_name: &'a str,
    /// Digests of the package's file, where it has one.
    pub package_digests: &'a [String],
    /// The image's names: purls of type `oci` or `docker`, digests, references.
    pub image: &'a [VexName],
}

impl VexStatement {
    /// Whether the statement speaks of the subject.
    pub fn speaks_of(&self, subject: &VexSubject<'_>) -> bool {
        let is_it = |name: &String| {
            let is_known = |it: &String| it.eq_ignore_ascii_case(name);
            !name.is_empty() && subject.vulnerability.iter().any(is_known)
        };
        let names_it = is_it(&self.vulnerability) || self.aliases.iter().any(is_it);
        names_it && self.products.iter().any(|it| it.includes(subject))
    }

    /// Whether it says that nothing is to be done.
    pub fn is_clearing(&self) -> bool {
        matches!(self.status, VexStatus::NotAffected | VexStatus::Fixed)
    }

    /// Whether it says why, where its status needs that: a bare `not affected` is a claim.
    pub fn is_reasoned(&self) -> bool {
        self.status != VexStatus::NotAffected
            || self.justification.is_some()
            || !self.impact.trim().is_empty()
    }
}

/// The statement that holds for a subject: the latest; of several from one moment, the last.
pub fn effective_statement<'a>(
    statements: impl IntoIterator<Item = &'a VexStatement>,
    subject: &VexSubject<'_>,
) -> Option<&'a VexStatement> {
    let speaking = statements.into_iter().filter(|it| it.speaks_of(subject));
    speaking.max_by_key(|it| it.when)
}

impl VexProduct {
    /// Either the product is the package itself, or it is the image and the package one of the
    /// parts that are meant.
    fn includes(&self, subject: &VexSubject<'_>) -> bool {
        let is_package = |names: &[VexName]| names.iter().any(|it| it.is_package(subject));
        let is_image = self.names.iter().any(|it| subject.image.iter().any(|own| it.is_image(own)));
        if is_image {
            return self.subcomponents.is_empty()
                || self.subcomponents.iter().any(|it| is_package(it));
        }
        // A bare name could be any ecosystem's; only as a part of this very image it is enough.
        let is_product = self.names.iter().any(|it| match it {
            VexName::Purl(_) | VexName::Digest(_) => it.is_package(subject),
            VexName::Name(_) => false,
        });
        is_product && self.subcomponents.is_empty()
    }
}

impl VexName {
    fn is_image(&self, own: &Self) -> bool {
        match (self, own) {
            (Self::Purl(stated), Self::Purl(own)) => stated.includes(own),
            (Self::Digest(stated), Self::Digest(own)) => stated.eq_ignore_ascii_case(own),
            (Self::Name(stated), Self::Name(own)) => stated == own,
            _ => false,
        }
    }

    fn is_package(&self, subject: &VexSubject<'_>) -> bool {
        match self {
            Self::Purl(stated) => stated.includes(subject.package),
            Self::Digest(stated) => {
                subject.package_digests.iter().any(|it| it.eq_ignore_ascii_case(stated))
            }
            Self::Name(stated) => match stated.strip_prefix(subject.package_name) {
                Some("") => !stated.is_empty(),
                Some(rest) => {
                    let version = subject.package.version.as_deref();
                    rest.strip_prefix('@').is_some_and(|it| Some(it) == version)
                }
                None => false,
            },
        }
    }
}

impl VexStatus {
    /// OpenVEX's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    /// The status that a word of OpenVEX, CSAF or CycloneDX means.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "not_affected" | "known_not_affected" | "false_positive" => Some(Self::NotAffected),
            "affected" | "known_affected" | "first_affected" | "last_affected" | "exploitable" => {
                Some(Self::Affected)
            }
            "fixed" | "first_fixed" | "resolved" | "resolved_with_pedigree" => Some(Self::Fixed),
            "under_investigation" | "in_triage" => Some(Self::UnderInvestigation),
            _ => None,
        }
    }
}

impl VexJustification {
    /// Every justification with its word in OpenVEX and CSAF, or in CycloneDX where only that has
    /// one; then CycloneDX's other words for the first ones.
    const WORDS: &[(Self, &str)] = &[
        (Self::ComponentNotPresent, "component_not_present"),
        (Self::VulnerableCodeNotPresent, "vulnerable_code_not_present"),
        (Self::VulnerableCodeNotInExecutePath, "vulnerable_code_not_in_execute_path"),
        (
            Self::VulnerableCodeCannotBeControlledByAdversary,
            "vulnerable_code_cannot_be_controlled_by_adversary",
        ),
        (Self::InlineMitigationsAlreadyExist, "inline_mitigations_already_exist"),
        (Self::RequiresConfiguration, "requires_configuration"),
        (Self::RequiresDependency, "requires_dependency"),
        (Self::RequiresEnvironment, "requires_environment"),
        (Self::ProtectedByCompiler, "protected_by_compiler"),
        (Self::ProtectedAtRuntime, "protected_at_runtime"),
        (Self::ProtectedAtPerimeter, "protected_at_perimeter"),
        (Self::ProtectedByMitigatingControl, "protected_by_mitigating_control"),
        (Self::VulnerableCodeNotPresent, "code_not_present"),
        (Self::VulnerableCodeNotInExecutePath, "code_not_reachable"),
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }

    /// The justification that a word of OpenVEX, CSAF or CycloneDX means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|it| it.1 == word).map(|it| it.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        VexJustification, VexName, VexProduct, VexStatement, VexStatus, VexSubject,
        effective_statement,
    };
    use crate::purl::{Purl, parse_purl};

    const DIGEST: &str = "sha256:0a1b";

    fn purl(text: &str) -> Purl {
        parse_purl(text).unwrap()
    }

    /// `pkg:…` is a purl, `sha256:…` a digest, everything else a name.
    fn name(text: &str) -> VexName {
        match parse_purl(text) {
            Ok(purl) => VexName::Purl(purl),
            Err(_) if text.starts_with("sha256:") => VexName::Digest(text.to_owned()),
            Err(_) => VexName::Name(text.to_owned()),
        }
    }

    fn statement(status: VexStatus, when: i64, product: &str, parts: &[&str]) -> VexStatement {
        VexStatement {
            vulnerability: "CVE-2024-1".to_owned(),
            aliases: vec!["GHSA-1".to_owned()],
            products: vec![VexProduct {
                names: vec![name(product)],
                subcomponents: parts.iter().map(|it| vec![name(it)]).collect(),
            }],
            status,
            justification: None,
            impact: String::new(),
            action: String::new(),
            when,
            origin: String::new(),
        }
    }

    fn ask<T>(vulnerability: &str, answer: impl FnOnce(&VexSubject<'_>) -> T) -> T {
        let vulnerability = [vulnerability.to_owned(), "OTHER-1".to_owned()];
        let package = purl("pkg:deb/debian/curl@7.88-1?arch=amd64&distro=debian-12");
        let image = [
            name("pkg:oci/app@sha256:0a1b?repository_url=ghcr.io/acme/app"),
            name(DIGEST),
            name("ghcr.io/acme/app:1"),
        ];
        answer(&VexSubject {
            vulnerability: &vulnerability,
            package: &package,
            package_name: "curl",
            package_digests: &["sha256:ffff".to_owned()],
            image: &image,
        })
    }

    #[test]
    fn statements_speak_of_what_they_name() {
        let cases: &[(&str, &[&str], bool)] = &[
            ("pkg:deb/debian/curl@7.88-1", &[], true),
            ("pkg:deb/debian/curl", &[], true),
            ("pkg:deb/debian/curl@7.88-2", &[], false),
            ("pkg:deb/ubuntu/curl", &[], false),
            ("pkg:deb/debian/curl?arch=arm64", &[], false),
            ("sha256:FFFF", &[], true),
            ("curl", &[], false),
            ("pkg:oci/app", &[], true),
            ("pkg:oci/app@sha256:0a1b", &["pkg:deb/debian/curl"], true),
            ("pkg:oci/app@sha256:0a1b", &["pkg:deb/debian/wget", "pkg:deb/debian/curl"], true),
            ("pkg:oci/app@sha256:0a1b", &["pkg:deb/debian/wget"], false),
            ("pkg:oci/app@sha256:ffff", &["pkg:deb/debian/curl"], false),
            ("sha256:0A1B", &["curl"], true),
            ("sha256:0a1b", &["curl@7.88-1"], true),
            ("sha256:0a1b", &["curl@7.88-2"], false),
            ("sha256:0a1b", &["curlier"], false),
            ("ghcr.io/acme/app:1", &[], true),
            ("ghcr.io/acme/app", &[], false),
            // Something else that contains the package is not this image.
            ("pkg:deb/debian/curl", &["pkg:deb/debian/zlib"], false),
        ];
        for (product, parts, expected) in cases {
            let statement = statement(VexStatus::NotAffected, 0, product, parts);
            let answer = ask("cve-2024-1", |it| statement.speaks_of(it));
            assert_eq!(answer, *expected, "{product} {parts:?}");
        }
    }

    #[test]
    fn statements_speak_of_their_vulnerability_only() {
        let mut statement = statement(VexStatus::Fixed, 0, DIGEST, &[]);
        assert!(ask("GHSA-1", |it| statement.speaks_of(it)));
        assert!(!ask("CVE-2024-2", |it| statement.speaks_of(it)));
        statement.vulnerability = String::new();
        statement.aliases.clear();
        assert!(!ask("", |it| statement.speaks_of(it)));
        statement.vulnerability = "OTHER-1".to_owned();
        statement.products.clear();
        assert!(!ask("", |it| statement.speaks_of(it)));
    }

    #[test]
    fn the_latest_statement_holds() {
        let statements = [
            statement(VexStatus::UnderInvestigation, 1, DIGEST, &[]),
            statement(VexStatus::Affected, 3, DIGEST, &[]),
            statement(VexStatus::NotAffected, 3, DIGEST, &[]),
            statement(VexStatus::Affected, 2, DIGEST, &[]),
            statement(VexStatus::Affected, 9, "sha256:other", &[]),
        ];
        let status = |n: usize| ask("CVE-2024-1", |it| effective_statement(&statements[..n], it));
        assert_eq!(status(0), None);
        assert_eq!(status(2).map(|it| it.status), Some(VexStatus::Affected));
        assert_eq!(status(5).map(|it| it.status), Some(VexStatus::NotAffected));
    }

    #[test]
    fn a_claim_needs_a_reason() {
        let mut statement = statement(VexStatus::NotAffected, 0, DIGEST, &[]);
        assert!(statement.is_clearing() && !statement.is_reasoned());
        statement.impact = "the code is not built".to_owned();
        assert!(statement.is_reasoned());
        statement.status = VexStatus::Affected;
        assert!(!statement.is_clearing());
    }

    #[test]
    fn words_are_understood() {
        for status in [
            VexStatus::NotAffected,
            VexStatus::Affected,
            VexStatus::Fixed,
            VexStatus::UnderInvestigation,
        ] {
            assert_eq!(VexStatus::parse(status.name()), Some(status));
        }
        assert_eq!(VexStatus::parse("in_triage"), Some(VexStatus::UnderInvestigation));
        assert_eq!(VexStatus::parse("unheard_of"), None);
        for (justification, word) in VexJustification::WORDS {
            assert_eq!(VexJustification::parse(word), Some(*justification));
            assert_eq!(VexJustification::parse(justification.name()), Some(*justification));
        }
    }
}
