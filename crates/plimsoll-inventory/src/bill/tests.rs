//! Bills as their users see them: what each form states, and what becomes of broken ones.

use super::{Bill, BillError, read_bill};

/// Packages as `kind name version -> needed`, and with their owner.
fn shown(bill: &Bill) -> Vec<String> {
    let packages = bill.packages.iter().zip(&bill.owners);
    let lines = packages.map(|(it, owner)| {
        let mut res = format!("{} {} {}", it.kind.name(), it.full_name(), it.version);
        for needed in &it.dependencies {
            let version = needed.version.as_deref().unwrap_or("?");
            res = format!("{res} -> {} {version}", needed.name);
        }
        if let Some(owner) = owner.and_then(|it| bill.packages.get(it)) {
            res = format!("{res} in {}", owner.name);
        }
        res
    });
    lines.collect()
}

fn distribution(bill: &Bill) -> String {
    let distribution = bill.distribution.as_ref();
    distribution.map(|it| format!("{} {}", it.id, it.version)).unwrap_or_default()
}

const CYCLONEDX: &str = r#"{
  "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "unknown": {"a": [1]},
  "metadata": {"component": {"type": "container", "name": "web:1", "purl": "pkg:oci/web"}},
  "components": [
    {"bom-ref": "os", "type": "operating-system", "name": "debian", "version": "12.5"},
    {"bom-ref": "c", "type": "library", "name": "libc6", "version": "2.36-9",
     "purl": "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12.5",
     "licenses": [{"license": {"id": "GPL-2.0-only"}}, {"expression": "MIT OR BSD-3-Clause"}],
     "supplier": {"name": "Debian"},
     "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "glibc"},
                    {"name": "aquasecurity:trivy:SrcVersion", "value": "2.36"},
                    {"name": "aquasecurity:trivy:SrcRelease", "value": "9"}]},
    {"bom-ref": "lock", "type": "application", "name": "app/package-lock.json",
     "properties": [{"name": "aquasecurity:trivy:Class", "value": "lang-pkgs"}]},
    {"bom-ref": "a", "type": "library", "name": "a", "version": "1.0.0",
     "purl": "pkg:npm/a@1.0.0", "scope": "excluded", "components": [
       {"bom-ref": "b", "type": "library", "name": "b", "purl": "pkg:npm/b@2.0.0",
        "properties": [{"name": "plimsoll:installed", "value": "false"},
                       {"name": "plimsoll:path", "value": "app/package-lock.json"}]}]},
    {"bom-ref": "x", "type": "library", "name": "mystery", "version": "1"},
    {"bom-ref": "y", "type": "library", "name": "r", "purl": "pkg:bitnami/redis@7.0"}
  ],
  "dependencies": [
    {"ref": "web", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b", "c", "nobody", "a"]}
  ],
  "compositions": [{"aggregate": "incomplete"}]
}"#;

#[test]
fn cyclonedx() {
    let bill = read_bill(CYCLONEDX.as_bytes()).unwrap();
    assert_eq!((bill.form, bill.name.as_str()), ("CycloneDX", "web:1"));
    assert_eq!(distribution(&bill), "debian 12.5");
    assert_eq!(
        shown(&bill),
        ["deb libc6 2.36-9", "npm a 1.0.0 -> b 2.0.0 -> libc6 2.36-9", "npm b 2.0.0"]
    );
    let [c, a, b] = bill.packages.as_slice() else { panic!() };
    assert_eq!(c.licence.as_deref(), Some("GPL-2.0-only AND (MIT OR BSD-3-Clause)"));
    assert_eq!(c.supplier.as_deref(), Some("Debian"));
    assert_eq!(c.source.as_ref().unwrap().version.as_deref(), Some("2.36-9"));
    assert!(a.development && a.installed && !b.installed);
    assert_eq!(b.path, "app/package-lock.json");
    assert_eq!(
        bill.gaps,
        [
            "1 thing is stated without a package URL, and not judged, such as `mystery`",
            "1 thing is of the type `bitnami`, of which nothing is known, and not judged, such as `r`",
            "says of itself that it is incomplete",
        ]
    );
}

const SPDX: &str = r#"{
  "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "document",
  "packages": [
    {"SPDXID": "SPDXRef-root", "name": "web:1", "externalRefs": [
      {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
       "referenceLocator": "pkg:oci/web@sha256%3A00"}]},
    {"SPDXID": "SPDXRef-os", "name": "alpine", "versionInfo": "3.20.1",
     "primaryPackagePurpose": "OPERATING-SYSTEM"},
    {"SPDXID": "SPDXRef-musl", "name": "musl", "versionInfo": "1.2.5-r0",
     "supplier": "Person: A B (a@b.example)", "licenseDeclared": "NOASSERTION",
     "licenseConcluded": "MIT", "sourceInfo": "found in APK DB: /lib/apk/db/installed, /x",
     "externalRefs": [{"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:musl"},
      {"referenceType": "purl", "referenceLocator": "pkg:apk/alpine/musl@1.2.5-r0"}]},
    {"SPDXID": "SPDXRef-py", "name": "six", "versionInfo": "1.16.0",
     "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/six@1.16.0"}]}
  ],
  "relationships": [
    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
     "relatedSpdxElement": "SPDXRef-root"},
    {"spdxElementId": "SPDXRef-musl", "relationshipType": "DEPENDENCY_OF",
     "relatedSpdxElement": "SPDXRef-py"},
    {"spdxElementId": "SPDXRef-musl", "relationshipType": "OTHER",
     "relatedSpdxElement": "SPDXRef-py", "comment": "ownership-by-file-overlap: says who"}
  ]
}"#;

#[test]
fn spdx() {
    let wrapped = format!(r#"{{"_type": "in-toto", "predicate": {SPDX}}}"#);
    for text in [SPDX, &wrapped] {
        let bill = read_bill(text.as_bytes()).unwrap();
        assert_eq!((bill.form, bill.name.as_str()), ("SPDX", "web:1"));
        assert_eq!(distribution(&bill), "alpine 3.20.1");
        assert_eq!(shown(&bill), ["apk musl 1.2.5-r0", "pypi six 1.16.0 -> musl 1.2.5-r0 in musl"]);
        let musl = &bill.packages[0];
        assert_eq!(musl.licence.as_deref(), Some("MIT"));
        assert_eq!(musl.supplier.as_deref(), Some("A B (a@b.example)"));
        assert_eq!(musl.path, "lib/apk/db/installed");
        assert!(bill.gaps.is_empty(), "{:?}", bill.gaps);
    }
}

const SPDX_TEXT: &str = "# made by hand
SPDXVersion: SPDX-2.2
DocumentName: web
PackageName: a
SPDXID: SPDXRef-a
PackageVersion: 1
PackageComment: <text>several
PackageName: not one
lines</text>
ExternalRef: PACKAGE-MANAGER purl pkg:gem/a@1
FileName: ./a.rb
SPDXID: SPDXRef-file
PackageName: b
SPDXID: SPDXRef-b
PackageSummary: <text>never ends
ExternalRef: PACKAGE_MANAGER purl pkg:gem/b@2
Relationship: SPDXRef-a DEPENDS_ON SPDXRef-b
";

#[test]
fn spdx_as_tags() {
    for text in [SPDX_TEXT.to_owned(), SPDX_TEXT.replace('\n', "\r\n")] {
        let bill = read_bill(text.as_bytes()).unwrap();
        assert_eq!((bill.form, bill.name.as_str()), ("SPDX", "web"));
        assert_eq!(shown(&bill), ["gem a 1 -> b 2", "gem b 2"]);
        assert!(bill.gaps.is_empty(), "{:?}", bill.gaps);
    }
}

#[test]
fn syft() {
    let bill = read_bill(
        br#"{
          "artifacts": [
            {"id": "1", "name": "openssl-libs", "version": "1:3.0.7-25.el9", "type": "rpm",
             "purl": "pkg:rpm/rhel/openssl-libs@3.0.7-25.el9?arch=x86_64&distro=rhel-9.3&epoch=1",
             "licenses": [{"value": "ASL 2.0", "spdxExpression": ""}],
             "locations": [{"path": "/var/lib/rpm/rpmdb.sqlite"}],
             "metadata": {"sourceRpm": "openssl-3.0.7-25.el9.src.rpm", "vendor": "Red Hat, Inc."}},
            {"id": "2", "name": "gpg", "version": "1.15", "purl": "pkg:pypi/gpg@1.15"}
          ],
          "artifactRelationships": [
            {"parent": "1", "child": "2", "type": "dependency-of"},
            {"parent": "1", "child": "2", "type": "ownership-by-file-overlap"}
          ],
          "source": {"id": "x", "type": "image", "metadata": {"userInput": "ubi9"}},
          "distro": {"id": "rhel", "versionID": "9.3", "idLike": ["fedora"]},
          "schema": {"version": "16.0.0"}
        }"#,
    )
    .unwrap();
    assert_eq!((bill.form, bill.name.as_str()), ("Syft JSON", "ubi9"));
    assert_eq!(distribution(&bill), "rhel 9.3");
    assert_eq!(
        shown(&bill),
        [
            "rpm openssl-libs 1:3.0.7-25.el9",
            "pypi gpg 1.15 -> openssl-libs 1:3.0.7-25.el9 in openssl-libs",
        ]
    );
    let source = bill.packages[0].source.clone().unwrap();
    assert_eq!(
        (source.name.as_str(), source.version.as_deref()),
        ("openssl", Some("3.0.7-25.el9"))
    );
    assert!(bill.gaps.is_empty(), "{:?}", bill.gaps);
}

#[test]
fn packages_tell_the_distribution_where_nobody_else_does() {
    for (purls, expected, n_gaps) in [
        (&["pkg:deb/debian/a@1?distro=debian-12", "pkg:deb/debian/b@1"] as &[&str], "debian 12", 0),
        (
            &["pkg:deb/debian/a@1?distro=debian-12.5", "pkg:deb/debian/b@1?distro=bookworm"],
            "debian 12.5",
            0,
        ),
        (
            &[
                "pkg:apk/alpine/a@1?distro=alpine-3.20.1",
                "pkg:deb/debian/b@1?distro=debian-12",
                "pkg:deb/debian/c@1?distro=debian-12",
            ],
            "debian 12",
            1,
        ),
        (&["pkg:deb/a@1"], "", 1),
        (&["pkg:npm/a@1"], "", 0),
    ] {
        let components: Vec<String> = purls
            .iter()
            .map(|it| format!(r#"{{"type": "library", "name": "a", "purl": "{it}"}}"#))
            .collect();
        let text = format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{}]}}"#,
            components.join(",")
        );
        let bill = read_bill(text.as_bytes()).unwrap();
        assert_eq!(distribution(&bill), expected, "{purls:?}");
        assert_eq!(bill.gaps.len(), n_gaps, "{:?}", bill.gaps);
    }
}

#[test]
fn the_same_package_stated_twice_is_one() {
    let component = r#"{"type": "library", "name": "a", "purl": "pkg:npm/a@1"}"#;
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{component}, {component}]}}"#
    );
    assert_eq!(shown(&read_bill(text.as_bytes()).unwrap()), ["npm a 1"]);
}

#[test]
fn what_is_no_bill_is_refused_and_says_why() {
    for (text, expected) in [
        ("", "neither CycloneDX"),
        ("hello", "neither CycloneDX"),
        ("{}", "neither CycloneDX"),
        ("{", "broken"),
        (r#"{"bomFormat": "CycloneDX"}"#, "as CycloneDX, which is not read"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "2.0"}"#, "as CycloneDX 2.0"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": 7}"#, "broken"),
        (r#"{"spdxVersion": "SPDX-3.0"}"#, "as SPDX 3.0"),
        (r#"{"@context": "https://spdx.org/rdf/3.0.0/spdx-context.jsonld"}"#, "as SPDX 3"),
        (r#"{"payloadType": "x", "payload": ""}"#, "a signed envelope"),
        (r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4">"#, "as CycloneDX XML"),
        (r#"{"predicate": {"predicate": {"artifacts": []}}}"#, "neither CycloneDX"),
    ] {
        let error = read_bill(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(expected), "{text}: {error}");
    }
    assert_eq!(read_bill(b"\xff\xfe{\0"), read_bill(b"{"));
}

#[test]
fn torn_bills_do_no_harm() {
    for text in [CYCLONEDX, SPDX, SPDX_TEXT] {
        for end in (0..text.len()).step_by(7) {
            let _: Result<Bill, BillError> = read_bill(&text.as_bytes()[..end]);
        }
    }
    let deep = format!("{}{}", r#"{"components": ["#.repeat(5_000), "]}".repeat(5_000));
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{deep}, 7, null]}}"#
    );
    let bill = read_bill(text.as_bytes()).unwrap();
    assert_eq!(bill.gaps, ["3 things could not be read"]);
}
