//! `image` and what else is asked of images: statements in and out, comparison, recommendation,
//! schemas, the advisories of the settings, and that `--offline` is kept.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::{
    archive::{BASE, ask, folder, image},
    bucket::Bucket,
    support::{Answer, Folder},
};

/// An OpenVEX document with one statement about the package `left`.
fn openvex(status: &str, reason: &str) -> String {
    let mut statement = json!({
        "vulnerability": { "name": "CVE-2026-1001" },
        "products": [{ "@id": "pkg:npm/left" }],
        "status": status,
    });
    if !reason.is_empty() {
        statement["justification"] = json!(reason);
        statement["impact_statement"] = json!("nobody calls it");
    }
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex/1",
        "author": "acme", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
        "statements": [statement],
    })
    .to_string()
}

/// Disposition and reason of each vulnerability, by its name.
#[track_caller]
fn dispositions(answer: &Answer) -> Vec<String> {
    let report = answer.json();
    let word = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let all = report["vulnerabilities"].as_array().unwrap();
    let mut res: Vec<String> = all
        .iter()
        .map(|it| {
            let words = [&it["package"], &it["disposition"], &it["disposition_reason"]].map(word);
            words.join(" ").trim().to_owned()
        })
        .collect();
    res.sort();
    res
}

const NOT_RUN: &str = "vulnerable_code_not_in_execute_path";

#[test]
fn a_statement_with_a_reason_clears_a_vulnerability() {
    let folder = folder();
    let answer = ask(&folder, "image old.tar --format json").expect(1);
    assert_eq!(dispositions(&answer), ["left open", "openssl open"]);

    folder.write("a.json", openvex("not_affected", NOT_RUN));
    let answer = ask(&folder, "image old.tar --vex a.json --format json").expect(1);
    let cleared = dispositions(&answer).remove(0);
    assert!(cleared.starts_with(&format!("left not-affected {NOT_RUN}: nobody")), "{cleared}");
    let stats = &answer.json()["stats"];
    assert_eq!((&stats["vulnerabilities"], &stats["not_affected"]), (&json!(2), &json!(1)));
    assert_eq!(stats["vulnerabilities_by_severity"]["critical"], 1);
    let shown = ask(&folder, "image old.tar --vex a.json --verbose");
    assert!(shown.out.contains("1 not affected") && shown.out.contains("nobody calls it"));
    assert!(shown.out.contains("https://acme.example/vex/1"), "{}", shown.out);
    let table = ask(&folder, "image old.tar --vex a.json --format markdown");
    assert!(table.out.contains("Not counted: 1 not affected"), "{}", table.out);
    assert!(table.out.contains("(not affected: vulnerable"), "{}", table.out);

    folder.write("b.json", openvex("fixed", ""));
    let answer = ask(&folder, "image old.tar --vex b.json --format json");
    assert!(dispositions(&answer)[0].starts_with("left not-affected fixed"));

    let settings = "vex = 'a.json'\n[database]\npath = 'facts.db'\nmax-data-age = 36500\n";
    folder.write("plimsoll.toml", settings);
    let mut command = folder.command("scan old.tar --format json");
    command.env("XDG_CACHE_HOME", folder.path("cache"));
    let answer = Answer::new(&command.output().unwrap()).expect(1);
    assert!(dispositions(&answer)[0].starts_with("left not-affected"));
}

#[test]
fn a_claim_without_a_reason_clears_nothing_and_is_told() {
    let folder = folder();
    folder.write("a.json", openvex("not_affected", ""));
    let answer = ask(&folder, "image old.tar --vex a.json --format json").expect(1);
    assert_eq!(dispositions(&answer), ["left open", "openssl open"]);
    assert!(answer.out.contains("1 claim of `not affected`"), "{}", answer.out);
}

#[test]
fn a_document_that_cannot_be_read_is_named() {
    let folder = folder();
    folder.write("a.json", "{}");
    for (words, name) in [("--vex a.json", "a.json"), ("--vex nowhere.json", "nowhere.json")] {
        let answer = ask(&folder, &format!("image old.tar {words}")).expect(2);
        assert!(answer.err.contains(name) && answer.err.contains("help: "), "{}", answer.err);
    }
    folder.write("plimsoll.toml", "vex = 'a.json'\n");
    let answer = ask(&folder, "image old.tar").expect(2);
    assert!(answer.err.contains("a.json"), "{}", answer.err);
    let answer = folder.run("scan --vex a.json .").expect(2);
    assert!(answer.err.contains("--vex"), "{}", answer.err);
}

#[test]
fn what_is_written_is_read_again() {
    let folder = folder();
    folder.write("a.json", openvex("not_affected", NOT_RUN));
    for format in ["openvex", "cyclonedx-vex"] {
        let words = format!("image old.tar --vex a.json --format {format} -o {format}.json");
        ask(&folder, &words).expect(1);
        let document: Value =
            serde_json::from_str(&folder.read(&format!("{format}.json"))).unwrap();
        let all = document.get("statements").or(document.get("vulnerabilities")).unwrap();
        assert_eq!(all.as_array().unwrap().len(), 2, "{document}");
        let words = format!("image old.tar --vex {format}.json --format json");
        let found = dispositions(&ask(&folder, &words));
        assert!(found[0].starts_with("left not-affected"), "{format}: {found:?}");
        assert_eq!(found[1], "openssl open", "{format}");
    }
    for words in
        ["lint --format openvex .", "scan --format cyclonedx-vex .", "secrets --format openvex"]
    {
        let answer = folder.run(words).expect(2);
        assert!(answer.err.contains("plimsoll image"), "{}", answer.err);
    }
}

#[test]
fn two_images_are_compared() {
    let folder = folder();
    let better = ask(&folder, "image compare old.tar new.tar --format json").expect(0).json();
    assert_eq!(better["gone_vulnerabilities"][0]["package"], "left");
    assert_eq!(better["gone_vulnerabilities"][0]["layer_index"], 1);
    assert_eq!(better["kept_vulnerabilities"][0]["package"], "openssl");
    assert_eq!(better["packages"][0]["change"], "upgraded");
    assert_eq!(better["outcome"], "clean");
    let layers = better["layers"].as_array().unwrap();
    let sides: Vec<_> = layers.iter().map(|it| (&it["in_old"], &it["in_new"])).collect();
    let (yes, no) = (&json!(true), &json!(false));
    assert_eq!(sides, [(yes, yes), (yes, no), (no, yes)]);
    assert_eq!(layers[1]["vulnerabilities"], 1);

    let worse = ask(&folder, "image compare new.tar old.tar").expect(1);
    assert!(worse.out.contains("fails: 1 came at `medium` or above"), "{}", worse.out);
    ask(&folder, "image compare new.tar old.tar --fail-on never").expect(0);
    let page = ask(&folder, "image compare old.tar new.tar --format html").expect(0).out;
    assert!(page.contains("<b>only before</b>") && page.ends_with("</html>\n"), "{page}");
    let page = ask(&folder, "image compare old.tar new.tar --format markdown").expect(0).out;
    assert!(page.contains("- gone: critical CVE-2026-1001 in left"), "{page}");

    // By old facts nothing is called better.
    folder.write("plimsoll.toml", "max-data-age = 1\n");
    let answer = ask(&folder, "image compare old.tar new.tar").expect(3);
    assert!(answer.out.contains("incomplete:") && answer.out.contains("days old"));
}

#[test]
fn better_bases_are_named_with_what_they_mend() {
    let folder = folder();
    let words = "image recommend old.tar --format json";
    let answer = ask(&folder, words).expect(0).json();
    assert_eq!(answer["current"], "python:3.11.4-slim");
    let candidate = &answer["candidates"][0];
    assert_eq!(candidate["reference"], "python:3.11.9-slim", "{answer}");
    assert_eq!(candidate["kind"], "newer-patch");
    assert_eq!(candidate["fixes"], json!({ "critical": 1 }), "openssl, and not left");
    let human = ask(&folder, "image recommend old.tar").expect(0);
    assert!(human.out.contains("mends at least 1 critical"), "{}", human.out);
    let answer = ask(&folder, "image recommend dir:feeds").expect(0);
    assert!(answer.out.contains("built from an image that is not known"), "{}", answer.out);
}

#[test]
fn documents_keep_to_the_schemas_that_are_printed() {
    let folder = folder();
    for (kind, words) in [
        ("image", "image old.tar --format json"),
        ("image-comparison", "image compare old.tar new.tar --format json"),
        ("image-recommendation", "image recommend old.tar --format json"),
        ("secrets", "secrets . --format json"),
        ("database", "db status --db facts.db --format json"),
    ] {
        let schema = folder.run(&format!("schema {kind}")).expect(0).json();
        let words = match kind {
            "secrets" | "database" => words.to_owned(),
            _ => format!("{words} --db facts.db --no-cache"),
        };
        let document = folder.run(&words).json();
        let errors: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&document)
            .map(|it| it.to_string())
            .collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}");
    }
}

#[test]
fn the_settings_say_by_which_advisories() {
    let folder = folder();
    let settings = "[database]\npath = 'facts.db'\nmax-data-age = 36500\n";
    folder.write("plimsoll.toml", settings);
    let answer = folder.run("image old.tar --no-cache --format json").expect(1);
    assert_eq!(dispositions(&answer).len(), 2);
    let source = &answer.json()["advisories"]["source"];
    assert!(source.as_str().unwrap().ends_with("facts.db"), "{source}");
    let status = folder.run("db status --format json").expect(0).json();
    assert_eq!(status["database"]["max_age_days"], 36_500);

    let bucket = Bucket::new();
    bucket.put("A-1", 1, "1.0.0");
    let url = &bucket.url;
    let settings = format!("[database]\npath = 'own.db'\nbase-urls = {{ osv = '{url}' }}\n");
    folder.write("plimsoll.toml", settings);
    let answer = folder.run("image old.tar --no-cache").expect(2);
    assert!(answer.err.contains("own.db"), "{}", answer.err);
    folder.run("db update --feed osv-npm --timeout 5").expect(0);
    assert_eq!(bucket.log(), ["200 /npm/modified_id.csv", "200 /npm/all.zip"]);
    assert!(folder.path("own.db").is_file());
}

#[test]
fn old_facts_are_never_called_clean() {
    let folder = folder();
    folder.write("bare.tar", image(&[BASE]));
    ask(&folder, "image bare.tar --select vulnerable-package --fail-on never").expect(0);
    folder.write("plimsoll.toml", "max-data-age = 1\n");
    let words = "image bare.tar --select vulnerable-package --fail-on never";
    let answer = ask(&folder, words).expect(3);
    assert!(answer.out.contains("days old"), "{}", answer.out);
    assert!(!answer.out.contains("passes"), "{}", answer.out);
    for format in ["markdown", "junit", "github", "html", "json", "sarif"] {
        let answer = ask(&folder, &format!("{words} --format {format}")).expect(3);
        assert!(answer.out.contains("advisories"), "{format}: {}", answer.out);
    }
    // What was not looked for is not called absent.
    let words = "image bare.tar --no-vulnerabilities --no-secrets --format human";
    let answer = ask(&folder, words);
    let lines = answer.out.lines().filter(|it| it.contains("not looked for")).count();
    assert!(lines >= 2, "{}", answer.out);
}

#[test]
fn offline_opens_no_socket_and_says_what_it_would_need() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    let folder = Folder::new(&[]);
    for (words, needed) in [
        (format!("image registry:{address}/web:1 --insecure-registry {address}"), "registry"),
        (format!("image {address}/web:1 --insecure-registry {address}"), "registry"),
        (format!("sbom registry:{address}/web:1"), "registry"),
        (format!("scan {address}/web:1"), "registry"),
        ("image docker:web:1".to_owned(), "tcp://"),
        ("image container:web".to_owned(), "tcp://"),
        ("host".to_owned(), "tcp://"),
        (format!("image compare registry:{address}/a registry:{address}/b"), "registry"),
        (format!("image recommend registry:{address}/a"), "registry"),
        (format!("db update --base osv=http://{address} --db a.db"), "network"),
        (format!("db update --from http://{address}/a.db --db a.db"), "network"),
    ] {
        let mut command = folder.command(&format!("--offline {words}"));
        command.env("DOCKER_HOST", format!("tcp://{address}"));
        for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, format!("http://{address}"));
        }
        let answer = Answer::new(&command.output().unwrap()).expect(2);
        assert!(answer.err.contains(needed), "{words}: {}", answer.err);
        assert!(answer.err.contains("offline"), "{words}: {}", answer.err);
    }
    // A connection would wait to be accepted, though its maker is gone.
    assert!(listener.accept().is_err(), "a connection was opened");
}
