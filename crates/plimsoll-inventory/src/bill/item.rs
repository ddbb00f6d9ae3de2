//! One thing that a bill states, and the package that it is.
//!
//! The package URL decides; the rest of what is stated fills in what a URL cannot say. It must not
//! know the forms of bills.

use plimsoll_package::{Distribution, Package, PackageKind, Purl, SourcePackage, parse_purl};

use crate::language::{python_name, reading};

/// One thing that a bill states. What it does not say stays empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// By what the bill refers to it.
    pub(super) reference: String,
    /// Its package URL.
    pub(super) purl: String,
    /// Its name.
    pub(super) name: String,
    /// Its namespace.
    pub(super) group: String,
    /// Its version.
    pub(super) version: String,
    /// Its licence, in whatever words.
    pub(super) licence: Option<String>,
    /// Who made it.
    pub(super) supplier: Option<String>,
    /// The file that says so.
    pub(super) path: String,
    /// Whether it is only a statement of a lock file.
    pub(super) is_statement: bool,
    /// Only needed to develop or test.
    pub(super) is_development: bool,
    /// The versions that a statement allows.
    pub(super) range: Option<String>,
    /// The source package, where the bill names it outside of the package URL.
    pub(super) source: Option<SourcePackage>,
    /// The module stream, where the bill names it outside of the package URL.
    pub(super) module: Option<String>,
}

/// Why something that a bill states is no package that could be judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// It has no package URL.
    NoPurl,
    /// It has one that is none.
    BadPurl,
    /// Its type is none that is known.
    UnknownKind(String),
    /// Nobody says which version it is.
    NoVersion,
    /// Its name or version cannot be one.
    Unsound,
    /// It cannot be read at all.
    Unreadable,
}

/// The package that `item` is, and the distribution that it says it is of.
pub(super) fn package(item: &Item) -> Result<(Package, Option<Distribution>), Fault> {
    if item.purl.is_empty() {
        return Err(Fault::NoPurl);
    }
    let purl = parse_purl(&item.purl).map_err(|_| Fault::BadPurl)?;
    let Some(kind) = purl.package_kind() else {
        return Err(Fault::UnknownKind(purl.kind));
    };
    let version = version(kind, &purl, item);
    if matches!(version.as_str(), "" | "UNKNOWN" | "(devel)") {
        return Err(Fault::NoVersion);
    }
    let (namespace, name) = name(kind, &purl, item);
    if !reading::is_sound(&name, &version)
        || namespace.as_ref().is_some_and(|it| !reading::is_sound(it, &version))
    {
        return Err(Fault::Unsound);
    }
    let mut res = Package::new(kind, name, version, path(&item.path));
    res.namespace = namespace;
    res.architecture = purl.qualifiers.get("arch").and_then(|it| reading::remark(it));
    res.source = source(&purl).or_else(|| item.source.clone()).filter(|_| kind.is_system());
    res.module = module(&purl, item);
    res.licence = item.licence.as_deref().and_then(reading::remark);
    res.supplier = item.supplier.as_deref().and_then(reading::remark);
    res.installed = !item.is_statement;
    res.development = item.is_development;
    res.range = item.range.as_deref().and_then(reading::remark);
    let distribution = if kind.is_system() { distribution(&purl) } else { None };
    Ok((res, distribution))
}

/// The source package that the name of a source rpm states: `name-version-release.src.rpm`.
pub(super) fn source_rpm(file: &str) -> Option<SourcePackage> {
    let stem = file.strip_suffix(".rpm")?;
    let (stem, _) = stem.rsplit_once('.')?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let is_named = !name.is_empty() && !version.is_empty();
    is_named.then(|| SourcePackage {
        name: name.to_owned(),
        version: Some(format!("{version}-{release}")),
    })
}

/// The `ID` of os-release that other tools' name of a distribution stands for.
pub(super) fn distribution_id(name: &str) -> String {
    let name = name.trim().to_lowercase().replace(' ', "-");
    let id = match name.as_str() {
        "redhat" | "red-hat" | "red-hat-enterprise-linux" => "rhel",
        "alma" => "almalinux",
        "amazon" | "amazonlinux" | "amazon-linux" => "amzn",
        "oracle" | "oraclelinux" | "oracle-linux" => "ol",
        "suse" | "suse-linux-enterprise-server" | "suse-linux-enterprise" => "sles",
        "slem" | "suse-linux-enterprise-micro" => "sle-micro",
        "opensuse.leap" => "opensuse-leap",
        "opensuse.tumbleweed" => "opensuse-tumbleweed",
        "rockylinux" | "rocky-linux" => "rocky",
        "cbl-mariner" => "mariner",
        "azure" => "azurelinux",
        other => other,
    };
    id.to_owned()
}

/// The purl's version, with the epoch that the purl keeps apart or only the item tells.
fn version(kind: PackageKind, purl: &Purl, item: &Item) -> String {
    let stated = item.version.trim();
    let version = purl.version.as_deref().unwrap_or(stated);
    if kind == PackageKind::Golang && purl.name == "stdlib" {
        let number = version.strip_prefix("go").or_else(|| version.strip_prefix('v'));
        return number.unwrap_or(version).to_owned();
    }
    if !kind.is_system() || version.contains(':') {
        return version.to_owned();
    }
    match purl.qualifiers.get("epoch").map(String::as_str) {
        Some(epoch) if epoch.bytes().any(|it| it != b'0') => format!("{epoch}:{version}"),
        Some(_) => version.to_owned(),
        None => match stated.split_once(':') {
            Some((epoch, rest))
                if rest == version
                    && epoch.bytes().all(|it| it.is_ascii_digit())
                    && epoch.bytes().any(|it| it != b'0') =>
            {
                stated.to_owned()
            }
            _ => version.to_owned(),
        },
    }
}

/// Namespace and name. Canonical purls of some types have small letters only, where the ecosystem's
/// own names do not; then the letters that the bill writes count.
fn name(kind: PackageKind, purl: &Purl, item: &Item) -> (Option<String>, String) {
    if kind.is_system() {
        return (None, purl.name.clone());
    }
    match kind {
        PackageKind::PyPi => (None, python_name::normalize(&purl.name).into_owned()),
        PackageKind::Golang | PackageKind::Npm => {
            let canonical = match &purl.namespace {
                Some(namespace) => format!("{namespace}/{}", purl.name),
                None => purl.name.clone(),
            };
            let written = [
                written_path(&item.purl),
                format!("{}/{}", item.group, item.name),
                item.name.clone(),
            ];
            let is_other_case =
                |it: &&String| **it != canonical && it.eq_ignore_ascii_case(&canonical);
            let chosen = written.iter().find(is_other_case).unwrap_or(&canonical);
            reading::split_namespace(chosen)
        }
        _ => (purl.namespace.clone(), purl.name.clone()),
    }
}

/// Namespace and name of a package URL in the letters that it is written with.
fn written_path(purl: &str) -> String {
    let path = purl.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once('/').map_or("", |it| it.1).trim_start_matches('/');
    let path = path.rsplit_once('@').map_or(path, |it| if it.0.is_empty() { path } else { it.0 });
    path.replace("%40", "@").replace("%2F", "/").replace("%2f", "/")
}

/// The source package that the purl names: `name`, `name@version`, or a source rpm.
fn source(purl: &Purl) -> Option<SourcePackage> {
    let upstream = purl.qualifiers.get("upstream")?;
    if upstream.ends_with(".rpm") {
        return source_rpm(upstream);
    }
    let (name, version) = match upstream.split_once('@') {
        Some((name, version)) => (name, Some(version.to_owned()).filter(|it| !it.is_empty())),
        None => (upstream.as_str(), None),
    };
    (!name.is_empty()).then(|| SourcePackage { name: name.to_owned(), version })
}

/// The module stream as `name:stream`; tools write version and context behind it.
fn module(purl: &Purl, item: &Item) -> Option<String> {
    let stated = ["rpmmod", "modularitylabel"].iter().find_map(|it| purl.qualifiers.get(*it));
    let stated = stated.or(item.module.as_ref())?;
    let mut parts = stated.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| format!("{name}:{stream}"))
}

/// The distribution that the purl of a system package names, as far as it does.
fn distribution(purl: &Purl) -> Option<Distribution> {
    let namespace = distribution_id(purl.namespace.as_deref().unwrap_or_default());
    let Some(stated) = purl.qualifiers.get("distro") else {
        let of_namespace = Distribution { id: namespace, ..Distribution::default() };
        return Some(of_namespace).filter(|it| !it.id.is_empty());
    };
    let stated = stated.split_whitespace().next()?;
    let is_number = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
    let (id, version, codename) = match stated.split_once('-') {
        None if is_number(stated) => (namespace, stated, ""),
        None if distribution_id(stated) == namespace => (namespace, "", ""),
        None => (namespace, "", stated),
        Some(_) => {
            // `opensuse-leap-15.5`: the release is the last part that begins with a digit.
            let mut cuts = stated.match_indices('-').map(|it| it.0);
            let cut = cuts.find(|it| stated.get(it + 1..).is_some_and(is_number));
            match cut.and_then(|it| stated.split_at_checked(it)) {
                Some((id, version)) => (distribution_id(id), version.trim_start_matches('-'), ""),
                None => named_release(stated, &namespace),
            }
        }
    };
    let (version, codename) = (version.to_owned(), codename.to_owned());
    Some(Distribution { id, version, codename, ..Distribution::default() })
        .filter(|it| !it.id.is_empty())
}

/// `debian-trixie`, or a distribution without a release whose name has a hyphen.
fn named_release<'a>(stated: &'a str, namespace: &str) -> (String, &'a str, &'a str) {
    match stated.rsplit_once('-') {
        Some((id, codename)) if distribution_id(id) == namespace => {
            (namespace.to_owned(), "", codename)
        }
        _ => (distribution_id(stated), "", ""),
    }
}

fn path(stated: &str) -> String {
    reading::remark(stated.trim_start_matches('/')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Fault, Item, package, source_rpm};

    fn item(purl: &str) -> Item {
        Item { purl: purl.to_owned(), ..Item::default() }
    }

    #[test]
    fn purls_become_packages() {
        for (purl, expected) in [
            ("pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12", "libc6 2.36-9 debian 12"),
            ("pkg:deb/debian/login@4.13?epoch=1&distro=bookworm", "login 1:4.13 debian bookworm"),
            ("pkg:deb/debian/a@1?distro=debian-trixie", "a 1 debian trixie"),
            ("pkg:deb/debian/a@1", "a 1 debian "),
            ("pkg:rpm/redhat/a@1-2?epoch=3&distro=redhat-9.3", "a 3:1-2 rhel 9.3"),
            ("pkg:rpm/redhat/a@1-2?epoch=0&distro=rhel-9.3", "a 1-2 rhel 9.3"),
            ("pkg:rpm/opensuse/a@1-2?distro=opensuse-leap-15.5", "a 1-2 opensuse-leap 15.5"),
            ("pkg:rpm/amazon/a@1-2?distro=amazon-2%20%28Karoo%29", "a 1-2 amzn 2"),
            ("pkg:apk/alpine/a@1-r0?distro=3.18.4", "a 1-r0 alpine 3.18.4"),
            ("pkg:apk/wolfi/a@1-r0?distro=wolfi", "a 1-r0 wolfi "),
            ("pkg:golang/github.com/Azure/azure-sdk@v1.0.0", "github.com/Azure/azure-sdk v1.0.0"),
            ("pkg:golang/stdlib@go1.22.3", "stdlib 1.22.3"),
            ("pkg:npm/%40scope/name@1.0.0", "@scope/name 1.0.0"),
            ("pkg:pypi/Zope.Interface@5", "zope-interface 5"),
            ("pkg:maven/org.apache/log4j@2", "org.apache:log4j 2"),
        ] {
            let (package, distribution) = package(&item(purl)).unwrap();
            let mut res = format!("{} {}", package.full_name(), package.version);
            if let Some(it) = distribution {
                res = format!("{res} {} {}{}", it.id, it.version, it.codename);
            }
            assert_eq!(res, expected, "{purl}");
        }
    }

    #[test]
    fn what_is_no_package_is_told_why() {
        for (purl, expected) in [
            ("", Fault::NoPurl),
            ("cpe:2.3:a:b", Fault::BadPurl),
            ("pkg:bitnami/redis@7", Fault::UnknownKind("bitnami".to_owned())),
            ("pkg:npm/a", Fault::NoVersion),
            ("pkg:golang/a.example/b@%28devel%29", Fault::NoVersion),
            ("pkg:npm/a%0Ab@1", Fault::Unsound),
        ] {
            assert_eq!(package(&item(purl)).unwrap_err(), expected, "{purl}");
        }
    }

    #[test]
    fn the_letters_and_the_epoch_of_the_bill_count() {
        let mut it = item("pkg:npm/jsonstream@1.3.5");
        it.name = "JSONStream".to_owned();
        assert_eq!(package(&it).unwrap().0.name, "JSONStream");
        let mut it = item("pkg:deb/debian/login@4.13");
        it.version = "1:4.13".to_owned();
        assert_eq!(package(&it).unwrap().0.version, "1:4.13");
        it.version = "1:4.14".to_owned();
        assert_eq!(package(&it).unwrap().0.version, "4.13");
    }

    #[test]
    fn sources_and_modules() {
        for (qualifiers, expected) in [
            ("upstream=glibc", "glibc "),
            ("upstream=gcc-12%4012.2.0-14", "gcc-12 12.2.0-14"),
            ("upstream=openssl-3.0.7-25.el9.src.rpm", "openssl 3.0.7-25.el9"),
        ] {
            let it = package(&item(&format!("pkg:rpm/rhel/a@1-1?{qualifiers}"))).unwrap().0;
            let source = it.source.unwrap();
            let version = source.version.unwrap_or_default();
            assert_eq!(format!("{} {version}", source.name), expected);
        }
        assert_eq!(source_rpm("a.src.rpm"), None);
        let it = item("pkg:rpm/rhel/nodejs@1-1?rpmmod=nodejs:18:8060020:ad008a3a");
        assert_eq!(package(&it).unwrap().0.module.as_deref(), Some("nodejs:18"));
    }
}
