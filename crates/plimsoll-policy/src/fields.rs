//! Every key of `plimsoll.toml`: one definition, from which the JSON schema and the sample are
//! printed and against which the reader checks.

use std::fmt::Write as _;

use plimsoll_finding::{Audience, LabelKind, RuleInfo, Severity};
use serde_json::{Map, Value, json};

/// One key of the settings.
#[derive(Debug)]
pub struct Field {
    /// The table it stands in.
    pub table: Table,
    /// The key.
    pub key: &'static str,
    /// What its value must be.
    pub shape: Shape,
    /// What holds when it is not given, as TOML; empty where nothing does.
    pub default: &'static str,
    /// A sensible value, as TOML.
    pub sample: &'static str,
    /// What it does, in one or two sentences.
    pub doc: &'static str,
}

/// A table of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The top of the file.
    Root,
    /// `[registries]`.
    Registries,
    /// `[limits]`.
    Limits,
    /// `[database]`.
    Database,
    /// `[waivers]`.
    Waivers,
    /// One `[[paths]]`.
    Paths,
    /// One `[[waiver]]`.
    Waiver,
    /// One entry of `[rules]` that is written as a table.
    Rule,
}

impl Table {
    /// The line that opens it in a file; empty where there is none.
    pub fn header(self) -> &'static str {
        match self {
            Self::Root | Self::Rule => "",
            Self::Registries => "[registries]",
            Self::Limits => "[limits]",
            Self::Database => "[database]",
            Self::Waivers => "[waivers]",
            Self::Paths => "[[paths]]",
            Self::Waiver => "[[waiver]]",
        }
    }

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "the settings",
            Self::Registries => "`registries`",
            Self::Limits => "`limits`",
            Self::Database => "`database`",
            Self::Waivers => "`waivers`",
            Self::Paths => "`paths`",
            Self::Waiver => "`waiver`",
            Self::Rule => "the settings of a rule",
        }
    }

    /// Its keys.
    pub fn fields(self) -> impl Iterator<Item = &'static Field> {
        FIELDS.iter().filter(move |it| it.table == self)
    }
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `true` or `false`.
    Bool,
    /// A text that is not empty.
    Text,
    /// One text or a list of texts.
    Texts,
    /// One path pattern or a list of them.
    Patterns,
    /// One rule name or a list of them.
    RuleNames,
    /// The widest audience that is asked.
    Audience,
    /// A list of audiences.
    Audiences,
    /// A severity.
    Severity,
    /// A severity or `never`.
    FailOn,
    /// A day: `2027-03-01`.
    Date,
    /// A number of days.
    Days,
    /// A number of bytes, or a text such as `10 MiB`.
    Size,
    /// A table from rule names to what is said of them.
    Rules,
    /// A table from label names to kinds of label.
    Labels,
    /// A table from names of feeds to addresses.
    Urls,
    /// One table.
    Table(Table),
    /// A list of tables.
    Tables(Table),
}

/// Every key, in the order in which the sample tells them.
#[rustfmt::skip]
pub static FIELDS: &[Field] = &[
    Field { table: Table::Root, key: "audience", shape: Shape::Audience,
        default: "\"default\"", sample: "\"hygiene\"",
        doc: "Which rules are asked: `default` (risks and faults), `hygiene` (also what keeps \
              images small and reproducible) or `style` (also one way of writing)." },
    Field { table: Table::Root, key: "audiences", shape: Shape::Audiences,
        default: "", sample: "[\"default\", \"style\"]",
        doc: "The same as an exact list; use one of the two." },
    Field { table: Table::Root, key: "fail-on", shape: Shape::FailOn,
        default: "\"medium\"", sample: "\"high\"",
        doc: "The severity from which an open finding fails the run, or `never`." },
    Field { table: Table::Root, key: "strict", shape: Shape::Bool,
        default: "false", sample: "true",
        doc: "Whether a part that could not be read fails the run." },
    Field { table: Table::Root, key: "max-data-age", shape: Shape::Days,
        default: "30", sample: "7",
        doc: "After how many days advisories are too old for a scan without findings to be called \
              clean; it then ends with 3. May stand in `[database]` too; use one of the two." },
    Field { table: Table::Root, key: "vex", shape: Shape::Texts,
        default: "[]", sample: "[\"vex/web.openvex.json\"]",
        doc: "Files that say of vulnerabilities in images whether they matter (OpenVEX, CycloneDX, \
              CSAF), from the folder of the settings. What they call not affected or fixed, and \
              say why, does not count." },
    Field { table: Table::Root, key: "exclude", shape: Shape::Patterns,
        default: "[]", sample: "[\"vendor/\", \"**/testdata/**\"]",
        doc: "Paths that are not looked at. A pattern without `/` means a name at any depth; one \
              that matches a folder covers all below it." },
    Field { table: Table::Root, key: "required-labels", shape: Shape::Labels,
        default: "{}", sample: "{ \"org.opencontainers.image.licenses\" = \"spdx\" }",
        doc: "Labels that an image must carry, each with the kind of its value: `text`, `url`, \
              `semver`, `rfc3339`, `spdx`, `hash` or `email`." },
    Field { table: Table::Root, key: "strict-labels", shape: Shape::Bool,
        default: "false", sample: "true",
        doc: "Whether labels beside the required ones are unwelcome." },
    Field { table: Table::Root, key: "rules", shape: Shape::Rules,
        default: "{}", sample: "{ latest-tag = \"high\", \"DL3008\" = \"off\" }",
        doc: "Rules by id or by another tool's code: `on`, `off`, a severity (which also turns the \
              rule on), or a table with `enabled`, `severity` and `audience`." },
    Field { table: Table::Root, key: "registries", shape: Shape::Table(Table::Registries),
        default: "{}", sample: "", doc: "Where images may come from." },
    Field { table: Table::Root, key: "limits", shape: Shape::Table(Table::Limits),
        default: "{}", sample: "", doc: "How much is read." },
    Field { table: Table::Root, key: "database", shape: Shape::Table(Table::Database),
        default: "{}", sample: "", doc: "By which advisories images are judged." },
    Field { table: Table::Root, key: "waivers", shape: Shape::Table(Table::Waivers),
        default: "{}", sample: "", doc: "What every waiver must fulfil, wherever it stands." },
    Field { table: Table::Root, key: "paths", shape: Shape::Tables(Table::Paths),
        default: "[]", sample: "", doc: "Other settings for some paths; later entries win." },
    Field { table: Table::Root, key: "waiver", shape: Shape::Tables(Table::Waiver),
        default: "[]", sample: "", doc: "A finding that is accepted, and why." },

    Field { table: Table::Registries, key: "allow", shape: Shape::Texts,
        default: "[]", sample: "[\"docker.io/library\", \"ghcr.io/acme/*\"]",
        doc: "Registries, or repositories in them, that images may come from. A name covers all \
              below it; `*` stands for any characters but `/`. An empty list allows all." },

    Field { table: Table::Limits, key: "max-file-size", shape: Shape::Size,
        default: "\"10 MiB\"", sample: "\"2 MiB\"",
        doc: "Files above this size are not read, and the report says so." },

    Field { table: Table::Database, key: "path", shape: Shape::Text,
        default: "", sample: "\"advisories.db\"",
        doc: "The store of advisories, from the folder of the settings, in place of the user's own \
              and of the one in the program. It must be there: `plimsoll db update` makes it." },
    Field { table: Table::Database, key: "max-data-age", shape: Shape::Days,
        default: "", sample: "", doc: "The same as `max-data-age` at the top of the file." },
    Field { table: Table::Database, key: "base-urls", shape: Shape::Urls,
        default: "{}", sample: "{ osv = \"https://mirror.example.com/osv\" }",
        doc: "Mirrors of feeds, by the names that `plimsoll db status` tells; `osv` is all of OSV's \
              bucket. `--base` comes before them." },

    Field { table: Table::Waivers, key: "require-until", shape: Shape::Bool,
        default: "false", sample: "true",
        doc: "Whether every waiver must have a last day." },
    Field { table: Table::Waivers, key: "forbid-inline", shape: Shape::RuleNames,
        default: "[]", sample: "[]",
        doc: "Rules that nobody may waive by a comment in the judged file." },
    Field { table: Table::Waivers, key: "max-days", shape: Shape::Days,
        default: "", sample: "180",
        doc: "How many days from today the last day of a waiver may lie; demands a last day." },

    Field { table: Table::Paths, key: "match", shape: Shape::Patterns,
        default: "", sample: "\"legacy/**\"",
        doc: "The paths, in the form of `exclude`. Mandatory." },
    Field { table: Table::Paths, key: "audience", shape: Shape::Audience,
        default: "", sample: "\"default\"", doc: "Which rules are asked there." },
    Field { table: Table::Paths, key: "audiences", shape: Shape::Audiences,
        default: "", sample: "[\"default\"]", doc: "The same as an exact list." },
    Field { table: Table::Paths, key: "fail-on", shape: Shape::FailOn,
        default: "", sample: "\"critical\"", doc: "What fails the run there." },
    Field { table: Table::Paths, key: "rules", shape: Shape::Rules,
        default: "{}", sample: "{}", doc: "What is said of single rules there." },

    Field { table: Table::Waiver, key: "rule", shape: Shape::RuleNames,
        default: "", sample: "\"unused-waiver\"",
        doc: "The rule, by id or by another tool's code. May be left out beside `fingerprint`." },
    Field { table: Table::Waiver, key: "paths", shape: Shape::Patterns,
        default: "", sample: "[\"legacy/**\"]",
        doc: "Where it holds, in the form of `exclude`; everywhere if left out." },
    Field { table: Table::Waiver, key: "fingerprint", shape: Shape::Text,
        default: "", sample: "\"0123456789abcdef0123456789abcdef\"",
        doc: "The one finding that it is for, as reports name it." },
    Field { table: Table::Waiver, key: "until", shape: Shape::Date,
        default: "", sample: "2027-03-01", doc: "The last day on which it holds." },
    Field { table: Table::Waiver, key: "reason", shape: Shape::Text,
        default: "", sample: "\"the vendor ships it so\"", doc: "Why it is right. Mandatory." },
    Field { table: Table::Waiver, key: "owner", shape: Shape::Text,
        default: "", sample: "\"team-platform\"", doc: "Who answers for it." },

    Field { table: Table::Rule, key: "enabled", shape: Shape::Bool,
        default: "", sample: "false", doc: "Whether it is asked at all, whatever its audience." },
    Field { table: Table::Rule, key: "severity", shape: Shape::Severity,
        default: "", sample: "\"high\"", doc: "How bad its findings are." },
    Field { table: Table::Rule, key: "audience", shape: Shape::Audience,
        default: "", sample: "\"default\"", doc: "Who is to hear it." },
];

/// The JSON schema (draft 2020-12) of `plimsoll.toml`, for editors; `rules` are offered by name.
pub fn settings_schema(rules: &[&'static RuleInfo]) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!("plimsoll.toml"));
    schema.insert("description".into(), json!("The settings of Plimsoll."));
    schema.extend(table_schema(Table::Root));
    let mut definitions = Map::new();
    for (name, table) in DEFINED_TABLES {
        definitions.insert((*name).to_owned(), Value::Object(table_schema(*table)));
    }
    definitions.insert("rules".to_owned(), rules_schema(rules));
    schema.insert("$defs".into(), Value::Object(definitions));
    Value::Object(schema)
}

/// A settings file that sets nothing and explains everything: each key is there, commented out.
pub fn settings_sample() -> String {
    let mut res = String::from(
        "# Settings of Plimsoll. Everything below is commented out, with a sample value.\n\
         # Remove the `#` before a key to set it.\n",
    );
    for field in Table::Root.fields().filter(|it| !it.sample.is_empty()) {
        sample_field(&mut res, field);
    }
    for field in Table::Root.fields() {
        let (Shape::Table(table) | Shape::Tables(table)) = field.shape else { continue };
        res.push('\n');
        push_comment(&mut res, field.doc);
        let _ = writeln!(res, "#{}", table.header());
        // `audience` and `audiences` exclude each other, so a sample shows the first.
        let is_shown = |it: &&Field| it.key != "audiences" && !it.sample.is_empty();
        table.fields().filter(is_shown).for_each(|it| sample_field(&mut res, it));
    }
    res
}

fn sample_field(out: &mut String, field: &Field) {
    out.push('\n');
    push_comment(out, field.doc);
    if !field.default.is_empty() {
        push_comment(out, &format!("If it is not set: {}", field.default));
    }
    // Prose is told from settings by the blank behind the sign.
    let mark = if field.key == "audiences" { "# " } else { "#" };
    let _ = writeln!(out, "{mark}{} = {}", field.key, field.sample);
}

/// Adds `text` as comment lines of at most 100 columns.
fn push_comment(out: &mut String, text: &str) {
    let mut n_columns = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + 1;
        if n_columns == 0 || n_columns + length > 99 {
            out.push_str(if n_columns == 0 { "#" } else { "\n#" });
            n_columns = 1;
        }
        let _ = write!(out, " {word}");
        n_columns += length;
    }
    out.push('\n');
}

fn table_schema(table: Table) -> Map<String, Value> {
    let mut properties = Map::new();
    for field in table.fields() {
        let mut schema = shape_schema(field.shape);
        schema.insert("description".into(), json!(field.doc));
        if let Some(default) = default_value(field) {
            schema.insert("default".into(), default);
        }
        properties.insert(field.key.to_owned(), Value::Object(schema));
    }
    let mut res = Map::new();
    res.insert("type".into(), json!("object"));
    res.insert("additionalProperties".into(), json!(false));
    res.insert("properties".into(), Value::Object(properties));
    match table {
        Table::Paths => _ = res.insert("required".into(), json!(["match"])),
        Table::Waiver => {
            res.insert("required".into(), json!(["reason"]));
            let any = json!([{ "required": ["rule"] }, { "required": ["fingerprint"] }]);
            res.insert("anyOf".into(), any);
        }
        _ => {}
    }
    res
}

fn shape_schema(shape: Shape) -> Map<String, Value> {
    let audiences = Audience::ALL.map(Audience::name);
    let severities = Severity::ALL.map(Severity::name);
    let thresholds: Vec<&str> = severities.iter().copied().chain(["never"]).collect();
    let value = match shape {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Text => json!({ "type": "string", "minLength": 1 }),
        Shape::Texts | Shape::Patterns | Shape::RuleNames => json!({ "oneOf": [
            { "type": "string", "minLength": 1 },
            { "type": "array", "items": { "type": "string", "minLength": 1 } },
        ] }),
        Shape::Audience => json!({ "enum": audiences }),
        Shape::Audiences => json!({ "type": "array", "items": { "enum": audiences } }),
        Shape::Severity => json!({ "enum": severities }),
        Shape::FailOn => json!({ "enum": thresholds }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::Days => json!({ "type": "integer", "minimum": 1, "maximum": 36_500 }),
        Shape::Size => json!({ "oneOf": [
            { "type": "integer", "minimum": 1 },
            { "type": "string", "pattern": "^[0-9]+ ?(B|KB|MB|GB|KiB|MiB|GiB)$" },
        ] }),
        Shape::Labels => json!({
            "type": "object",
            "additionalProperties": { "enum": LabelKind::ALL.map(LabelKind::name) },
        }),
        Shape::Urls => json!({
            "type": "object",
            "additionalProperties": { "type": "string", "pattern": "^https?://" },
        }),
        Shape::Rules => json!({ "$ref": "#/$defs/rules" }),
        Shape::Table(table) => json!({ "$ref": reference(table) }),
        Shape::Tables(table) => {
            json!({ "type": "array", "items": { "$ref": reference(table) } })
        }
    };
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// What a rule may be set to; the known ones are offered with their titles.
fn rules_schema(rules: &[&'static RuleInfo]) -> Value {
    let severities = Severity::ALL.map(Severity::name);
    let words: Vec<&str> = ["on", "off"].into_iter().chain(severities).collect();
    let value = json!({ "oneOf": [{ "enum": words }, { "$ref": reference(Table::Rule) }] });
    let mut properties = Map::new();
    for rule in rules {
        let mut known = value.clone();
        if let Some(map) = known.as_object_mut() {
            map.insert("description".into(), json!(rule.title()));
        }
        properties.insert(rule.id.to_owned(), known);
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": value })
}

fn reference(table: Table) -> String {
    let name = DEFINED_TABLES.iter().find(|it| it.1 == table).map_or("", |it| it.0);
    format!("#/$defs/{name}")
}

/// The default as JSON: the TOML of these values is JSON too, but for empty tables, which say
/// nothing.
fn default_value(field: &Field) -> Option<Value> {
    serde_json::from_str(field.default).ok()
}

static DEFINED_TABLES: &[(&str, Table)] = &[
    ("registries", Table::Registries),
    ("limits", Table::Limits),
    ("database", Table::Database),
    ("waivers", Table::Waivers),
    ("paths", Table::Paths),
    ("waiver", Table::Waiver),
    ("rule", Table::Rule),
];

#[cfg(test)]
mod tests {
    use super::{FIELDS, Table, settings_sample, settings_schema};
    use crate::sample_rules::RULES;

    #[test]
    fn the_schema_offers_every_key_and_resolves_its_own_references() {
        let schema = settings_schema(RULES);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        for field in FIELDS {
            let table = match field.table {
                Table::Root => &schema,
                table => &schema["$defs"][table_name(table)],
            };
            let property = &table["properties"][field.key];
            assert_eq!(property["description"], field.doc, "{}", field.key);
            assert_eq!(table["additionalProperties"], false);
        }
        assert_eq!(schema["properties"]["fail-on"]["default"], "medium");
        assert!(schema["$defs"]["rules"]["properties"]["root-user"].is_object());
        let text = schema.to_string();
        for reference in text.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"][name].is_object(), "{name}");
        }
    }

    fn table_name(table: Table) -> &'static str {
        super::DEFINED_TABLES.iter().find(|it| it.1 == table).unwrap().0
    }

    #[test]
    fn the_sample_shows_every_key_and_fits_a_screen() {
        let sample = settings_sample();
        for field in FIELDS.iter().filter(|it| !it.sample.is_empty() && it.table != Table::Rule) {
            assert!(sample.contains(&format!("{} = ", field.key)), "{}", field.key);
        }
        assert!(sample.lines().all(|it| it.chars().count() <= 100));
        assert!(sample.lines().all(|it| it.is_empty() || it.starts_with('#')));
    }
}
