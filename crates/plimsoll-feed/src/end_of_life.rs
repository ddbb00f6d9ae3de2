//! Ends of support, as endoflife.date tells them: its API's JSON (one product, or all of them), and
//! its own Markdown documents, which begin with a block of YAML.

use plimsoll_vuln::{Cycle, Day, End, Product};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    error::FeedError,
    nullable::nullable,
    sink::{Fact, Sink},
    yaml::{text, yaml_value},
};

/// Reads one document; a product in Markdown is called as its file is.
pub fn read_end_of_life(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    if bytes.trim_ascii_start().first() == Some(&b'{') {
        return read_json(name, bytes, sink);
    }
    read_markdown(name, bytes, sink)
}

#[derive(Deserialize)]
struct Answer {
    result: OneOrAll,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrAll {
    All(Vec<JsonProduct>),
    One(JsonProduct),
}

#[derive(Deserialize)]
struct JsonProduct {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    identifiers: Vec<Identifier>,
    #[serde(default, deserialize_with = "nullable")]
    releases: Vec<Release>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(default, deserialize_with = "nullable")]
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "named as the document names them")]
struct Release {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    codename: String,
    #[serde(default, deserialize_with = "nullable")]
    release_date: String,
    #[serde(default, deserialize_with = "nullable")]
    is_lts: bool,
    #[serde(default)]
    is_eoas: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    eoas_from: String,
    #[serde(default)]
    is_eol: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    eol_from: String,
    #[serde(default)]
    is_eoes: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    eoes_from: String,
    #[serde(default, deserialize_with = "nullable")]
    latest: Latest,
}

#[derive(Default, Deserialize)]
struct Latest {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    date: String,
}

fn read_json(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
    let products = match answer.result {
        OneOrAll::All(products) => products,
        OneOrAll::One(product) => vec![product],
    };
    for product in products {
        sink.fact(Fact::Product(Product {
            name: product.name,
            identifiers: identifiers(product.identifiers.into_iter().map(|it| it.id)),
            cycles: product.releases.into_iter().take(MAX_CYCLES).map(Release::cycle).collect(),
        }));
    }
    Ok(())
}

impl Release {
    fn cycle(self) -> Cycle {
        let end = |is_over: Option<bool>, from: &str| match (Day::parse(from), is_over) {
            (Some(day), _) => End::On(day),
            (None, Some(true)) => End::Passed,
            (None, Some(false)) => End::NotSet,
            (None, None) => End::Unknown,
        };
        Cycle {
            active_end: end(self.is_eoas, &self.eoas_from),
            end: end(self.is_eol, &self.eol_from),
            extended_end: end(self.is_eoes, &self.eoes_from),
            released: Day::parse(&self.release_date),
            long_term: self.is_lts,
            latest_on: Day::parse(&self.latest.date),
            latest: self.latest.name,
            codename: self.codename,
            name: self.name,
        }
    }
}

fn read_markdown(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let text = std::str::from_utf8(bytes).map_err(|it| FeedError::new(name, it))?;
    let block = text.strip_prefix("---").and_then(|it| it.split_once("\n---"));
    let Some((block, _)) = block else {
        return Err(FeedError::new(name, "it does not begin with a block of YAML"));
    };
    let value = yaml_value(name, block.as_bytes())?;
    let file = name.rsplit('/').next().unwrap_or(name);
    let ids = value.get("identifiers").and_then(Value::as_array).into_iter().flatten();
    let ids = ids.filter_map(Value::as_object).flat_map(|it| it.values());
    let releases = value.get("releases").and_then(Value::as_array);
    let releases = releases.into_iter().flatten().take(MAX_CYCLES);
    sink.fact(Fact::Product(Product {
        name: file.trim_end_matches(".md").to_owned(),
        identifiers: identifiers(ids.filter_map(Value::as_str).map(str::to_owned)),
        cycles: releases.filter_map(markdown_cycle).collect(),
    }));
    Ok(())
}

fn markdown_cycle(value: &Value) -> Option<Cycle> {
    let name = Some(text(value, "releaseCycle")).filter(|it| !it.is_empty())?;
    let end = |key: &str| match text(value, key) {
        "" => End::Unknown,
        "true" => End::Passed,
        "false" => End::NotSet,
        day => Day::parse(day).map_or(End::Unknown, End::On),
    };
    Some(Cycle {
        name: name.to_owned(),
        codename: text(value, "codename").to_owned(),
        released: Day::parse(text(value, "releaseDate")),
        // A day says from when on: it will be one, so it is one.
        long_term: !matches!(text(value, "lts"), "" | "false"),
        active_end: end("eoas"),
        end: end("eol"),
        extended_end: end("eoes"),
        latest: text(value, "latest").replace("__RELEASE_CYCLE__", name),
        latest_on: Day::parse(text(value, "latestReleaseDate")),
    })
}

/// Names by which an image or a package is known; CPEs and the like are left out.
fn identifiers(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut res: Vec<String> = ids.filter(|it| it.starts_with("pkg:")).take(MAX_IDS).collect();
    res.sort();
    res.dedup();
    res
}

/// Releases of one product.
const MAX_CYCLES: usize = 10_000;

/// Names of one product.
const MAX_IDS: usize = 10_000;

#[cfg(test)]
mod tests {
    use plimsoll_vuln::{Day, End, Product};

    use super::read_end_of_life;
    use crate::sink::{Fact, Sink, Tally};

    fn read(name: &str, text: &str) -> Vec<Product> {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let mut sink = Sink::new(&mut tally, &mut take);
        let _ = read_end_of_life(name, text.as_bytes(), &mut sink);
        let product = |it| match it {
            Fact::Product(product) => product,
            _ => panic!("a product"),
        };
        facts.into_iter().map(product).collect()
    }

    #[test]
    fn both_forms_say_the_same() {
        let json = read(
            "all",
            r#"{"schema_version": "1.2.0", "result": [{"name": "debian", "identifiers": [
            {"type": "purl", "id": "pkg:docker/library/debian"}, {"type": "cpe", "id": "cpe:x"}],
            "releases": [
            {"name": "12", "codename": "Bookworm", "releaseDate": "2023-06-10", "isLts": false,
             "isEoas": null, "eoasFrom": null, "isEol": true, "eolFrom": "2026-07-11",
             "isEoes": false, "eoesFrom": "2028-06-30",
             "latest": {"name": "12.15", "date": "2026-07-11"}},
            {"name": "sid", "codename": null, "releaseDate": null, "isLts": true,
             "isEol": false, "eolFrom": null, "isEoes": true, "latest": null}]}]}"#,
        );
        let markdown = read(
            "products/debian.md",
            "---\ntitle: Debian\nidentifiers:\n  - cpe: cpe:x\n\
            \x20 - purl: pkg:docker/library/debian\nreleases:\n\
            \x20 - releaseCycle: \"12\"\n    codename: \"Bookworm\"\n    releaseDate: 2023-06-10\n\
            \x20   eol: 2026-07-11\n    eoes: 2028-06-30\n    latest: \"12.15\"\n\
            \x20   latestReleaseDate: 2026-07-11\n  - releaseCycle: \"sid\"\n    lts: 2030-01-01\n\
            \x20   eol: false\n    eoes: true\n---\n\nText.\n",
        );
        assert_eq!(json, markdown);
        let debian = &json[0];
        assert_eq!(debian.identifiers, ["pkg:docker/library/debian"]);
        let day = |it| End::On(Day::parse(it).unwrap());
        assert_eq!(debian.cycles[0].end, day("2026-07-11"));
        assert_eq!(debian.cycles[0].extended_end, day("2028-06-30"));
        assert_eq!(debian.cycles[0].active_end, End::Unknown);
        assert_eq!(
            (debian.cycles[1].end, debian.cycles[1].extended_end),
            (End::NotSet, End::Passed)
        );
    }

    #[test]
    fn one_product_of_the_api_is_read_too() {
        assert_eq!(read("a", r#"{"result": {"name": "a", "releases": []}}"#).len(), 1);
        assert_eq!(read("a", "no block").len(), 0);
        assert_eq!(read("a", r#"{"result": 1}"#).len(), 0);
    }
}
