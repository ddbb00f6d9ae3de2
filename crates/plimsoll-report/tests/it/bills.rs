//! Bills of materials and VEX documents: valid by the official schema, and the same every time.

use plimsoll_finding::Disposition;
use plimsoll_report::{image::Image, sbom, vex};
use serde_json::{Value, json};

use crate::{
    image_sample::{image, image_verdict, verdict_of},
    sample::{run, written},
};

fn cyclonedx_errors(text: &str) -> Vec<String> {
    let schema = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let resource = |text| jsonschema::Resource::from_contents(schema(text)).unwrap();
    let validator = jsonschema::options()
        .with_resource(
            "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json",
            resource(include_str!("../data/cyclonedx-spdx.schema.json")),
        )
        .with_resource(
            "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json",
            resource(include_str!("../data/jsf-0.82.schema.json")),
        )
        .build(&schema(include_str!("../data/cyclonedx-1.6.schema.json")))
        .unwrap();
    let document = schema(text);
    validator.iter_errors(&document).map(|it| format!("{}: {it}", it.instance_path)).collect()
}

fn bare() -> Image {
    Image {
        name: "empty".to_owned(),
        created: "2024-99-99T00:00:00Z".to_owned(),
        ..Image::default()
    }
}

#[test]
fn cyclonedx_is_valid_by_its_schema() {
    for image in [image(), bare()] {
        let text = written(|out| sbom::write_cyclonedx(&image, &run(), out));
        assert_eq!(cyclonedx_errors(&text), Vec::<String>::new());
        assert_eq!(text, written(|out| sbom::write_cyclonedx(&image, &run(), out)));
    }
    assert!(!cyclonedx_errors(r#"{"bomFormat": "CycloneDX", "specVersion": 7}"#).is_empty());
}

#[test]
fn no_bill_carries_the_arguments_of_an_instruction() {
    let mut image = image();
    for layer in &mut image.layers {
        layer.instruction = "RUN TOKEN=hunter2 make".to_owned();
    }
    for write in [sbom::write_cyclonedx, sbom::write_spdx] {
        assert!(!written(|out| write(&image, &run(), out)).contains("hunter2"));
    }
}

#[test]
fn spdx_relates_only_what_it_states() {
    for image in [image(), bare()] {
        let text = written(|out| sbom::write_spdx(&image, &run(), out));
        assert_eq!(text, written(|out| sbom::write_spdx(&image, &run(), out)));
        let document: Value = serde_json::from_str(&text).unwrap();
        let packages = document["packages"].as_array().unwrap();
        let mut ids: Vec<&str> = packages.iter().map(|it| it["SPDXID"].as_str().unwrap()).collect();
        ids.push("SPDXRef-DOCUMENT");
        for relationship in document["relationships"].as_array().unwrap() {
            for end in ["spdxElementId", "relatedSpdxElement"] {
                assert!(ids.contains(&relationship[end].as_str().unwrap()), "{relationship}");
            }
        }
        let n_ids = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), n_ids);
        assert_eq!(packages.len() > 1, image.distribution.is_some());
    }
}

#[test]
fn vex_says_only_what_somebody_said() {
    let image = image();
    let mut findings: Vec<_> = image_verdict().findings.iter().collect();
    let nth = |nth: usize| image.vulnerabilities[nth].finding;
    findings[nth(0)].disposition = Disposition::NotAffected {
        reason: "vulnerable_code_not_present: not built in".to_owned(),
        document: "vex.json".to_owned(),
    };
    findings[nth(1)].disposition = Disposition::Baseline;
    let verdict = verdict_of(findings);
    let text = written(|out| vex::write_cyclonedx_vex(&image, &verdict, &run(), out));
    assert_eq!(cyclonedx_errors(&text), Vec::<String>::new());
    let document: Value = serde_json::from_str(&text).unwrap();
    let analysis = |nth: usize| document["vulnerabilities"][nth]["analysis"].clone();
    assert_eq!(
        analysis(0),
        json!({
            "state": "not_affected",
            "justification": "code_not_present",
            "detail": "vulnerable_code_not_present: not built in",
        })
    );
    assert_eq!(analysis(1)["state"], "in_triage");
    let text = written(|out| vex::write_openvex(&image, &verdict, &run(), out));
    let document: Value = serde_json::from_str(&text).unwrap();
    let statements = document["statements"].as_array().unwrap();
    assert_eq!(statements.len(), image.vulnerabilities.len());
    assert_eq!(statements[0]["status"], "not_affected");
    assert_eq!(statements[0]["justification"], "vulnerable_code_not_present");
    assert_eq!(statements[1]["status"], "under_investigation");
}
