//! Package URLs (the purl specification): one name for a package in every format.
//!
//! A purl that is read is brought into its canonical form, so that two of them can be compared
//! part by part. It must not know where purls come from.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use crate::{
    distribution::Distribution,
    package::{Package, PackageKind},
};

/// Real purls stay under 500 bytes.
const MAX_LENGTH: usize = 8_192;

/// Real purls have no more than ten.
const MAX_QUALIFIERS: usize = 64;

/// A package URL in its canonical form; parts are decoded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    /// The type, lower case: `deb`, `npm`, `oci`. Not every type is a [`PackageKind`].
    pub kind: String,
    /// The namespace, its segments with `/` between them.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// Qualifiers by their key.
    pub qualifiers: BTreeMap<String, String>,
    /// The path inside the package, its segments with `/` between them.
    pub subpath: Option<String>,
}

/// Why a text is no package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PurlError {
    /// It is longer than any purl should be.
    TooLong,
    /// It has more qualifiers than any purl should have.
    TooManyQualifiers,
    /// It does not begin with `pkg:`.
    NotAPurl,
    /// The type is missing or has characters that no type may have.
    BadType,
    /// The name is missing.
    NoName,
    /// A qualifier's key has characters that no key may have, or stands twice.
    BadQualifier,
    /// A percent sign is not followed by two hexadecimal digits, or they give no UTF-8, or
    /// a separator inside a segment.
    BadEncoding,
}

impl fmt::Display for PurlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLong => "the package URL is too long",
            Self::TooManyQualifiers => "the package URL has too many qualifiers",
            Self::NotAPurl => "a package URL begins with `pkg:`",
            Self::BadType => "the package URL has no valid type",
            Self::NoName => "the package URL has no name",
            Self::BadQualifier => "the package URL has a malformed or repeated qualifier",
            Self::BadEncoding => "the package URL has a malformed percent-encoding",
        })
    }
}

impl std::error::Error for PurlError {}

/// The package URL of a package; the distribution is the one it is installed in.
pub fn purl(package: &Package, distribution: Option<&Distribution>) -> String {
    Purl::of(package, distribution).to_string()
}

/// Reads a package URL.
pub fn parse_purl(text: &str) -> Result<Purl, PurlError> {
    if text.len() > MAX_LENGTH {
        return Err(PurlError::TooLong);
    }
    let (rest, subpath) = split_last(text.trim(), '#');
    let (rest, qualifiers) = split_last(rest, '?');
    let (scheme, rest) = rest.split_once(':').ok_or(PurlError::NotAPurl)?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(PurlError::NotAPurl);
    }
    let (kind, rest) = rest.trim_matches('/').split_once('/').ok_or(PurlError::NoName)?;
    let kind = parse_kind(kind)?;
    let (path, version) = split_version(rest.trim_start_matches('/'));
    let (namespace, name) = split_name(path);
    let mut res = Purl {
        kind,
        namespace: decode_path(namespace, |_| true)?,
        name: decode(name)?.into_owned(),
        version: decode_optional(version)?,
        qualifiers: parse_qualifiers(qualifiers)?,
        subpath: decode_path(subpath, |it| it != "." && it != "..")?,
    };
    if res.name.is_empty() {
        return Err(PurlError::NoName);
    }
    res.normalize();
    Ok(res)
}

impl Purl {
    /// The package URL of a package; the distribution is the one it is installed in.
    pub fn of(package: &Package, distribution: Option<&Distribution>) -> Self {
        let kind = package.kind;
        let distribution = distribution.filter(|it| kind.is_system() && !it.id.is_empty());
        let namespace = match distribution {
            Some(distribution) => Some(system_namespace(kind, distribution).to_owned()),
            None => package.namespace.clone().filter(|it| !it.is_empty()),
        };
        let (epoch, version) = split_epoch(kind, &package.version);
        let qualifiers = [
            ("arch", package.architecture.clone()),
            ("distro", distribution.map(distro_qualifier)),
            ("epoch", epoch.map(str::to_owned)),
            ("upstream", upstream_qualifier(package)),
        ];
        let mut res = Self {
            kind: kind.name().to_owned(),
            namespace,
            name: package.name.clone(),
            version: Some(version.to_owned()).filter(|it| !it.is_empty()),
            qualifiers: qualifiers
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)))
                .filter(|it| !it.1.is_empty())
                .collect(),
            subpath: None,
        };
        res.normalize();
        res
    }

    /// The kind of package that the type names.
    pub fn package_kind(&self) -> Option<PackageKind> {
        PackageKind::parse(&self.kind)
    }

    /// Whether another purl names the same package or one that this one includes: type, namespace
    /// and name are the same, and so is each further part that this one has.
    pub fn includes(&self, other: &Self) -> bool {
        let is_same_name = (&self.kind, &self.namespace, &self.name)
            == (&other.kind, &other.namespace, &other.name);
        is_same_name
            && self.version.as_ref().is_none_or(|it| other.version.as_ref() == Some(it))
            && self.qualifiers.iter().all(|(key, value)| other.qualifiers.get(key) == Some(value))
            && self.subpath.as_ref().is_none_or(|it| other.subpath.as_ref() == Some(it))
    }

    /// The rules of each type about letters' case and about hyphens.
    fn normalize(&mut self) {
        let is_lower_namespace = matches!(
            self.kind.as_str(),
            "deb"
                | "apk"
                | "rpm"
                | "alpm"
                | "npm"
                | "golang"
                | "composer"
                | "github"
                | "bitbucket"
                | "gitlab"
                | "hex"
                | "qpkg"
        );
        if is_lower_namespace && let Some(namespace) = &mut self.namespace {
            *namespace = namespace.to_lowercase();
        }
        match self.kind.as_str() {
            "deb" | "apk" | "alpm" | "npm" | "golang" | "composer" | "github" | "bitbucket"
            | "gitlab" | "hex" | "pub" | "oci" | "bitnami" => self.name = self.name.to_lowercase(),
            "pypi" => self.name = self.name.to_lowercase().replace('_', "-"),
            _ => {}
        }
        if self.kind == "pub" {
            self.name = self.name.replace('-', "_");
        }
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "pkg:{}/", self.kind)?;
        for segment in segments(self.namespace.as_deref()) {
            write!(formatter, "{}/", Encoded(segment))?;
        }
        write!(formatter, "{}", Encoded(&self.name))?;
        if let Some(version) = &self.version {
            write!(formatter, "@{}", Encoded(version))?;
        }
        for (index, (key, value)) in self.qualifiers.iter().enumerate() {
            let mark = if index == 0 { '?' } else { '&' };
            write!(formatter, "{mark}{key}={}", Encoded(value))?;
        }
        for (index, segment) in segments(self.subpath.as_deref()).enumerate() {
            let mark = if index == 0 { '#' } else { '/' };
            write!(formatter, "{mark}{}", Encoded(segment))?;
        }
        Ok(())
    }
}

fn segments(path: Option<&str>) -> impl Iterator<Item = &str> {
    path.unwrap_or_default().split('/').filter(|it| !it.is_empty())
}

/// Text in which everything but letters, digits, `.`, `-`, `_`, `~` and `:` is percent-encoded.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || ".-_~:".contains(it);
        for letter in self.0.chars() {
            if is_plain(letter) {
                write!(formatter, "{letter}")?;
            } else {
                for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                    write!(formatter, "%{byte:02X}")?;
                }
            }
        }
        Ok(())
    }
}

/// The namespace of a system package is the vendor's name, which is not always the `ID`.
fn system_namespace(kind: PackageKind, distribution: &Distribution) -> &str {
    match (kind, distribution.id.as_str()) {
        (PackageKind::Rpm, "rhel") => "redhat",
        (PackageKind::Rpm, it) if it.starts_with("opensuse") => "opensuse",
        (PackageKind::Rpm, it) if it.starts_with("sle") => "suse",
        (_, id) => id,
    }
}

/// `debian-12`; a release without a number goes by its codename.
fn distro_qualifier(distribution: &Distribution) -> String {
    let id = &distribution.id;
    match (distribution.version.as_str(), distribution.codename.as_str()) {
        ("", "") => id.clone(),
        ("", codename) => format!("{id}-{codename}"),
        (version, _) => format!("{id}-{version}"),
    }
}

/// rpm's epoch is a qualifier; dpkg's and pacman's stay in the version.
fn split_epoch(kind: PackageKind, version: &str) -> (Option<&str>, &str) {
    match version.split_once(':') {
        Some((epoch, rest)) if kind == PackageKind::Rpm => {
            (Some(epoch).filter(|it| !it.bytes().all(|it| it == b'0')), rest)
        }
        _ => (None, version),
    }
}

/// The source package, where it is not called or numbered like the package itself.
fn upstream_qualifier(package: &Package) -> Option<String> {
    let source = package.source.as_ref().filter(|_| package.kind.is_system())?;
    match source.version.as_deref().filter(|it| *it != package.version) {
        Some(version) => Some(format!("{}@{version}", source.name)),
        None if source.name != package.name => Some(source.name.clone()),
        None => None,
    }
}

/// What stands before the last mark, and what stands after it; all and nothing without one.
fn split_last(text: &str, mark: char) -> (&str, &str) {
    text.rsplit_once(mark).unwrap_or((text, ""))
}

fn parse_kind(kind: &str) -> Result<String, PurlError> {
    let is_letter = |it: char| it.is_ascii_alphanumeric() || ".+-".contains(it);
    let begins_well = kind.starts_with(|it: char| it.is_ascii_alphabetic());
    if begins_well && kind.chars().all(is_letter) {
        Ok(kind.to_ascii_lowercase())
    } else {
        Err(PurlError::BadType)
    }
}

/// An `@` that begins a segment is a scope which somebody forgot to encode.
fn split_version(path: &str) -> (&str, &str) {
    match path.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() && !path.ends_with('/') => (path, version),
        _ => (path, ""),
    }
}

fn split_name(path: &str) -> (&str, &str) {
    path.trim_end_matches('/').rsplit_once('/').unwrap_or(("", path.trim_end_matches('/')))
}

fn parse_qualifiers(text: &str) -> Result<BTreeMap<String, String>, PurlError> {
    let mut res = BTreeMap::new();
    for part in text.split('&').filter(|it| !it.is_empty()) {
        let (key, value) = part.split_once('=').ok_or(PurlError::BadQualifier)?;
        let is_letter = |it: char| it.is_ascii_alphanumeric() || ".-_".contains(it);
        let begins_well = key.starts_with(|it: char| it.is_ascii_alphabetic());
        if !begins_well || !key.chars().all(is_letter) {
            return Err(PurlError::BadQualifier);
        }
        if value.is_empty() {
            continue;
        }
        if res.len() >= MAX_QUALIFIERS {
            return Err(PurlError::TooManyQualifiers);
        }
        let value = decode(value)?.into_owned();
        if res.insert(key.to_ascii_lowercase(), value).is_some() {
            return Err(PurlError::BadQualifier);
        }
    }
    Ok(res)
}

fn decode_optional(text: &str) -> Result<Option<String>, PurlError> {
    Ok(Some(decode(text)?.into_owned()).filter(|it| !it.is_empty()))
}

fn decode_path(text: &str, keeps: impl Fn(&str) -> bool) -> Result<Option<String>, PurlError> {
    let mut res = String::new();
    for segment in segments(Some(text)) {
        let segment = decode(segment)?;
        if segment.contains('/') {
            return Err(PurlError::BadEncoding);
        }
        if segment.is_empty() || !keeps(&segment) {
            continue;
        }
        if !res.is_empty() {
            res.push('/');
        }
        res.push_str(&segment);
    }
    Ok(Some(res).filter(|it| !it.is_empty()))
}

fn decode(text: &str) -> Result<Cow<'_, str>, PurlError> {
    let mut parts = text.split('%');
    let head = parts.next().unwrap_or_default();
    if head.len() == text.len() {
        return Ok(Cow::Borrowed(text));
    }
    let mut res = head.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).ok_or(PurlError::BadEncoding)?;
        if !code.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Err(PurlError::BadEncoding);
        }
        res.push(u8::from_str_radix(code, 16).map_err(|_| PurlError::BadEncoding)?);
        res.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(res).map(Cow::Owned).map_err(|_| PurlError::BadEncoding)
}

#[cfg(test)]
mod tests {
    use super::{PurlError, parse_purl, purl};
    use crate::{
        distribution::Distribution,
        package::{Package, PackageKind, SourcePackage},
    };

    fn distribution(id: &str, version: &str, codename: &str) -> Distribution {
        Distribution {
            id: id.to_owned(),
            version: version.to_owned(),
            codename: codename.to_owned(),
            ..Distribution::default()
        }
    }

    fn package(kind: PackageKind, namespace: &str, name: &str, version: &str) -> Package {
        let mut res = Package::new(kind, name, version, "");
        res.namespace = Some(namespace.to_owned()).filter(|it| !it.is_empty());
        res
    }

    #[test]
    fn language_packages_have_purls_by_the_rules_of_their_type() {
        use PackageKind as K;
        let cases = [
            (K::Npm, "@angular", "Core", "1.2.3+x", "pkg:npm/%40angular/core@1.2.3%2Bx"),
            (K::Npm, "", "left-pad", "", "pkg:npm/left-pad"),
            (K::PyPi, "", "Typing_Extensions", "4.0", "pkg:pypi/typing-extensions@4.0"),
            (
                K::Golang,
                "github.com/Masterminds/semver",
                "v3",
                "v3.2.1",
                "pkg:golang/github.com/masterminds/semver/v3@v3.2.1",
            ),
            (K::Golang, "", "stdlib", "1.21.3", "pkg:golang/stdlib@1.21.3"),
            (K::Maven, "org.Apache", "Core", "1", "pkg:maven/org.Apache/Core@1"),
            (K::Composer, "Symfony", "HTTP", "v1", "pkg:composer/symfony/http@v1"),
            (K::NuGet, "", "Newtonsoft.Json", "13.0.1", "pkg:nuget/Newtonsoft.Json@13.0.1"),
            (
                K::Swift,
                "github.com/Alamofire",
                "Alamofire",
                "5.4.3",
                "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
            ),
            (K::Generic, "", "a b/ü", "1", "pkg:generic/a%20b%2F%C3%BC@1"),
        ];
        for (kind, namespace, name, version, expected) in cases {
            let package = package(kind, namespace, name, version);
            // The distribution is none of a language package's business.
            let around = distribution("debian", "12", "");
            assert_eq!(purl(&package, Some(&around)), expected);
        }
    }

    #[test]
    fn system_packages_say_where_they_are_from() {
        let mut curl = package(PackageKind::Deb, "", "libcurl4", "1:7.88.1-10+deb12u5");
        curl.architecture = Some("amd64".to_owned());
        curl.source = Some(SourcePackage { name: "curl".to_owned(), version: None });
        assert_eq!(
            purl(&curl, Some(&distribution("debian", "12", "bookworm"))),
            "pkg:deb/debian/libcurl4@1:7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12&upstream=curl",
        );
        assert_eq!(
            purl(&curl, Some(&distribution("debian", "", "forky"))),
            "pkg:deb/debian/libcurl4@1:7.88.1-10%2Bdeb12u5\
             ?arch=amd64&distro=debian-forky&upstream=curl",
        );
        let mut dbus = package(PackageKind::Rpm, "", "dbus", "1:1.12.20-8.el9");
        dbus.source =
            Some(SourcePackage { name: "dbus".to_owned(), version: Some("1.12.20-8".to_owned()) });
        assert_eq!(
            purl(&dbus, Some(&distribution("rhel", "9.4", ""))),
            "pkg:rpm/redhat/dbus@1.12.20-8.el9?distro=rhel-9.4&epoch=1&upstream=dbus%401.12.20-8",
        );
        let bash = package(PackageKind::Rpm, "", "bash", "0:5.1-6");
        assert_eq!(purl(&bash, None), "pkg:rpm/bash@5.1-6");
        let musl = package(PackageKind::Apk, "", "musl", "1.2.5-r0");
        assert_eq!(
            purl(&musl, Some(&distribution("alpine", "3.20.1", ""))),
            "pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.1",
        );
    }

    #[test]
    fn purls_are_brought_into_canonical_form() {
        let cases = [
            ("pkg:npm/%40angular/core@1.2.3", "pkg:npm/%40angular/core@1.2.3"),
            ("pkg:npm/@angular/core@1.2.3", "pkg:npm/%40angular/core@1.2.3"),
            ("pkg:npm/@angular/core", "pkg:npm/%40angular/core"),
            ("PKG://NPM//Left-Pad@1", "pkg:npm/left-pad@1"),
            ("pkg:pypi/Typing_Extensions", "pkg:pypi/typing-extensions"),
            (
                "pkg:deb/Debian/Curl@1%3A7?Distro=debian-12&arch=&Arch2=x",
                "pkg:deb/debian/curl@1:7?arch2=x&distro=debian-12",
            ),
            (
                "pkg:golang/Google.golang.org/genproto#/googleapis/../api/",
                "pkg:golang/google.golang.org/genproto#googleapis/api",
            ),
            (
                "pkg:oci/app@sha256:0a1b?repository_url=ghcr.io/acme/app&tag=1",
                "pkg:oci/app@sha256:0a1b?repository_url=ghcr.io%2Facme%2Fapp&tag=1",
            ),
            ("pkg:maven/g/a@1.0%20x?classifier=a%26b", "pkg:maven/g/a@1.0%20x?classifier=a%26b"),
        ];
        for (text, expected) in cases {
            let canonical = parse_purl(text).map(|it| it.to_string());
            assert_eq!(canonical.as_deref(), Ok(expected), "{text}");
            assert_eq!(parse_purl(expected).map(|it| it.to_string()), canonical);
        }
    }

    #[test]
    fn what_is_no_purl_is_refused() {
        let cases = [
            ("", PurlError::NotAPurl),
            ("npm/left-pad", PurlError::NotAPurl),
            ("http://example.org/x", PurlError::NotAPurl),
            ("pkg:npm", PurlError::NoName),
            ("pkg:npm/", PurlError::NoName),
            ("pkg:npm/a%2Fb/c", PurlError::BadEncoding),
            ("pkg:1npm/x", PurlError::BadType),
            ("pkg:n_m/x", PurlError::BadType),
            ("pkg:npm/x?a", PurlError::BadQualifier),
            ("pkg:npm/x?a=1&A=2", PurlError::BadQualifier),
            ("pkg:npm/x?=1", PurlError::BadQualifier),
            ("pkg:npm/x%", PurlError::BadEncoding),
            ("pkg:npm/x%+1", PurlError::BadEncoding),
            ("pkg:npm/x%ff", PurlError::BadEncoding),
            ("pkg:npm/x%é1", PurlError::BadEncoding),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_purl(text), Err(expected), "{text}");
        }
        let long = format!("pkg:npm/{}", "x".repeat(10_000));
        assert_eq!(parse_purl(&long), Err(PurlError::TooLong));
        let many: Vec<_> = (0..100).map(|it| format!("k{it}=v")).collect();
        let many = parse_purl(&format!("pkg:npm/x?{}", many.join("&")));
        assert_eq!(many, Err(PurlError::TooManyQualifiers));
    }

    #[test]
    fn a_purl_includes_what_is_said_more_closely() {
        let cases = [
            ("pkg:npm/a", "pkg:npm/a@1?x=y", true),
            ("pkg:npm/a@1", "pkg:npm/a@1?x=y", true),
            ("pkg:npm/a@1?x=y", "pkg:npm/a@1", false),
            ("pkg:npm/a@1", "pkg:npm/a@2", false),
            ("pkg:npm/a@1", "pkg:npm/a", false),
            ("pkg:npm/a", "pkg:npm/%40b/a", false),
            ("pkg:npm/a", "pkg:gem/a", false),
        ];
        for (general, special, expected) in cases {
            let (a, b) = (parse_purl(general).unwrap(), parse_purl(special).unwrap());
            assert_eq!(a.includes(&b), expected, "{general} {special}");
        }
    }
}
