//! Java archives: what each is, what was merged into it, and what lies nested in it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_oci::ReadAt;
use plimsoll_package::{Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, folder, is_below},
        headers::{Continuation, headers},
        java_manifest::{Fields, Identity, identify, split_file_name},
        pom::{Coordinates, coordinates},
        reading::{decode, keep, read_text},
        zip::{Budget, ZipEntry, ZipError, read_entries, read_entry, stored_part},
    },
};

/// Archives of Java.
pub(crate) const FORMAT: Format =
    Format { name: "java-archive", files: Files::ending(ENDINGS).within(is_binary), read };

/// `pom.properties` of an archive that was unpacked.
pub(crate) const UNPACKED: Format = Format {
    name: "java-unpacked",
    files: Files::named(&["pom.properties"]).within(is_unpacked),
    read: read_unpacked,
};

const ENDINGS: &[&str] =
    &[".jar", ".war", ".ear", ".par", ".sar", ".nar", ".kar", ".hpi", ".jpi", ".aar", ".lpkg"];
/// Archives in archives are followed this deep.
const MAX_NESTING: usize = 8;
/// No more archives than this are read within one outermost archive.
const MAX_ARCHIVES: usize = 20_000;
/// No longer name of a file in an archive is shown.
const MAX_NAME: usize = 1_024;
/// No longer manifest or project file is read.
const MAX_STATEMENT: usize = 4 << 20;

fn is_archive(name: &str) -> bool {
    ENDINGS.iter().any(|it| name.ends_with(it)) && is_binary(name)
}

/// Whether the name is not that of an archive of sources or documentation.
fn is_binary(path: &str) -> bool {
    !["-sources.jar", "-javadoc.jar"].iter().any(|it| path.ends_with(it))
}

fn is_unpacked(path: &str) -> bool {
    is_below(path, "META-INF")
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let mut walk = Walk {
        facts,
        budget: Budget::default(),
        n_archives: 0,
        told_limit: false,
        seen: BTreeSet::new(),
    };
    read_archive(file.content, file.path(), 0, &mut walk);
}

fn read_unpacked(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    if let Some(identity) = pom_properties(&text) {
        keep(package(&identity, None, file.path()), facts);
    }
}

/// What is carried along through nested archives.
struct Walk<'a> {
    facts: &'a mut FileFacts,
    budget: Budget,
    n_archives: usize,
    told_limit: bool,
    seen: BTreeSet<Identity>,
}

fn read_archive(content: &dyn ReadAt, path: &str, depth: usize, walk: &mut Walk<'_>) {
    walk.n_archives += 1;
    if depth > MAX_NESTING || walk.n_archives > MAX_ARCHIVES {
        if !walk.told_limit {
            walk.told_limit = true;
            walk.facts.gap("holds more archives, or deeper ones, than are read".to_owned());
        }
        return;
    }
    let entries = match read_entries(content, is_statement, &mut walk.budget) {
        Ok(entries) => entries,
        Err(error) => return tell(&error, path, depth, walk),
    };
    read_statements(content, path, &entries, depth, walk);
    for entry in entries.iter().filter(|it| is_archive(&it.name)) {
        let path = &within(path, &entry.name);
        if let Some(part) = stored_part(content, entry, &mut walk.budget) {
            read_archive(&part, path, depth + 1, walk);
            continue;
        }
        match read_entry(content, entry, &mut walk.budget) {
            Ok(bytes) => read_archive(&bytes, path, depth + 1, walk),
            Err(error) => tell(&error, path, depth + 1, walk),
        }
    }
}

/// The path of a file in the archive at `path`; too long a name is no path.
fn within(path: &str, name: &str) -> String {
    let name = if name.len() > MAX_NAME { file_name(name) } else { name };
    let name = if name.len() > MAX_NAME { "archive" } else { name };
    format!("{path}!/{name}")
}

/// Whether a file of an archive says what is in it.
fn is_statement(name: &str) -> bool {
    name == "META-INF/MANIFEST.MF"
        || file_name(name) == "pom.properties"
        || (name.starts_with("META-INF/maven/") && name.ends_with("/pom.xml"))
        || is_archive(name)
}

fn tell(error: &ZipError, path: &str, depth: usize, walk: &mut Walk<'_>) {
    let (why, name) = (error.to_string(), file_name(path));
    walk.facts.gap(if depth == 0 { why } else { format!("its `{name}` {why}") });
}

fn read_statements(
    content: &dyn ReadAt,
    path: &str,
    entries: &[ZipEntry],
    depth: usize,
    walk: &mut Walk<'_>,
) {
    let mut text = |entry: &ZipEntry| match read_entry(content, entry, &mut walk.budget) {
        Ok(bytes) if bytes.len() <= MAX_STATEMENT => Some(decode(&bytes)),
        Ok(_) => {
            tell(&ZipError::Limit("bytes of one statement"), path, depth, walk);
            None
        }
        Err(error) => {
            tell(&error, path, depth, walk);
            None
        }
    };
    let mut manifest = Vec::new();
    let mut stated: Vec<(Identity, Option<String>)> = Vec::new();
    let mut projects: BTreeMap<&str, Coordinates> = BTreeMap::new();
    for entry in entries {
        let name = file_name(&entry.name);
        if name == "pom.xml" {
            let found = text(entry).and_then(|it| coordinates(&it).ok());
            projects.extend(found.map(|it| (folder(&entry.name), it)));
        } else if name == "MANIFEST.MF" {
            manifest = text(entry).map(|it| manifest_fields(&it)).unwrap_or_default();
        }
    }
    for entry in entries.iter().filter(|it| file_name(&it.name) == "pom.properties") {
        let Some(identity) = text(entry).and_then(|it| pom_properties(&it)) else { continue };
        let project = projects.remove(folder(&entry.name));
        stated.push((identity, project.and_then(|it| it.licence)));
    }
    // A project file without properties beside it.
    stated.extend(projects.into_values().filter_map(project_identity));
    keep_all(path, &manifest, stated, walk);
}

/// Lays down what was stated, and what the archive itself is, if that was not stated.
fn keep_all(
    path: &str,
    manifest: &Fields,
    stated: Vec<(Identity, Option<String>)>,
    walk: &mut Walk<'_>,
) {
    let name = file_name(path);
    let stem = name.rsplit_once('.').map_or(name, |it| it.0);
    let is_known = stated.iter().any(|it| is_called(&it.0, stem));
    // Among merged ones, only a name with a version tells of one more.
    let own = if is_known || (!stated.is_empty() && split_file_name(stem).is_none()) {
        None
    } else {
        identify(stem, manifest)
    };
    for (identity, licence) in stated.into_iter().chain(own.map(|it| (it, None))) {
        if walk.seen.insert(identity.clone()) {
            keep(package(&identity, licence, path), walk.facts);
        }
    }
}

/// Whether an archive of this file name may be `identity`.
fn is_called(identity: &Identity, stem: &str) -> bool {
    let name = split_file_name(stem).map_or(stem, |it| it.0);
    name == identity.artifact
        || stem.starts_with(&format!("{}-{}", identity.artifact, identity.version))
        || name.ends_with(&format!(".{}", identity.artifact))
}

fn manifest_fields(text: &str) -> Vec<(String, String)> {
    headers(text, Continuation::Joined)
}

fn project_identity(project: Coordinates) -> Option<(Identity, Option<String>)> {
    let (artifact, version) = (project.artifact?, project.version?);
    Some((Identity { group: project.group, artifact, version }, project.licence))
}

fn pom_properties(text: &str) -> Option<Identity> {
    let said = |key: &str| {
        text.lines().find_map(|line| {
            let (left, right) = line.split_once(['=', ':'])?;
            let right = right.trim();
            let is_said = left.trim() == key && !right.is_empty() && !right.contains("${");
            is_said.then(|| right.to_owned())
        })
    };
    let (artifact, version) = (said("artifactId")?, said("version")?);
    Some(Identity { group: said("groupId"), artifact, version })
}

fn package(identity: &Identity, licence: Option<String>, path: &str) -> Package {
    let mut res = Package::new(PackageKind::Maven, &identity.artifact, &identity.version, path);
    res.namespace.clone_from(&identity.group);
    res.licence = licence;
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_torn, check_wants, facts_of};
    use crate::language::zip::tests::archive;

    const PROPERTIES: &[u8] = b"#made\nversion=1.0\ngroupId = g.x\nartifactId=a\n";
    const PROJECT: &[u8] = b"<project><artifactId>a</artifactId>\
        <licenses><license><name>MIT</name></license></licenses></project>";

    #[test]
    fn only_archives_of_classes_are_wanted() {
        check_wants(
            &FORMAT,
            &[("a.jar", true), ("x/a.war", true), ("a-sources.jar", false), ("a.zip", false)],
        );
        check_wants(
            &UNPACKED,
            &[("app/META-INF/maven/g/a/pom.properties", true), ("src/pom.properties", false)],
        );
    }

    #[test]
    fn properties_and_project_file() {
        let jar = archive(&[
            ("META-INF/maven/g.x/a/pom.properties", PROPERTIES),
            ("META-INF/maven/g.x/a/pom.xml", PROJECT),
            ("META-INF/MANIFEST.MF", b"Implementation-Title: Something\n"),
        ]);
        check(&FORMAT, "opt/a-1.0.jar", &jar, &["g.x:a@1.0 installed (MIT)"]);
        check(&FORMAT, "opt/renamed.jar", &jar, &["g.x:a@1.0 installed (MIT)"]);
        let expected = ["g.x:a@1.0 installed (MIT)", "b:b@2.0 installed"];
        check(&FORMAT, "opt/b-2.0.jar", &jar, &expected);
        check(
            &UNPACKED,
            "META-INF/maven/g.x/a/pom.properties",
            PROPERTIES,
            &["g.x:a@1.0 installed"],
        );
    }

    #[test]
    fn nested_archives_packed_or_stored() {
        let inner = archive(&[("META-INF/maven/g.x/a/pom.properties", PROPERTIES)]);
        let spring = archive(&[("META-INF/MANIFEST.MF", b"Implementation-Version: 5.3.3\r\n")]);
        let war = archive(&[
            ("META-INF/MANIFEST.MF", b"Implementation-Title: app\nImplementation-Version: 1\n"),
            ("WEB-INF/lib/a-1.0.jar", &inner),
            ("WEB-INF/lib/spring-core-5.3.3.jar", &spring),
            ("WEB-INF/lib/broken.jar", b"x"),
            ("WEB-INF/lib/a-copy.jar", &inner),
        ]);
        let outer = archive(&[("app.war", &war)]);
        let expected = [
            "app:app@1 installed",
            "g.x:a@1.0 installed",
            "org.springframework:spring-core@5.3.3 installed",
            "gap: its `broken.jar` is no zip archive",
        ];
        check(&FORMAT, "app.ear", &outer, &expected);
    }

    #[test]
    fn a_nested_package_lies_in_its_archive() {
        let inner = archive(&[("META-INF/maven/g.x/a/pom.properties", PROPERTIES)]);
        let war = archive(&[("WEB-INF/lib/a.jar", &inner)]);
        let facts = facts_of(&FORMAT, "srv/app.war", &war);
        assert_eq!(facts.packages[0].path, "srv/app.war!/WEB-INF/lib/a.jar");
    }

    #[test]
    fn there_is_an_end_of_nesting() {
        let mut jar = archive(&[("META-INF/maven/g.x/a/pom.properties", PROPERTIES)]);
        for _ in 0..20 {
            jar = archive(&[("x.jar", &jar)]);
        }
        let expected = ["gap: holds more archives, or deeper ones, than are read"];
        check(&FORMAT, "x.jar", &jar, &expected);
    }

    #[test]
    fn what_is_no_archive_is_told() {
        check(&FORMAT, "x.jar", "no", &["gap: is no zip archive"]);
    }

    #[test]
    fn torn_files_do_no_harm() {
        let inner = archive(&[("META-INF/maven/g.x/a/pom.properties", PROPERTIES)]);
        let jar = archive(&[("lib/a.jar", &inner), ("META-INF/maven/g/a/pom.xml", PROJECT)]);
        check_torn(&FORMAT, "x.jar", &jar);
    }
}
