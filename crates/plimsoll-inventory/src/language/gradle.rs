//! Gradle's lock files and checksums, and the lock file of sbt.

use plimsoll_package::{Package, PackageKind};
use serde_json::Value;

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, folder},
        reading::{keep, read_json, read_text, stated, string},
        xml::parse_xml,
    },
};

/// Gradle's lock files, of old one per configuration in a folder of their own.
pub(crate) const LOCK: Format = Format {
    name: "gradle-lock",
    files: Files::ending(&[".lockfile"]).within(is_lock),
    read: read_lock,
};

/// The checksums of all that a Gradle build fetches.
pub(crate) const VERIFICATION: Format = Format {
    name: "gradle-verification",
    files: Files::named(&["verification-metadata.xml"]),
    read: read_verification,
};

/// sbt's lock file.
pub(crate) const SBT: Format =
    Format { name: "sbt-lock", files: Files::named(&["build.sbt.lock"]), read: read_sbt };

fn is_lock(path: &str) -> bool {
    let name = file_name(path);
    name.ends_with("gradle.lockfile") || file_name(folder(path)) == "dependency-locks"
}

/// Each line is `group:artifact:version=configurations`.
fn read_lock(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    // What builds the build is no part of the product.
    let is_buildscript = file_name(file.path()).starts_with("buildscript");
    for line in text.lines().map(str::trim).filter(|it| !it.starts_with('#')) {
        let (coordinates, configurations) = line.split_once('=').unwrap_or((line, ""));
        let mut parts = coordinates.split(':');
        let (Some(group), Some(artifact), Some(version)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let mut package = maven_package(group, artifact, version, file);
        let mut configurations = configurations.split(',').filter(|it| !it.is_empty()).peekable();
        let is_test =
            configurations.peek().is_some() && configurations.all(|it| it.starts_with("test"));
        package.development = is_buildscript || is_test;
        keep(package, facts);
    }
}

fn read_verification(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let root = match parse_xml(&text) {
        Ok(root) => root,
        Err(error) => return facts.gap(format!("is not valid XML: {error}")),
    };
    for component in root.child("components").into_iter().flat_map(|it| it.all("component")) {
        let said = |key: &str| component.attribute(key);
        if let (Some(group), Some(name), Some(version)) =
            (said("group"), said("name"), said("version"))
        {
            keep(maven_package(group, name, version, file), facts);
        }
    }
}

fn read_sbt(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(lock) = read_json(file, facts) else { return };
    for fields in lock.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let said = |key: &str| string(fields, key);
        let (Some(group), Some(name), Some(version)) = (said("org"), said("name"), said("version"))
        else {
            continue;
        };
        let mut package = maven_package(group, name, version, file);
        let scopes = fields.get("configurations").and_then(Value::as_array);
        package.development = scopes.is_some_and(|it| {
            !it.is_empty() && it.iter().all(|it| it.as_str().is_some_and(|it| it.contains("test")))
        });
        keep(package, facts);
    }
}

fn maven_package(group: &str, artifact: &str, version: &str, file: &InputFile<'_>) -> Package {
    let mut res = stated(PackageKind::Maven, artifact, version, file);
    res.namespace = Some(group.to_owned());
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    const LOCK_TEXT: &str = "# made by Gradle\ng:a:1.0=compileClasspath,testRuntimeClasspath\n\
        g.t:t:2.0=testCompileClasspath,testRuntimeClasspath\nempty=annotationProcessor\n";

    #[test]
    fn lock_files() {
        check(&LOCK, "gradle.lockfile", LOCK_TEXT, &["g:a@1.0", "g.t:t@2.0 development"]);
        let path = "gradle/dependency-locks/compileClasspath.lockfile";
        check(&LOCK, path, "g:a:1.0\n", &["g:a@1.0"]);
        check(&LOCK, "buildscript-gradle.lockfile", "g:p:1=classpath\n", &["g:p@1 development"]);
    }

    #[test]
    fn checksums() {
        let text = "<verification-metadata><configuration/><components>\
            <component group=\"g\" name=\"a\" version=\"1.0\"><artifact name=\"a-1.0.jar\"/>\
            </component></components></verification-metadata>";
        check(&VERIFICATION, "gradle/verification-metadata.xml", text, &["g:a@1.0"]);
    }

    #[test]
    fn sbt() {
        let text = r#"{"lockVersion":1,"dependencies":[
            {"org":"g","name":"a_2.13","version":"1.0","configurations":["compile","test"]},
            {"org":"g","name":"t","version":"2.0","configurations":["test"]}]}"#;
        check(&SBT, "build.sbt.lock", text, &["g:a_2.13@1.0", "g:t@2.0 development"]);
    }
}
