//! Maven's `pom.xml`: the project itself and what it needs, as far as the file alone tells.
//!
//! Parents and imported lists of versions are other files, most of them in a repository far away;
//! a dependency whose version stands there is left out.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use plimsoll_package::{Dependency, Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, is_below},
        reading::{keep, read_text, stated},
        xml::{Element, parse_xml},
    },
};

/// Maven's project file.
pub(crate) const FORMAT: Format = Format {
    name: "maven-pom",
    files: Files::named(&["pom.xml"]).or_ending(&["-pom.xml", ".pom.xml"]).within(is_own),
    read,
};

/// Properties within properties are followed this deep.
const MAX_SUBSTITUTIONS: usize = 16;
/// No text with properties put in grows longer.
const MAX_SUBSTITUTED: usize = 1_024;

/// What an unpacked archive keeps in `META-INF` is said by its `pom.properties`.
fn is_own(path: &str) -> bool {
    !is_below(path, "META-INF")
}

/// What a project calls itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Coordinates {
    /// Group, its own or its parent's.
    pub(crate) group: Option<String>,
    /// Artifact.
    pub(crate) artifact: Option<String>,
    /// Version, its own or its parent's.
    pub(crate) version: Option<String>,
    /// Names of licences.
    pub(crate) licence: Option<String>,
}

/// What the project in `text` calls itself.
pub(crate) fn coordinates(text: &str) -> Result<Coordinates, String> {
    let root = parse_xml(text)?;
    Ok(own_coordinates(&root, &properties(&root)))
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let root = match parse_xml(&text) {
        Ok(root) => root,
        Err(error) => return facts.gap(format!("is not valid XML: {error}")),
    };
    if root.name != "project" {
        return;
    }
    let properties = properties(&root);
    let own = own_coordinates(&root, &properties);
    let managed = root.child("dependencyManagement").and_then(|it| it.child("dependencies"));
    let managed: BTreeMap<_, _> = managed
        .into_iter()
        .flat_map(|it| requests(it, &properties))
        .map(|it| (it.key(), it))
        .collect();
    let requests: Vec<_> =
        root.child("dependencies").into_iter().flat_map(|it| requests(it, &properties)).collect();
    let needed: BTreeSet<_> = requests.iter().map(Request::key).collect();
    let needs: Vec<_> = requests.into_iter().filter_map(|it| package(it, &managed, file)).collect();
    // A list of versions holds for what others bring along, too; what it imports is another list.
    let managed_only: Vec<_> = managed
        .iter()
        .filter(|(key, it)| it.scope.as_deref() != Some("import") && !needed.contains(*key))
        .filter_map(|(_, it)| package(it.clone(), &managed, file))
        .collect();
    if let (Some(artifact), Some(version)) = (own.artifact, own.version) {
        let mut package = stated(PackageKind::Maven, artifact, version, file);
        package.namespace = own.group;
        package.licence = own.licence;
        package.dependencies = needs
            .iter()
            .map(|it| Dependency {
                name: format!("{}:{}", it.namespace.as_deref().unwrap_or_default(), it.name),
                version: Some(it.version.clone()),
            })
            .collect();
        keep(package, facts);
    }
    for package in needs.into_iter().chain(managed_only) {
        keep(package, facts);
    }
}

/// A dependency as it is written.
#[derive(Clone)]
struct Request {
    group: String,
    artifact: String,
    version: Option<String>,
    scope: Option<String>,
}

impl Request {
    fn key(&self) -> (String, String) {
        (self.group.clone(), self.artifact.clone())
    }
}

fn requests(list: &Element, properties: &Properties<'_>) -> Vec<Request> {
    let field = |it: &Element, name: &str| resolve(it.text_of(name)?, properties);
    list.all("dependency")
        .filter_map(|it| {
            Some(Request {
                group: field(it, "groupId")?,
                artifact: field(it, "artifactId")?,
                version: field(it, "version"),
                scope: field(it, "scope"),
            })
        })
        .collect()
}

fn package(
    request: Request,
    managed: &BTreeMap<(String, String), Request>,
    file: &InputFile<'_>,
) -> Option<Package> {
    let managed = managed.get(&request.key());
    let version = request.version.as_ref().or_else(|| managed?.version.as_ref())?;
    let scope = request.scope.as_deref().or_else(|| managed?.scope.as_deref());
    let (version, range) = meant_version(version)?;
    let mut res = stated(PackageKind::Maven, request.artifact, version, file);
    res.namespace = Some(request.group);
    res.development = scope == Some("test");
    res.range = range.map(str::to_owned);
    Some(res)
}

/// The version that is meant, `1.0` or `[1.0]`; of a range such as `[1.0,2.0)` its lowest one, and
/// the range. `None` if it has no lowest version.
fn meant_version(version: &str) -> Option<(&str, Option<&str>)> {
    let Some(inner) = version.strip_prefix('[') else {
        let is_open = version.contains([',', '[', '(', ')']);
        return (!is_open && !matches!(version, "LATEST" | "RELEASE")).then_some((version, None));
    };
    let (lowest, is_range) = match inner.strip_suffix(']') {
        Some(exact) if !exact.contains([',', '[', '(', ')']) => (exact, false),
        _ => (inner.split(',').next()?, true),
    };
    let lowest = lowest.trim();
    let is_version = !lowest.is_empty() && !lowest.contains(['[', ']', '(', ')']);
    is_version.then_some((lowest, is_range.then_some(version)))
}

type Properties<'a> = BTreeMap<Cow<'a, str>, &'a str>;

/// The properties of the project, and its own fields under the names that refer to them.
fn properties(root: &Element) -> Properties<'_> {
    let own = root.child("properties").into_iter().flat_map(|it| &it.children);
    let mut res: Properties<'_> =
        own.map(|it| (Cow::Borrowed(it.name.as_str()), it.text.trim())).collect();
    let parent = root.child("parent");
    for name in ["groupId", "artifactId", "version"] {
        let inherited = parent.and_then(|it| it.text_of(name));
        let own = root.text_of(name).or(inherited.filter(|_| name != "artifactId"));
        for (prefix, value) in
            [("project.", own), ("pom.", own), ("", own), ("project.parent.", inherited)]
        {
            if let Some(value) = value {
                res.entry(Cow::Owned(format!("{prefix}{name}"))).or_insert(value);
            }
        }
    }
    res
}

fn own_coordinates(root: &Element, properties: &Properties<'_>) -> Coordinates {
    let field = |name| resolve(properties.get(name)?, properties);
    let licences = root.child("licenses").into_iter().flat_map(|it| it.all("license"));
    let licences: Vec<_> = licences.filter_map(|it| it.text_of("name")).collect();
    Coordinates {
        group: field("project.groupId"),
        artifact: field("project.artifactId"),
        version: field("project.version"),
        licence: (!licences.is_empty()).then(|| licences.join(" OR ")),
    }
}

/// `text` with its `${properties}` put in; `None` if one is unknown or there is no end of them.
fn resolve(text: &str, properties: &Properties<'_>) -> Option<String> {
    let mut text = Cow::Borrowed(text.trim());
    for _ in 0..MAX_SUBSTITUTIONS {
        if text.len() > MAX_SUBSTITUTED {
            return None;
        }
        let Some((before, rest)) = text.split_once("${") else {
            return Some(text.into_owned()).filter(|it| !it.is_empty());
        };
        let (name, after) = rest.split_once('}')?;
        let value = properties.get(name.trim()).filter(|it| it.len() <= MAX_SUBSTITUTED)?;
        text = Cow::Owned(format!("{before}{value}{after}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn};

    const POM: &str = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n\
        <parent><groupId>g</groupId><artifactId>p</artifactId><version>1.0</version></parent>\n\
        <artifactId> app </artifactId>\n\
        <properties><a.version>2.${minor}</a.version><minor>1</minor><x>${y}</x><y>${x}</y>\
        </properties>\n<licenses><license><name>MIT</name></license></licenses>\n\
        <dependencyManagement><dependencies><dependency><groupId>g</groupId>\
        <artifactId>managed</artifactId><version>[3.0]</version><scope>test</scope></dependency>\
        <dependency><groupId>g</groupId><artifactId>unused</artifactId><version>1</version>\
        </dependency></dependencies></dependencyManagement>\n<dependencies>\n\
        <dependency><groupId>g.a</groupId><artifactId>a</artifactId><version>${a.version}</version>\
        <exclusions><exclusion><groupId>g</groupId><artifactId>e</artifactId></exclusion>\
        </exclusions></dependency>\n\
        <dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>\n\
        <dependency><groupId>${project.groupId}</groupId><artifactId>sibling</artifactId>\
        <version>${project.version}</version></dependency>\n\
        <dependency><groupId>g</groupId><artifactId>range</artifactId><version>[1,2)</version>\
        </dependency>\n<dependency><groupId>g</groupId><artifactId>circle</artifactId>\
        <version>${x}</version></dependency>\n\
        <dependency><groupId>g</groupId><artifactId>elsewhere</artifactId></dependency>\n\
        </dependencies></project>";

    #[test]
    fn what_the_file_alone_tells() {
        let expected = [
            "g:app@1.0 (MIT) -> g.a:a@2.1, g:managed@3.0, g:sibling@1.0, g:range@1",
            "g.a:a@2.1",
            "g:managed@3.0 development",
            "g:sibling@1.0",
            "g:range@1 as [1,2)",
            "g:unused@1",
        ];
        check(&FORMAT, "pom.xml", POM, &expected);
    }

    #[test]
    fn versions_and_ranges() {
        for (text, expected) in [
            ("1.0", Some(("1.0", None))),
            ("[1.0]", Some(("1.0", None))),
            ("[ 1.0 ]", Some(("1.0", None))),
            ("[1.0,2.0)", Some(("1.0", Some("[1.0,2.0)")))),
            ("[1.0,)", Some(("1.0", Some("[1.0,)")))),
            ("[1.0,1.1],[2,)", Some(("1.0", Some("[1.0,1.1],[2,)")))),
            ("(,1.0]", None),
            ("(1.0,2.0)", None),
            ("[,1.0]", None),
            ("LATEST", None),
        ] {
            assert_eq!(meant_version(text), expected, "{text}");
        }
    }

    #[test]
    fn other_xml_is_left_alone() {
        check(&FORMAT, "pom.xml", "<html/>", &[]);
        check(&FORMAT, "pom.xml", "<project/>", &[]);
        check(&FORMAT, "pom.xml", "", &["gap: is not valid XML: no element"]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        check_torn(&FORMAT, "pom.xml", POM.as_bytes());
    }
}
