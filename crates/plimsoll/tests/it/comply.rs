//! A standard, assessed from files and settings: nothing is satisfied that was not looked at.

use serde_json::Value;

use crate::support::{Folder, repository};

const SAFE: &str = "services:\n  web:\n    image: nginx:1.27.3@sha256:\
    1111111111111111111111111111111111111111111111111111111111111111\n    privileged: false\n";
const OPEN: &str = "services:\n  web:\n    image: nginx\n    privileged: true\n";

/// How the control called `id` stands, and all that is said of it.
fn control<'a>(answer: &'a Value, id: &str) -> &'a Value {
    let all = answer["controls"].as_array().unwrap();
    all.iter().find(|it| it["id"] == id).unwrap()
}

#[test]
fn a_control_follows_what_was_found_and_never_what_was_not_looked_at() {
    let folder = Folder::new(&[("safe/compose.yaml", SAFE), ("open/compose.yaml", OPEN)]);
    let open = folder.run("comply open --format json").expect(1).json();
    assert_eq!(open["framework"], "cis-docker-1.8.0");
    let privileged = control(&open, "5.5");
    assert_eq!(privileged["status"], "not-satisfied");
    let evidence = privileged["evidence"][0].as_str().unwrap();
    assert!(evidence.contains("open/compose.yaml:4:17"), "{evidence}");
    assert!(evidence.contains("[privileged-service]"), "{evidence}");
    let safe = folder.run("comply safe --format json --exit-zero").expect(0).json();
    assert_eq!(control(&safe, "5.5")["status"], "satisfied");
    for (id, why) in [
        ("2.2", "no daemon was judged"),
        ("3.1", "no host was judged"),
        ("5.24", "history of the engine"),
    ] {
        let open = control(&safe, id);
        assert_eq!(open["status"], "not-assessed", "{id}");
        assert!(open["why"].as_str().unwrap().contains(why), "{id}: {open}");
    }
}

#[test]
fn a_part_that_cannot_be_read_satisfies_nothing() {
    let folder = Folder::new(&[("compose.yaml", SAFE), ("broken/compose.yaml", "services: [\n")]);
    let answer = folder.run("comply --format json --exit-zero").expect(0).json();
    assert_ne!(control(&answer, "5.5")["status"], "satisfied");
    assert!(!answer["gaps"].as_array().unwrap().is_empty());
}

#[test]
fn earlier_answers_show_what_changed() {
    let folder = Folder::new(&[("compose.yaml", OPEN)]);
    folder.run("comply --format json --output before.json").expect(1);
    folder.write("compose.yaml", SAFE);
    let answer = folder.run("comply --previous before.json --exit-zero").expect(0);
    assert!(answer.out.contains("5.5 is satisfied, was not satisfied"), "{answer:?}");
    let other = folder.run("comply --framework soc2 --previous before.json").expect(2);
    assert!(other.err.contains("cis-docker-1.8.0"), "{other:?}");
    let unknown = folder.run("comply --framework cis").expect(2);
    assert!(unknown.err.contains("pci-dss-4.0.1"), "{unknown:?}");
}

#[test]
fn oscal_documents_name_what_they_refer_to() {
    let folder = Folder::new(&[("compose.yaml", OPEN)]);
    let answer = folder.run("comply --format oscal").expect(1).json();
    let result = &answer["assessment-results"]["results"][0];
    let observations = result["observations"].as_array().unwrap();
    let names: Vec<&Value> = observations.iter().map(|it| &it["uuid"]).collect();
    for finding in result["findings"].as_array().unwrap() {
        assert!(
            ["satisfied", "not-satisfied"]
                .contains(&finding["target"]["status"]["state"].as_str().unwrap())
        );
        for related in finding["related-observations"].as_array().unwrap() {
            assert!(names.contains(&&related["observation-uuid"]));
        }
    }
    let catalog = folder.run("comply --format oscal-catalog").expect(0).json();
    assert!(catalog["catalog"]["groups"].as_array().unwrap().len() > 5);
    let component = folder.run("comply --format oscal-component").expect(0).json();
    assert_eq!(component["component-definition"]["components"][0]["title"], "Plimsoll");
}

#[test]
fn no_text_of_a_file_becomes_markup_or_control_signs() {
    let hostile =
        "services:\n  \"<script>x</script>\\u001b[31m\":\n    image: nginx\n    privileged: true\n";
    let folder = Folder::new(&[("compose.yaml", hostile)]);
    let page = folder.run("comply --format html").expect(1).out;
    assert!(!page.contains("<script>x") && !page.contains('\u{1b}'));
    let text = folder.run("--color never comply").expect(1).out;
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn the_example_is_assessed_by_every_standard() {
    let folder = Folder::new(&[]);
    let shop = repository().join("examples/shop").display().to_string();
    for name in [
        "cis-docker-1.8.0",
        "cis-docker-1.7.0",
        "cis-docker-1.6.0",
        "nist-800-190",
        "soc2",
        "pci-dss-4.0.1",
        "iso-27001",
        "nist-800-53",
    ] {
        let words = format!("comply {shop} --framework {name} --format json");
        let answer = folder.run(&words).expect(1).json();
        assert!(answer["counts"]["not-satisfied"].as_u64().unwrap() > 0, "{name}");
    }
}
