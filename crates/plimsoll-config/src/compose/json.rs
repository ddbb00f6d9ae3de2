//! The project as `docker compose config --format json` prints it.
//!
//! Follows its habits where they matter to whoever compares: what is left out when empty, sizes as
//! texts, absolute paths, default networks and names. Places are not part of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::compose::{
    canonical::is_remote,
    item::{Data, Field, Item},
    load::clean_join,
    located::Variable,
    project::Project,
    service::{Port, Service},
    short::{parse_bytes, parse_duration, show_duration},
};

/// Ports of one service beyond this many are printed as ranges.
const MAX_PORTS: usize = 10_000;

impl Project {
    /// The canonical form of the services that the profiles of the settings switch on.
    pub fn to_json(&self) -> String {
        let mut res = String::new();
        write_json(&mut res, &self.json(), 0);
        res
    }

    fn json(&self) -> Json {
        let profiles = &self.settings.profiles;
        let on: Vec<&Service> = self.services.iter().filter(|it| it.is_enabled(profiles)).collect();
        let mut top = BTreeMap::from([("name".to_owned(), Json::Text(self.effective_name()))]);
        let services = on.iter().map(|it| (it.name.clone(), self.service_json(it))).collect();
        top.insert("services".to_owned(), Json::Object(services));
        let used = used_resources(&on);
        for section in ["networks", "volumes", "secrets", "configs"] {
            let declared = self.model.get(section).map(Item::fields).unwrap_or_default();
            let mut entries: BTreeMap<String, Json> = declared
                .iter()
                .filter(|it| used.contains(&(section, it.key.clone())))
                .map(|it| (it.key.clone(), self.resource_json(section, &it.key, Some(&it.value))))
                .collect();
            if section == "networks" && used.contains(&(section, "default".to_owned())) {
                entries
                    .entry("default".to_owned())
                    .or_insert_with(|| self.resource_json(section, "default", None));
            }
            if !entries.is_empty() {
                top.insert(section.to_owned(), Json::Object(entries));
            }
        }
        for field in self.model.fields().iter().filter(|it| it.key.starts_with("x-")) {
            top.insert(field.key.clone(), plain_json(&field.value));
        }
        Json::Object(top)
    }

    fn resource_json(&self, section: &str, key: &str, declared: Option<&Item>) -> Json {
        let mut res = match declared.map(|it| value_json(&mut vec![section_name(section)], it)) {
            Some(Some(Json::Object(object))) => object,
            _ => BTreeMap::new(),
        };
        let external = res.contains_key("external");
        let default =
            if external { key.to_owned() } else { format!("{}_{key}", self.effective_name()) };
        res.entry("name".to_owned()).or_insert(Json::Text(default));
        if section == "networks" {
            res.entry("ipam".to_owned()).or_insert(Json::Object(BTreeMap::new()));
        }
        if let Some(Json::Text(file)) = res.get_mut("file") {
            *file = self.absolute(file);
        }
        Json::Object(res)
    }

    fn service_json(&self, service: &Service) -> Json {
        let mut res = match value_json(&mut vec!["service"], &service.item) {
            Some(Json::Object(object)) => object,
            _ => BTreeMap::new(),
        };
        res.retain(|key, _| {
            !key.starts_with("x-") && !matches!(key.as_str(), "env_file" | "label_file" | "extends")
        });
        for key in ["command", "entrypoint"] {
            let item = service.item.get(key);
            res.insert(key.to_owned(), item.map_or(Json::Null, plain_json));
        }
        insert_some(&mut res, "environment", variables_json(&service.environment, true));
        insert_some(&mut res, "labels", variables_json(&service.labels, true));
        insert_some(&mut res, "ports", ports_json(&service.ports, &service.item));
        insert_some(&mut res, "depends_on", dependencies_json(service));
        if let Some(hosts) = res.get_mut("extra_hosts") {
            sort_hosts(hosts);
        }
        put_networks(service, &mut res);
        self.put_mounts(&mut res);
        self.put_build(service, &mut res);
        if let Some(Json::Object(deploy)) = res.get_mut("deploy") {
            for key in ["placement", "resources"] {
                deploy.entry(key.to_owned()).or_insert(Json::Object(BTreeMap::new()));
            }
        }
        if let Some(Json::Array(secrets)) = res.get_mut("secrets") {
            for secret in secrets {
                let Json::Object(secret) = secret else { continue };
                if let (Some(Json::Text(source)), None) =
                    (secret.get("source"), secret.get("target"))
                {
                    let target = format!("/run/secrets/{source}");
                    secret.insert("target".to_owned(), Json::Text(target));
                }
            }
        }
        self.put_watch(&mut res);
        Json::Object(res)
    }

    fn put_mounts(&self, res: &mut BTreeMap<String, Json>) {
        let Some(Json::Array(mounts)) = res.get_mut("volumes") else { return };
        for mount in mounts {
            let Json::Object(mount) = mount else { continue };
            if !matches!(mount.get("type"), Some(Json::Text(kind)) if kind == "bind") {
                continue;
            }
            if let Some(Json::Text(source)) = mount.get_mut("source") {
                *source = self.absolute(source);
            }
        }
    }

    fn put_build(&self, service: &Service, res: &mut BTreeMap<String, Json>) {
        let (Some(build), Some(Json::Object(object))) = (&service.build, res.get_mut("build"))
        else {
            return;
        };
        let context = build.context.value.as_str();
        let context = if is_remote(context) { context.to_owned() } else { self.absolute(context) };
        object.insert("context".to_owned(), Json::Text(context));
        if build.dockerfile_inline.is_none() && build.dockerfile.is_none() {
            object.insert("dockerfile".to_owned(), Json::Text("Dockerfile".to_owned()));
        }
        object.remove("args");
        insert_some(object, "args", variables_json(&build.args, false));
        if let Some(hosts) = object.get_mut("extra_hosts") {
            sort_hosts(hosts);
        }
        if let Some(Json::Object(contexts)) = object.get_mut("additional_contexts") {
            for context in contexts.values_mut() {
                if let Json::Text(text) = context
                    && !is_remote(text)
                {
                    *text = self.absolute(text);
                }
            }
        }
    }

    fn put_watch(&self, res: &mut BTreeMap<String, Json>) {
        let Some(Json::Object(develop)) = res.get_mut("develop") else { return };
        let Some(Json::Array(watch)) = develop.get_mut("watch") else { return };
        for trigger in watch {
            let Json::Object(trigger) = trigger else { continue };
            if let Some(Json::Text(path)) = trigger.get_mut("path") {
                *path = self.absolute(path);
            }
            let empty = BTreeMap::from([("command".to_owned(), Json::Null)]);
            trigger.entry("exec".to_owned()).or_insert(Json::Object(empty));
        }
    }

    /// A path of the host in full, as far as the folder is known.
    fn absolute(&self, path: &str) -> String {
        if let Some(rest) = path.strip_prefix('~') {
            let home = self.settings.environment.value("HOME").unwrap_or("~");
            return format!("{home}{rest}");
        }
        match &self.settings.directory {
            Some(directory) => clean_join(directory, path),
            None => path.to_owned(),
        }
    }
}

/// A JSON value whose keys are sorted.
enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

/// How a scalar is printed.
enum Leaf {
    /// As text; nothing where empty.
    Text,
    /// As a truth; nothing where false.
    Bool,
    /// As a truth, false too.
    KeptBool,
    /// As a whole number; nothing where zero.
    Int,
    /// As a whole number, zero too.
    KeptInt,
    Float,
    /// As the text of a number of bytes.
    Bytes,
    Duration,
    /// `all` is -1.
    Count,
    /// A file mode.
    Mode,
}

fn leaf(way: &[&str]) -> Leaf {
    match way {
        [
            "service",
            "mem_limit" | "mem_reservation" | "memswap_limit" | "mem_swappiness" | "shm_size",
        ]
        | ["service", "build", "shm_size"]
        | ["service", "deploy", "resources", _, "memory"]
        | ["service", "volumes", "tmpfs", "size"]
        | ["service", "blkio_config", .., "Rate"] => Leaf::Bytes,
        ["service", "stop_grace_period"]
        | ["service", "healthcheck", "interval" | "timeout" | "start_period" | "start_interval"]
        | ["service", "deploy", _, "delay" | "monitor" | "window"] => Leaf::Duration,
        ["service", "init" | "attach"]
        | ["network", "enable_ipv6" | "enable_ipv4"]
        | ["service", "depends_on", _, "required"] => Leaf::KeptBool,
        [
            "service",
            "privileged" | "read_only" | "tty" | "stdin_open" | "oom_kill_disable"
            | "use_api_socket",
        ]
        | ["service", "build", "no_cache" | "pull" | "privileged"]
        | ["service", "healthcheck", "disable"]
        | ["service", "depends_on", _, "restart"]
        | ["service", "volumes", "read_only"]
        | ["service", "volumes", "bind", "create_host_path"]
        | ["service", "volumes", "volume", "nocopy"]
        | ["service", "post_start" | "pre_stop", "privileged"]
        | ["network" | "volume" | "resource", "external" | "internal" | "attachable"] => Leaf::Bool,
        ["service", "ports", "target"]
        | [
            "service",
            "pids_limit" | "cpu_count" | "cpu_shares" | "cpu_quota" | "cpu_period"
            | "cpu_rt_period" | "cpu_rt_runtime" | "oom_score_adj",
        ]
        | ["service", "blkio_config", .., "weight" | "Weight"]
        | ["service", "networks", _, "priority" | "gw_priority"]
        | ["service", "ulimits", ..]
        | ["service", "build", "ulimits", ..]
        | ["service", "deploy", "resources", _, "pids"]
        | [.., "discrete_resource_spec", "value"] => Leaf::Int,
        ["service", "scale"]
        | ["service", "healthcheck", "retries"]
        | ["service", "deploy", "replicas"]
        | ["service", "deploy", _, "parallelism" | "max_attempts" | "max_replicas_per_node"] => {
            Leaf::KeptInt
        }
        ["service", "cpus" | "cpu_percent"]
        | ["service", "deploy", "resources", _, "cpus"]
        | ["service", "deploy", _, "max_failure_ratio"] => Leaf::Float,
        [.., "gpus" | "devices", "count"] => Leaf::Count,
        ["service", .., "secrets" | "configs", "mode"]
        | ["service", "volumes", "tmpfs", "mode"] => Leaf::Mode,
        _ => Leaf::Text,
    }
}

/// Whether the keys of the mapping are the user's own, with texts as values.
fn is_dict(way: &[&str]) -> bool {
    matches!(
        way.last(),
        Some(
            &("labels"
                | "options"
                | "driver_opts"
                | "annotations"
                | "sysctls"
                | "storage_opt"
                | "additional_contexts"
                | "args"
                | "environment")
        )
    )
}

/// Whether the keys of the mapping are names.
fn has_names(way: &[&str]) -> bool {
    matches!(
        way,
        ["service", "networks" | "depends_on" | "ulimits"] | ["service", "build", "ulimits"]
    )
}

/// A value in its printed form; `None` where it is left out.
fn value_json<'a>(way: &mut Vec<&'a str>, item: &'a Item) -> Option<Json> {
    match &item.data {
        Data::Null => None,
        Data::List(items) => {
            let items: Vec<Json> = items.iter().filter_map(|it| item_json(way, it)).collect();
            (!items.is_empty()).then_some(Json::Array(items))
        }
        Data::Map(fields) => {
            let dict = is_dict(way);
            let names = has_names(way);
            let rates = matches!(way.as_slice(), ["service", "blkio_config", ..]) && way.len() > 2;
            let mut object = BTreeMap::new();
            for field in fields {
                if !dict && !names && field.key.starts_with("x-") {
                    continue;
                }
                let key = match field.key.as_str() {
                    "path" if rates => "Path",
                    "rate" if rates => "Rate",
                    "weight" if rates => "Weight",
                    key => key,
                };
                way.push(key);
                let value = if dict {
                    Some(field.value.scalar_text().map_or(Json::Text(String::new()), Json::Text))
                } else {
                    value_json(way, &field.value).or_else(|| names.then(|| absent_json(way)))
                };
                way.pop();
                if let Some(value) = value {
                    object.insert(key.to_owned(), value);
                }
            }
            let kept = keeps_empty(way);
            (kept || !object.is_empty()).then_some(Json::Object(object))
        }
        _ => scalar_json(&leaf(way), item),
    }
}

/// What is printed of a name that says nothing.
fn absent_json(way: &[&str]) -> Json {
    match way {
        [.., "ulimits", _] => Json::Object(BTreeMap::new()),
        _ => Json::Null,
    }
}

/// An element of a list; nothing but null is left out there.
fn item_json<'a>(way: &mut Vec<&'a str>, item: &'a Item) -> Option<Json> {
    match &item.data {
        Data::Map(_) | Data::List(_) => {
            value_json(way, item).or_else(|| Some(Json::Object(BTreeMap::new())))
        }
        _ => item.scalar_text().map(Json::Text),
    }
}

/// Mappings that are printed even if nothing is in them.
fn keeps_empty(way: &[&str]) -> bool {
    matches!(
        way,
        ["service" | "network" | "volume" | "resource"]
            | ["service", "deploy" | "build" | "healthcheck" | "logging" | "develop"]
            | ["service", "volumes", "volume" | "tmpfs" | "bind" | "image"]
            | ["service", "networks", _]
            | ["service", "deploy", "resources", ..]
    )
}

fn scalar_json(leaf: &Leaf, item: &Item) -> Option<Json> {
    match leaf {
        Leaf::Text => item.scalar_text().filter(|it| !it.is_empty()).map(Json::Text),
        Leaf::Bool => item.as_bool().filter(|it| *it).map(Json::Bool),
        Leaf::KeptBool => item.as_bool().map(Json::Bool),
        Leaf::Int => item.as_int().filter(|it| *it != 0).map(Json::Int),
        Leaf::KeptInt => item.as_int().map(Json::Int),
        Leaf::Float => item.as_float().filter(|it| *it != 0.0).map(Json::Float),
        Leaf::Bytes => {
            let bytes = item.as_int().or_else(|| parse_bytes(&item.scalar_text()?))?;
            (bytes != 0).then(|| Json::Text(bytes.to_string()))
        }
        Leaf::Duration => {
            let text = item.scalar_text()?;
            Some(Json::Text(parse_duration(&text).map_or(text, show_duration)))
        }
        Leaf::Count if item.as_text() == Some("all") => Some(Json::Int(-1)),
        Leaf::Count => item.as_int().filter(|it| *it != 0).map(Json::Int),
        Leaf::Mode => file_mode(item).map(Json::Int),
    }
}

/// A file mode: a number as it is, a text as octal digits.
pub(super) fn file_mode(item: &Item) -> Option<i64> {
    match &item.data {
        Data::Int(number) => Some(*number),
        Data::Text(text) => i64::from_str_radix(text.trim_start_matches("0o"), 8).ok(),
        _ => None,
    }
}

fn section_name(section: &str) -> &'static str {
    match section {
        "networks" => "network",
        "volumes" => "volume",
        _ => "resource",
    }
}

fn variables_json(variables: &[Variable], with_unset: bool) -> Option<Json> {
    let entry = |it: &Variable| match &it.value {
        Some(value) => Some((it.name.value.clone(), Json::Text(value.value.clone()))),
        None => with_unset.then(|| (it.name.value.clone(), Json::Null)),
    };
    let object: BTreeMap<String, Json> = variables.iter().filter_map(entry).collect();
    (!object.is_empty()).then_some(Json::Object(object))
}

/// The ports, ranges taken apart.
fn ports_json(ports: &[Port], service: &Item) -> Option<Json> {
    let items = service.get("ports")?.items();
    let mut res = Vec::new();
    for (port, item) in ports.iter().zip(items) {
        let (first, last) = port.target.value;
        let published = port.published.as_ref().map(|it| it.value);
        let many = first != last && res.len() < MAX_PORTS;
        let last = if many { last } else { first };
        // The tool sorts the ports of a range as texts.
        let mut targets: Vec<(usize, u16)> = (first..=last).enumerate().collect();
        targets.sort_by_key(|it| it.1.to_string());
        for (step, target) in targets {
            let Some(Json::Object(mut object)) = value_json(&mut vec!["service", "ports"], item)
            else {
                continue;
            };
            object.insert("target".to_owned(), Json::Int(i64::from(target)));
            if let (true, Some((start, _))) = (many, published) {
                let host = usize::from(start) + step;
                object.insert("published".to_owned(), Json::Text(host.to_string()));
            }
            res.push(Json::Object(object));
        }
    }
    (!res.is_empty()).then_some(Json::Array(res))
}

/// What is declared, and what links and shared namespaces imply.
fn dependencies_json(service: &Service) -> Option<Json> {
    let declared = service.item.field("depends_on");
    let declared =
        declared.and_then(|it| value_json(&mut vec!["service", "depends_on"], &it.value));
    let mut res = match declared {
        Some(Json::Object(object)) => object,
        _ => BTreeMap::new(),
    };
    for dependency in res.values_mut() {
        if let Json::Object(object) = dependency {
            object.entry("required".to_owned()).or_insert(Json::Bool(true));
        }
    }
    let mut implied = |name: &str, restart: bool| {
        let mut object = BTreeMap::from([
            ("condition".to_owned(), Json::Text("service_started".to_owned())),
            ("required".to_owned(), Json::Bool(true)),
        ]);
        if restart {
            object.insert("restart".to_owned(), Json::Bool(true));
        }
        res.entry(name.to_owned()).or_insert(Json::Object(object));
    };
    for link in &service.links {
        implied(link.value.split(':').next().unwrap_or_default(), true);
    }
    let spaces = &service.namespaces;
    let modes = [&service.network_mode, &spaces.ipc, &spaces.pid, &spaces.uts, &spaces.cgroup];
    for mode in modes.into_iter().flatten() {
        if let Some(name) = mode.value.strip_prefix("service:") {
            implied(name, true);
        }
    }
    for from in service.volumes_from.iter().filter(|it| !it.value.starts_with("container:")) {
        implied(from.value.split(':').next().unwrap_or_default(), false);
    }
    (!res.is_empty()).then_some(Json::Object(res))
}

/// The sections and names that the services use.
fn used_resources(services: &[&Service]) -> BTreeSet<(&'static str, String)> {
    let mut res = BTreeSet::new();
    for service in services {
        if service.network_mode.is_none() && service.networks.is_empty() {
            res.insert(("networks", "default".to_owned()));
        }
        res.extend(service.networks.iter().map(|it| ("networks", it.name.value.clone())));
        for mount in service.volumes.iter().filter(|it| it.kind.value == "volume") {
            res.extend(mount.source.iter().map(|it| ("volumes", it.value.clone())));
        }
        let build = service.build.iter().flat_map(|it| &it.secrets);
        for secret in service.secrets.iter().chain(build) {
            res.insert(("secrets", secret.source.value.clone()));
        }
        res.extend(service.configs.iter().map(|it| ("configs", it.source.value.clone())));
        let credential = service.item.get("credential_spec").and_then(|it| it.text("config"));
        res.extend(credential.map(|it| ("configs", it.value)));
    }
    res
}

fn put_networks(service: &Service, res: &mut BTreeMap<String, Json>) {
    if service.network_mode.is_some() {
        return;
    }
    let Some(Json::Object(networks)) = res.get_mut("networks") else {
        let default = BTreeMap::from([("default".to_owned(), Json::Null)]);
        res.insert("networks".to_owned(), Json::Object(default));
        return;
    };
    if networks.is_empty() {
        networks.insert("default".to_owned(), Json::Null);
    }
}

fn sort_hosts(hosts: &mut Json) {
    let Json::Array(items) = hosts else { return };
    items.sort_by_key(|it| match it {
        Json::Text(text) => text.split('=').next().unwrap_or_default().to_owned(),
        _ => String::new(),
    });
}

fn insert_some(object: &mut BTreeMap<String, Json>, key: &str, value: Option<Json>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value);
    }
}

/// A value just as it is.
fn plain_json(item: &Item) -> Json {
    match &item.data {
        Data::Null => Json::Null,
        Data::Bool(truth) => Json::Bool(*truth),
        Data::Int(number) => Json::Int(*number),
        Data::Float(number) => Json::Float(*number),
        Data::Text(text) => Json::Text(text.clone()),
        Data::List(items) => Json::Array(items.iter().map(plain_json).collect()),
        Data::Map(fields) => {
            let entry = |it: &Field| (it.key.clone(), plain_json(&it.value));
            Json::Object(fields.iter().map(entry).collect())
        }
    }
}

fn write_json(res: &mut String, json: &Json, depth: usize) {
    match json {
        Json::Bool(truth) => {
            let _ = write!(res, "{truth}");
        }
        Json::Int(number) => {
            let _ = write!(res, "{number}");
        }
        Json::Float(number) if number.is_finite() => {
            let _ = write!(res, "{number}");
        }
        Json::Null | Json::Float(_) => res.push_str("null"),
        Json::Text(text) => write_text(res, text),
        Json::Array(items) if items.is_empty() => res.push_str("[]"),
        Json::Array(items) => {
            for (idx, item) in items.iter().enumerate() {
                res.push(if idx == 0 { '[' } else { ',' });
                new_line(res, depth + 1);
                write_json(res, item, depth + 1);
            }
            new_line(res, depth);
            res.push(']');
        }
        Json::Object(object) if object.is_empty() => res.push_str("{}"),
        Json::Object(object) => {
            for (idx, (key, value)) in object.iter().enumerate() {
                res.push(if idx == 0 { '{' } else { ',' });
                new_line(res, depth + 1);
                write_text(res, key);
                res.push_str(": ");
                write_json(res, value, depth + 1);
            }
            new_line(res, depth);
            res.push('}');
        }
    }
}

fn new_line(res: &mut String, depth: usize) {
    res.push('\n');
    res.extend(std::iter::repeat_n("  ", depth));
}

/// A text; its `$` are doubled, so that the output can be read as a compose file again.
fn write_text(res: &mut String, text: &str) {
    res.push('"');
    for sign in text.chars() {
        match sign {
            '"' => res.push_str("\\\""),
            '\\' => res.push_str("\\\\"),
            '\n' => res.push_str("\\n"),
            '\r' => res.push_str("\\r"),
            '\t' => res.push_str("\\t"),
            '$' => res.push_str("$$"),
            it if it.is_control() => {
                let _ = write!(res, "\\u{:04x}", u32::from(it));
            }
            it => res.push(it),
        }
    }
    res.push('"');
}
