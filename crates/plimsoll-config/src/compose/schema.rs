//! What the Compose Specification allows where: keys and types, as a table, and the check by it.
//!
//! Values are checked as written, before short forms are made long.

use std::collections::HashSet;

use plimsoll_text::Location;

use crate::{
    compose::{
        issue::{Issue, IssueKind},
        item::{Data, Field, Item},
        short::{parse_bytes, parse_duration},
    },
    yaml::short,
};

/// No more than this many issues of one file are kept.
const MAX_ISSUES: usize = 1_000;

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A truth, or a text that stands for one.
    Bool,
    /// A whole number, or a text that is one.
    Int,
    /// A number, or a text that is one.
    Number,
    /// A number or any text.
    TextOrNumber,
    /// A size: a number, or a text like `64m`.
    Size,
    /// A size that must be a text.
    SizeText,
    /// A text like `1m30s`.
    Duration,
    /// One of these words; one that ends in `_` is the start of a word.
    Word(&'static [&'static str]),
    /// A truth or any text.
    TextOrBool,
    /// Text, number, truth or nothing.
    Scalar,
    /// A list of these.
    List(&'static Shape),
    /// A list of texts in which none stands twice.
    Unique,
    /// One of these, or a list of them.
    OneOrList(&'static Shape),
    /// A mapping from any key to these.
    Map(&'static Shape),
    /// A mapping from any key to these or nothing.
    MapOrNull(&'static Shape),
    /// A mapping with these keys only, and `x-` ones.
    Object(&'static [(&'static str, Shape)]),
    /// A mapping like the one given, in which these keys must stand.
    With(&'static [&'static str], &'static Shape),
    /// `K=V` items or `K: V` entries.
    Dict,
    /// A command: a text, words or nothing.
    Command,
    /// The first of these that is of the value's kind.
    Either(&'static [Shape]),
    /// This or nothing.
    OrNull(&'static Shape),
}

use Shape::{
    Any, Bool, Command, Dict, Duration, Either, Int, List, Map, MapOrNull, Number, Object,
    OneOrList, OrNull, Scalar, Size, SizeText, Text, TextOrBool, TextOrNumber, Unique, With, Word,
};

/// Checks a whole file.
pub(crate) fn check_file(file: &Item) -> Vec<Issue> {
    let mut checker = Checker { issues: Vec::new() };
    checker.check(file, &FILE, "the file");
    for section in ["services", "networks", "volumes", "secrets", "configs"] {
        for field in file.get(section).map(Item::fields).unwrap_or_default() {
            checker.check_name(field);
        }
    }
    checker.issues
}

struct Checker {
    issues: Vec<Issue>,
}

impl Checker {
    fn check(&mut self, item: &Item, shape: &Shape, name: &str) {
        // What is taken away or left to merge is of no type.
        if item.tag.is_some() && matches!(item.data, Data::Null) {
            return;
        }
        match (shape, &item.data) {
            (OrNull(_), Data::Null) => {}
            (List(inner) | OneOrList(inner), Data::List(items)) => {
                for it in items {
                    self.check(it, inner, name);
                }
            }
            (OrNull(inner) | OneOrList(inner), _) => self.check(item, inner, name),
            (Map(inner), Data::Map(fields)) => {
                for field in fields {
                    self.check(&field.value, inner, &field.key);
                }
            }
            (MapOrNull(inner), Data::Map(fields)) => {
                let filled = fields.iter().filter(|it| !matches!(it.value.data, Data::Null));
                for field in filled {
                    self.check(&field.value, inner, &field.key);
                }
            }
            (Unique, Data::List(items)) => self.check_unique(items, name),
            (With(keys, inner), Data::Map(_)) => {
                for key in keys.iter().filter(|it| item.field(it).is_none()) {
                    let message = format!("`{}` needs the key `{key}`", short(name));
                    self.issue(&item.location, message, IssueKind::WrongType);
                }
                self.check(item, inner, name);
            }
            (Object(known), Data::Map(fields)) => self.check_object(fields, known, name),
            (Dict, Data::Map(fields)) => {
                for field in fields {
                    self.check(&field.value, &Scalar, &field.key);
                }
            }
            (Dict | Command, Data::List(items)) => {
                for it in items {
                    self.check(it, &Text, name);
                }
            }
            (Either(shapes), _) => match shapes.iter().find(|it| is_kind(item, it)) {
                Some(inner) => self.check(item, inner, name),
                None => self.wrong(item, shape, name),
            },
            _ if is_kind(item, shape) => {}
            _ => self.wrong(item, shape, name),
        }
    }

    fn check_object(&mut self, fields: &[Field], known: &[(&str, Shape)], name: &str) {
        for field in fields {
            if let Some((_, shape)) = known.iter().find(|it| it.0 == field.key) {
                self.check(&field.value, shape, &field.key);
            } else if !field.key.starts_with("x-") {
                let near = nearest(&field.key, known);
                let hint = near.map(|it| format!(", did you mean `{it}`?")).unwrap_or_default();
                let key = short(&field.key);
                let message = format!("`{}` knows no key `{key}`{hint}", short(name));
                self.issue(&field.key_location, message, IssueKind::UnknownKey);
            }
        }
    }

    fn check_unique(&mut self, items: &[Item], name: &str) {
        let mut seen = HashSet::new();
        for item in items {
            self.check(item, &TextOrNumber, name);
            if item.scalar_text().is_some_and(|it| !seen.insert(it)) {
                let message = format!("this stands twice in `{}`", short(name));
                self.issue(&item.location, message, IssueKind::WrongType);
            }
        }
    }

    /// Names end up in those of containers and networks.
    fn check_name(&mut self, field: &Field) {
        let allowed = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
        if field.key.is_empty() || !field.key.chars().all(allowed) {
            let message = "a name is made of letters, digits, `.`, `_` and `-`".to_owned();
            self.issue(&field.key_location, message, IssueKind::WrongType);
        }
    }

    fn wrong(&mut self, item: &Item, shape: &Shape, name: &str) {
        let message = format!("`{}` must be {}", short(name), wanted(shape));
        self.issue(&item.location, message, IssueKind::WrongType);
    }

    fn issue(&mut self, location: &Location, message: String, kind: IssueKind) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(Issue { location: location.clone(), message, kind });
        }
    }
}

/// Whether the value is of the kind that the shape asks for, without looking inside.
fn is_kind(item: &Item, shape: &Shape) -> bool {
    let number = matches!(item.data, Data::Int(_) | Data::Float(_));
    match shape {
        Any => true,
        Text => item.as_text().is_some(),
        Bool => item.as_bool().is_some(),
        Int => item.as_int().is_some(),
        Number => item.as_float().is_some(),
        TextOrNumber => number || item.as_text().is_some(),
        Size => number || is_size(item),
        SizeText => is_size(item),
        Duration => item.as_text().is_some_and(|it| parse_duration(it).is_some()),
        Word(words) => item.as_text().is_some_and(|it| is_word(it, words)),
        TextOrBool => matches!(item.data, Data::Bool(_) | Data::Text(_)),
        Scalar => !matches!(item.data, Data::List(_) | Data::Map(_)),
        List(_) | Unique => matches!(item.data, Data::List(_)),
        OneOrList(inner) => matches!(item.data, Data::List(_)) || is_kind(item, inner),
        Map(_) | MapOrNull(_) | Object(_) | With(..) => matches!(item.data, Data::Map(_)),
        Dict => matches!(item.data, Data::Map(_) | Data::List(_)),
        Command => matches!(item.data, Data::Null | Data::Text(_) | Data::List(_)),
        Either(shapes) => shapes.iter().any(|it| is_kind(item, it)),
        OrNull(inner) => matches!(item.data, Data::Null) || is_kind(item, inner),
    }
}

fn is_size(item: &Item) -> bool {
    item.as_text().is_some_and(|it| parse_bytes(it).is_some() || it.parse::<i64>().is_ok())
}

fn is_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|it| text == *it || (it.ends_with('_') && text.starts_with(it)))
}

fn wanted(shape: &Shape) -> String {
    let words = match shape {
        Any => "anything",
        Text => "a text; quote a number or truth",
        Bool => "`true` or `false`",
        Int => "a whole number",
        Number => "a number",
        TextOrNumber => "a text or a number",
        TextOrBool => "a text or `true` or `false`",
        Scalar => "a single value",
        List(_) | Unique => "a list",
        OneOrList(inner) => return format!("{} or a list of such", wanted(inner)),
        Map(_) | MapOrNull(_) | Object(_) | With(..) => "a mapping",
        Size => "a size like `64m`",
        SizeText => "a size as text, like `64M`",
        Duration => "a duration as text, like `1m30s`",
        Word(words) => return format!("one of `{}`", words.join("`, `")),
        Dict => "a mapping or a list of `key=value`",
        Command => "a text or a list of texts",
        Either(shapes) => {
            return shapes.iter().map(wanted).collect::<Vec<_>>().join(" or ");
        }
        OrNull(inner) => return wanted(inner),
    };
    words.to_owned()
}

/// The known key that is one slip away from `key`.
fn nearest<'a>(key: &str, known: &[(&'a str, Shape)]) -> Option<&'a str> {
    if key.len() > 40 {
        return None;
    }
    let folded = key.to_lowercase().replace('-', "_");
    let mut best = known.iter().map(|it| (distance(&folded, it.0), it.0)).min()?;
    if folded.len() < 4 {
        best.0 += 1;
    }
    (best.0 <= 2).then_some(best.1)
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ours) in a.chars().enumerate() {
        let mut last = i;
        let mut left = i + 1;
        for (j, theirs) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let cost = if ours == *theirs { last } else { 1 + last.min(left).min(above) };
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            (last, left) = (above, cost);
        }
        if let Some(slot) = row.last_mut() {
            *slot = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

const TEXTS: Shape = List(&Text);
const TEXT_OR_LIST: Shape = OneOrList(&Text);

const FILE: Shape = Object(&[
    ("version", TextOrNumber),
    ("name", Text),
    ("include", List(&INCLUDE)),
    ("services", Map(&SERVICE)),
    ("networks", MapOrNull(&NETWORK)),
    ("volumes", MapOrNull(&VOLUME)),
    ("secrets", MapOrNull(&SECRET)),
    ("configs", MapOrNull(&CONFIG)),
    ("models", MapOrNull(&MODEL)),
]);

const INCLUDE: Shape = Either(&[
    Text,
    Object(&[("path", TEXT_OR_LIST), ("env_file", TEXT_OR_LIST), ("project_directory", Text)]),
]);

const SERVICE: Shape = Object(&[
    ("annotations", Dict),
    ("attach", Bool),
    ("blkio_config", BLKIO),
    ("build", Either(&[Text, BUILD])),
    ("cap_add", TEXTS),
    ("cap_drop", TEXTS),
    ("cgroup", Word(&["host", "private"])),
    ("cgroup_parent", Text),
    ("command", Command),
    ("configs", List(&GRANT)),
    ("container_name", Text),
    ("cpu_count", Int),
    ("cpu_percent", Number),
    ("cpu_period", Int),
    ("cpu_quota", Int),
    ("cpu_rt_period", Int),
    ("cpu_rt_runtime", Int),
    ("cpu_shares", Number),
    ("cpus", Number),
    ("cpuset", Text),
    ("credential_spec", Object(&[("config", Text), ("file", Text), ("registry", Text)])),
    ("depends_on", Either(&[TEXTS, Map(&DEPENDENCY)])),
    ("deploy", OrNull(&DEPLOY)),
    ("develop", OrNull(&DEVELOP)),
    ("device_cgroup_rules", Unique),
    ("devices", List(&DEVICE)),
    ("dns", TEXT_OR_LIST),
    ("dns_opt", TEXTS),
    ("dns_search", TEXT_OR_LIST),
    ("domainname", Text),
    ("entrypoint", Command),
    ("env_file", OneOrList(&ENV_FILE)),
    ("environment", Dict),
    ("expose", List(&TextOrNumber)),
    ("extends", Either(&[Text, Object(&[("service", Text), ("file", Text)])])),
    ("external_links", Unique),
    ("extra_hosts", Either(&[TEXTS, Map(&TEXT_OR_LIST)])),
    ("gpus", Either(&[Text, List(&GPU)])),
    ("group_add", Unique),
    ("healthcheck", HEALTHCHECK),
    ("hostname", Text),
    ("image", Text),
    ("init", Bool),
    ("ipc", Text),
    ("isolation", Text),
    ("label_file", TEXT_OR_LIST),
    ("labels", Dict),
    ("links", TEXTS),
    ("logging", LOGGING),
    ("mac_address", Text),
    ("mem_limit", Size),
    ("mem_reservation", Size),
    ("mem_swappiness", Int),
    ("memswap_limit", Size),
    ("models", Either(&[TEXTS, MapOrNull(&MODEL_USE)])),
    ("network_mode", Text),
    ("networks", Either(&[TEXTS, MapOrNull(&NETWORK_USE)])),
    ("oom_kill_disable", Bool),
    ("oom_score_adj", Int),
    ("pid", OrNull(&Text)),
    ("pids_limit", Number),
    ("platform", Text),
    ("ports", List(&PORT)),
    ("post_start", List(&HOOK)),
    ("pre_stop", List(&HOOK)),
    ("privileged", Bool),
    ("profiles", TEXTS),
    ("provider", Object(&[("type", Text), ("options", Map(&Any))])),
    (
        "pull_policy",
        Word(&[
            "always",
            "never",
            "if_not_present",
            "build",
            "missing",
            "daily",
            "weekly",
            "every_",
        ]),
    ),
    ("pull_refresh_after", Text),
    ("read_only", Bool),
    ("restart", Text),
    ("runtime", Text),
    ("scale", Int),
    ("secrets", List(&GRANT)),
    ("security_opt", Unique),
    ("shm_size", Size),
    ("stdin_open", Bool),
    ("stop_grace_period", Duration),
    ("stop_signal", Text),
    ("storage_opt", Map(&Scalar)),
    ("sysctls", Dict),
    ("tmpfs", TEXT_OR_LIST),
    ("tty", Bool),
    ("ulimits", ULIMITS),
    ("use_api_socket", Bool),
    ("user", Text),
    ("userns_mode", Text),
    ("uts", Text),
    ("volumes", List(&MOUNT)),
    ("volumes_from", TEXTS),
    ("working_dir", Text),
]);

const BUILD: Shape = Object(&[
    ("additional_contexts", Dict),
    ("args", Dict),
    ("cache_from", TEXTS),
    ("cache_to", TEXTS),
    ("context", Text),
    ("dockerfile", Text),
    ("dockerfile_inline", Text),
    ("entitlements", TEXTS),
    ("extra_hosts", Either(&[TEXTS, Map(&TEXT_OR_LIST)])),
    ("isolation", Text),
    ("labels", Dict),
    ("network", Text),
    ("no_cache", Bool),
    ("no_cache_filter", TEXT_OR_LIST),
    ("platforms", TEXTS),
    ("privileged", Bool),
    ("provenance", TextOrBool),
    ("pull", Bool),
    ("sbom", TextOrBool),
    ("secrets", List(&GRANT)),
    ("shm_size", Size),
    ("ssh", Dict),
    ("tags", TEXTS),
    ("target", Text),
    ("ulimits", ULIMITS),
]);

const ULIMITS: Shape =
    Map(&Either(&[Int, With(&["soft", "hard"], &Object(&[("soft", Int), ("hard", Int)]))]));

const GRANT: Shape = Either(&[
    Text,
    Object(&[
        ("source", Text),
        ("target", Text),
        ("uid", Text),
        ("gid", Text),
        ("mode", TextOrNumber),
        ("env", Text),
        ("type", Text),
    ]),
]);

const DEPENDENCY: Shape = With(
    &["condition"],
    &Object(&[
        (
            "condition",
            Word(&["service_started", "service_healthy", "service_completed_successfully"]),
        ),
        ("restart", Bool),
        ("required", Bool),
    ]),
);

const DEVICE: Shape =
    Either(&[Text, Object(&[("source", Text), ("target", Text), ("permissions", Text)])]);

const ENV_FILE: Shape =
    Either(&[Text, Object(&[("path", Text), ("format", Text), ("required", Bool)])]);

const HEALTHCHECK: Shape = Object(&[
    ("disable", Bool),
    ("interval", Duration),
    ("retries", Number),
    ("start_interval", Duration),
    ("start_period", Duration),
    ("test", Either(&[Text, TEXTS])),
    ("timeout", Duration),
]);

const LOGGING: Shape = Object(&[("driver", Text), ("options", Map(&Scalar))]);

const MODEL: Shape =
    Object(&[("name", Text), ("model", Text), ("context_size", Int), ("runtime_flags", TEXTS)]);

const MODEL_USE: Shape = Object(&[("endpoint_var", Text), ("model_var", Text)]);

const NETWORK_USE: Shape = Object(&[
    ("aliases", TEXTS),
    ("driver_opts", Map(&Scalar)),
    ("gw_priority", Number),
    ("interface_name", Text),
    ("ipv4_address", Text),
    ("ipv6_address", Text),
    ("link_local_ips", TEXTS),
    ("mac_address", Text),
    ("priority", Number),
]);

const PORT: Shape = Either(&[
    TextOrNumber,
    With(
        &["target"],
        &Object(&[
            ("app_protocol", Text),
            ("host_ip", Text),
            ("mode", Text),
            ("name", Text),
            ("protocol", Text),
            ("published", TextOrNumber),
            ("target", TextOrNumber),
        ]),
    ),
]);

const HOOK: Shape = Object(&[
    ("command", Command),
    ("environment", Dict),
    ("privileged", Bool),
    ("user", Text),
    ("working_dir", Text),
]);

const MOUNT: Shape = Either(&[
    Text,
    With(
        &["type", "target"],
        &Object(&[
            ("type", Text),
            ("source", Text),
            ("target", Text),
            ("read_only", Bool),
            ("consistency", Text),
            (
                "bind",
                OrNull(&Object(&[
                    ("create_host_path", Bool),
                    ("propagation", Text),
                    ("recursive", Text),
                    ("selinux", Text),
                ])),
            ),
            ("volume", OrNull(&Object(&[("labels", Dict), ("nocopy", Bool), ("subpath", Text)]))),
            ("tmpfs", OrNull(&Object(&[("size", Size), ("mode", TextOrNumber)]))),
            ("image", OrNull(&Object(&[("subpath", Text)]))),
            ("cluster", OrNull(&Map(&Any))),
        ]),
    ),
]);

const BLKIO_RATE: Shape = List(&Object(&[("path", Text), ("rate", TextOrNumber)]));

const BLKIO: Shape = Object(&[
    ("device_read_bps", BLKIO_RATE),
    ("device_read_iops", BLKIO_RATE),
    ("device_write_bps", BLKIO_RATE),
    ("device_write_iops", BLKIO_RATE),
    ("weight", Int),
    ("weight_device", List(&Object(&[("path", Text), ("weight", Int)]))),
]);

const DEVELOP: Shape = Object(&[(
    "watch",
    List(&Object(&[
        ("action", Text),
        ("exec", HOOK),
        ("ignore", TEXT_OR_LIST),
        ("include", TEXT_OR_LIST),
        ("initial_sync", Bool),
        ("path", Text),
        ("target", Text),
    ])),
)]);

const DEPLOY: Shape = Object(&[
    ("endpoint_mode", Text),
    ("labels", Dict),
    ("mode", Text),
    ("placement", PLACEMENT),
    ("replicas", Int),
    ("resources", RESOURCES),
    (
        "restart_policy",
        Object(&[
            ("condition", Text),
            ("delay", Duration),
            ("max_attempts", Int),
            ("window", Duration),
        ]),
    ),
    ("rollback_config", UPDATE),
    ("update_config", UPDATE),
]);

const PLACEMENT: Shape = Object(&[
    ("constraints", TEXTS),
    ("max_replicas_per_node", Int),
    ("preferences", List(&Object(&[("spread", Text)]))),
]);

const UPDATE: Shape = Object(&[
    ("delay", Duration),
    ("failure_action", Text),
    ("max_failure_ratio", Number),
    ("monitor", Duration),
    ("order", Text),
    ("parallelism", Int),
]);

const RESOURCES: Shape = Object(&[
    ("limits", Object(&[("cpus", TextOrNumber), ("memory", SizeText), ("pids", Int)])),
    (
        "reservations",
        Object(&[
            ("cpus", TextOrNumber),
            ("devices", List(&GPU)),
            ("generic_resources", List(&GENERIC_RESOURCE)),
            ("memory", SizeText),
        ]),
    ),
]);

const GENERIC_RESOURCE: Shape =
    Object(&[("discrete_resource_spec", Object(&[("kind", Text), ("value", TextOrNumber)]))]);

const GPU: Shape = Object(&[
    ("capabilities", TEXTS),
    ("count", TextOrNumber),
    ("device_ids", TEXTS),
    ("driver", Text),
    ("options", Dict),
]);

const EXTERNAL: Shape = Either(&[Bool, Object(&[("name", Text)])]);

const NETWORK: Shape = Object(&[
    ("attachable", Bool),
    ("driver", Text),
    ("driver_opts", Map(&TextOrNumber)),
    ("enable_ipv4", Bool),
    ("enable_ipv6", Bool),
    ("external", EXTERNAL),
    ("internal", Bool),
    (
        "ipam",
        Object(&[
            ("driver", Text),
            ("options", Map(&Text)),
            (
                "config",
                List(&Object(&[
                    ("aux_addresses", Map(&Text)),
                    ("gateway", Text),
                    ("ip_range", Text),
                    ("subnet", Text),
                ])),
            ),
        ]),
    ),
    ("labels", Dict),
    ("name", Text),
]);

const VOLUME: Shape = Object(&[
    ("driver", Text),
    ("driver_opts", Map(&TextOrNumber)),
    ("external", EXTERNAL),
    ("labels", Dict),
    ("name", Text),
]);

const SECRET: Shape = Object(&[
    ("driver", Text),
    ("driver_opts", Map(&TextOrNumber)),
    ("environment", Text),
    ("external", EXTERNAL),
    ("file", Text),
    ("labels", Dict),
    ("name", Text),
    ("template_driver", Text),
]);

const CONFIG: Shape = Object(&[
    ("content", Text),
    ("environment", Text),
    ("external", EXTERNAL),
    ("file", Text),
    ("labels", Dict),
    ("name", Text),
    ("template_driver", Text),
]);
