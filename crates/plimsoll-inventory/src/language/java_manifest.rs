//! What a Java archive is called, where no `pom.properties` says it: by its `MANIFEST.MF` and its
//! file name.
//!
//! All of this is guessing by the habits of build tools; the module knows no archive and no file.

use crate::language::headers::header;

/// Fields of a manifest.
pub(crate) type Fields = [(String, String)];

/// What an archive is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// Group, where it can be told.
    pub(crate) group: Option<String>,
    /// Artifact.
    pub(crate) artifact: String,
    /// Version.
    pub(crate) version: String,
}

/// What the archive of this file name (without ending) and this manifest is called.
pub(crate) fn identify(stem: &str, manifest: &Fields) -> Option<Identity> {
    let (artifact, version) = match split_file_name(stem) {
        Some((artifact, version)) => (artifact.to_owned(), version.to_owned()),
        None => (stated_artifact(stem, manifest), stated_version(manifest)?),
    };
    // Without any statement, many an old artifact is published under its own name as the group.
    let group = group(&artifact, manifest).or_else(|| Some(artifact.clone()));
    Some(Identity { group, artifact, version })
}

/// `name-1.0-SNAPSHOT` as name and version. The version is the first part from which on all parts
/// look like a version and its qualifiers, so that `log4j-1.2-api-2.17.1` is `log4j-1.2-api`.
pub(crate) fn split_file_name(stem: &str) -> Option<(&str, &str)> {
    const MAX_PARTS: usize = 32;
    let found = stem.match_indices('-').take(MAX_PARTS).find(|(at, _)| {
        let rest = stem.get(at + 1..).unwrap_or_default();
        let mut parts = rest.split('-').take(MAX_PARTS);
        let is_number = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
        parts.next().is_some_and(|it| is_number(it) || is_number(it.trim_start_matches(['v', 'r'])))
            && parts.all(|it| is_number(it) || is_qualifier(it))
    });
    let (at, _) = found?;
    let (name, version) = (stem.get(..at)?, stem.get(at + 1..)?);
    let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic());
    is_name.then_some((name, version))
}

/// Whether a part of a file name qualifies the version before it.
fn is_qualifier(part: &str) -> bool {
    let word = part.split(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default();
    let word = word.to_ascii_lowercase();
    QUALIFIERS.contains(&word.as_str()) || (part.len() >= 7 && part.bytes().all(is_hex))
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')
}

fn stated_artifact(stem: &str, manifest: &Fields) -> String {
    let words = ["Short-Name", "Extension-Name", "Implementation-Title"];
    let stated = words.iter().filter_map(|it| header(manifest, it)).find(|it| is_artifact(it));
    let symbolic = || symbolic_name(manifest).and_then(|it| it.rsplit('.').next());
    // The file is called as the artifact, or as a part of it (`catalina` for `tomcat-catalina`),
    // unless someone renamed it; a title that has nothing of it is only a title.
    let is_generic = ["app", "application", "main", "server", "service"].contains(&stem);
    let named =
        stated.or_else(symbolic).filter(|it| is_generic || stem.contains(it) || it.contains(stem));
    named.unwrap_or(stem).to_owned()
}

fn stated_version(manifest: &Fields) -> Option<String> {
    ["Implementation-Version", "Plugin-Version", "Bundle-Version", "Specification-Version"]
        .iter()
        .filter_map(|it| header(manifest, it)?.split_whitespace().next())
        .map(|it| it.trim_matches('"'))
        .find(|it| it.contains(|it: char| it.is_ascii_digit()) && !it.contains(['$', '{', '@']))
        .map(str::to_owned)
}

fn group(artifact: &str, manifest: &Fields) -> Option<String> {
    if let Some(known) = known_group(artifact) {
        return Some(known.to_owned());
    }
    let stated = ["Group-Id", "Implementation-Vendor-Id"];
    if let Some(group) = stated.iter().filter_map(|it| header(manifest, it)).find(|it| is_group(it))
    {
        return Some(group.to_owned());
    }
    let symbolic = symbolic_name(manifest)?;
    let before = symbolic.strip_suffix(artifact).and_then(|it| it.strip_suffix('.'));
    if let Some(group) = before.filter(|it| is_group(it)) {
        return Some(group.to_owned());
    }
    // Bundles of one module are often called by their group alone, `com.google.guava` for `guava`.
    let last = symbolic.rsplit('.').next()?;
    let is_same = artifact.split('-').next() == Some(last);
    Some(symbolic).filter(|it| is_same && is_group(it)).map(str::to_owned)
}

/// The bundle's name without its directives.
fn symbolic_name(manifest: &Fields) -> Option<&str> {
    Some(header(manifest, "Bundle-SymbolicName")?.split(';').next()?.trim())
}

fn is_artifact(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    !text.is_empty() && text.chars().all(is_part) && !text.contains("..")
}

fn is_group(text: &str) -> bool {
    is_artifact(text)
        && text.contains('.')
        && text.split('.').all(|it| it.starts_with(|it: char| it.is_ascii_lowercase()))
}

/// The group of artifacts that are published without any statement of it inside.
fn known_group(artifact: &str) -> Option<&'static str> {
    GROUPS
        .iter()
        .find(|(name, _)| match name.strip_suffix('*') {
            Some(prefix) => artifact.starts_with(prefix),
            None => artifact == *name,
        })
        .map(|it| it.1)
}

/// Words after a version that belong to it.
const QUALIFIERS: &[&str] = &[
    "snapshot",
    "rc",
    "cr",
    "m",
    "milestone",
    "alpha",
    "a",
    "beta",
    "b",
    "ga",
    "final",
    "release",
    "pre",
    "preview",
    "ea",
    "dev",
    "incubating",
    "jre",
    "jdk",
    "android",
    "sp",
    "build",
    "redhat",
    "hadoop",
    "spark",
    "scala",
    "java",
    "public",
    "patch",
    "fix",
    "hotfix",
    "p",
    "sec",
    "v",
    "r",
    "linux",
    "windows",
    "osx",
    "macos",
    "x",
    "amd",
    "aarch",
    "arm",
    "shaded",
    "all",
    "tests",
    "jakarta",
    "classes",
    "native",
    "bin",
    "lgpl",
    "nodep",
    "no_aop",
    "fips",
];

/// Artifacts, or beginnings of artifacts before a star, and their group; the first one that fits
/// counts.
const GROUPS: &[(&str, &str)] = &[
    ("spring-boot*", "org.springframework.boot"),
    ("spring-security*", "org.springframework.security"),
    ("spring-cloud-*", "org.springframework.cloud"),
    ("spring-data-*", "org.springframework.data"),
    ("spring-session-*", "org.springframework.session"),
    ("spring-integration-*", "org.springframework.integration"),
    ("spring-batch-*", "org.springframework.batch"),
    ("spring-kafka*", "org.springframework.kafka"),
    ("spring-rabbit*", "org.springframework.amqp"),
    ("spring-amqp", "org.springframework.amqp"),
    ("spring-ws-*", "org.springframework.ws"),
    ("spring-hateoas", "org.springframework.hateoas"),
    ("spring-graphql", "org.springframework.graphql"),
    ("spring-aop", "org.springframework"),
    ("spring-aspects", "org.springframework"),
    ("spring-beans", "org.springframework"),
    ("spring-context*", "org.springframework"),
    ("spring-core", "org.springframework"),
    ("spring-expression", "org.springframework"),
    ("spring-instrument", "org.springframework"),
    ("spring-jcl", "org.springframework"),
    ("spring-jdbc", "org.springframework"),
    ("spring-jms", "org.springframework"),
    ("spring-messaging", "org.springframework"),
    ("spring-orm", "org.springframework"),
    ("spring-oxm", "org.springframework"),
    ("spring-r2dbc", "org.springframework"),
    ("spring-test", "org.springframework"),
    ("spring-tx", "org.springframework"),
    ("spring-web*", "org.springframework"),
    ("tomcat-embed-*", "org.apache.tomcat.embed"),
    ("tomcat-*", "org.apache.tomcat"),
    ("asm", "org.ow2.asm"),
    ("asm-*", "org.ow2.asm"),
    ("kotlin-stdlib*", "org.jetbrains.kotlin"),
    ("kotlin-reflect", "org.jetbrains.kotlin"),
    ("kotlinx-coroutines-*", "org.jetbrains.kotlinx"),
    ("kotlinx-serialization-*", "org.jetbrains.kotlinx"),
    ("okhttp*", "com.squareup.okhttp3"),
    ("okio*", "com.squareup.okio"),
    ("reactor-core", "io.projectreactor"),
    ("reactor-netty*", "io.projectreactor.netty"),
    ("micrometer-*", "io.micrometer"),
    ("hibernate-core", "org.hibernate"),
    ("kafka-clients", "org.apache.kafka"),
    ("kafka-streams", "org.apache.kafka"),
    ("kafka_*", "org.apache.kafka"),
    ("lucene-*", "org.apache.lucene"),
    ("solr-core", "org.apache.solr"),
    ("solr-solrj", "org.apache.solr"),
    ("elasticsearch-rest-client", "org.elasticsearch.client"),
    ("elasticsearch-rest-high-level-client", "org.elasticsearch.client"),
    ("elasticsearch", "org.elasticsearch"),
    ("opensearch", "org.opensearch"),
    ("mockito-*", "org.mockito"),
    ("junit-jupiter*", "org.junit.jupiter"),
    ("junit-platform-*", "org.junit.platform"),
    ("grpc-*", "io.grpc"),
    ("opentelemetry-*", "io.opentelemetry"),
    ("bcprov-*", "org.bouncycastle"),
    ("bcpkix-*", "org.bouncycastle"),
    ("bcutil-*", "org.bouncycastle"),
    ("bcpg-*", "org.bouncycastle"),
    ("groovy-all", "org.codehaus.groovy"),
    ("groovy", "org.codehaus.groovy"),
    ("commons-beanutils", "commons-beanutils"),
    ("commons-cli", "commons-cli"),
    ("commons-codec", "commons-codec"),
    ("commons-collections", "commons-collections"),
    ("commons-dbcp", "commons-dbcp"),
    ("commons-digester", "commons-digester"),
    ("commons-fileupload", "commons-fileupload"),
    ("commons-httpclient", "commons-httpclient"),
    ("commons-io", "commons-io"),
    ("commons-lang", "commons-lang"),
    ("commons-logging", "commons-logging"),
    ("commons-net", "commons-net"),
    ("commons-pool", "commons-pool"),
    ("log4j-*", "org.apache.logging.log4j"),
    ("log4j", "log4j"),
    ("ant", "org.apache.ant"),
    ("ant-launcher", "org.apache.ant"),
    ("ivy", "org.apache.ivy"),
    ("velocity", "org.apache.velocity"),
    ("struts2-*", "org.apache.struts"),
    ("xstream", "com.thoughtworks.xstream"),
    ("xercesImpl", "xerces"),
    ("xalan", "xalan"),
    ("dom4j", "org.dom4j"),
    ("jdom", "org.jdom"),
    ("c3p0", "com.mchange"),
    ("h2", "com.h2database"),
    ("hsqldb", "org.hsqldb"),
    ("postgresql", "org.postgresql"),
    ("mysql-connector-java", "mysql"),
    ("mysql-connector-j", "com.mysql"),
    ("mssql-jdbc", "com.microsoft.sqlserver"),
    ("snakeyaml", "org.yaml"),
    ("servlet-api", "javax.servlet"),
    ("aopalliance", "aopalliance"),
    ("jsr305", "com.google.code.findbugs"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        for (stem, expected) in [
            ("a-1.0", Some(("a", "1.0"))),
            ("a-b-1.0-SNAPSHOT", Some(("a-b", "1.0-SNAPSHOT"))),
            ("log4j-1.2-api-2.17.1", Some(("log4j-1.2-api", "2.17.1"))),
            ("guava-31.1-jre", Some(("guava", "31.1-jre"))),
            ("a-2.15.0-rc2", Some(("a", "2.15.0-rc2"))),
            ("kafka_2.13-3.0.0", Some(("kafka_2.13", "3.0.0"))),
            ("postgresql-42.2.5.jre7", Some(("postgresql", "42.2.5.jre7"))),
            ("a-v1.0", Some(("a", "v1.0"))),
            ("a-20040616", Some(("a", "20040616"))),
            ("a-1.0-20240101.000000-1", Some(("a", "1.0-20240101.000000-1"))),
            ("app", None),
            ("spring-core", None),
            ("1.0", None),
            ("", None),
        ] {
            assert_eq!(split_file_name(stem), expected, "{stem}");
        }
    }

    #[test]
    fn names_by_manifest() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<(&'a str, &'a str, &'a str)>);
        let cases: [Case<'_>; 9] = [
            ("spring-core-5.3.3", &[], Some(("org.springframework", "spring-core", "5.3.3"))),
            ("b-1.0", &[("Bundle-SymbolicName", "org.a.b;x:=1")], Some(("org.a", "b", "1.0"))),
            ("b-x-1.0", &[("Bundle-SymbolicName", "org.a.b")], Some(("org.a.b", "b-x", "1.0"))),
            ("b-1", &[("Implementation-Vendor-Id", "org.c")], Some(("org.c", "b", "1"))),
            ("b-1", &[("Implementation-Vendor-Id", "Some Firm")], Some(("b", "b", "1"))),
            ("b", &[("Implementation-Version", "2.0 (x)")], Some(("b", "b", "2.0"))),
            (
                "app",
                &[("Implementation-Title", "b"), ("Bundle-Version", "3")],
                Some(("b", "b", "3")),
            ),
            ("b", &[("Implementation-Version", "${v}")], None),
            ("b", &[], None),
        ];
        for (stem, fields, expected) in cases {
            let fields: Vec<_> =
                fields.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
            let found = identify(stem, &fields);
            let found = found
                .as_ref()
                .map(|it| (it.group.as_deref().unwrap_or(""), &*it.artifact, &*it.version));
            assert_eq!(found, expected, "{stem} {fields:?}");
        }
    }
}
