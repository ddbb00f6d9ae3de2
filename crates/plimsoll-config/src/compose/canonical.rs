//! Turns short syntaxes into long ones, so that merging and reading see one form only.
//!
//! Every new value keeps the place of the text it comes from. Paths are made relative to the
//! project's folder. What cannot be understood stays as it is and is told by the schema.

use crate::compose::{
    issue::{Issue, IssueKind},
    item::{Data, Field, Item},
    short::{clean_path, join_path, parse_port, parse_volume, split_words},
};

/// What the transformation of one file needs and gives.
pub(crate) struct Canonical<'a> {
    /// The folder that relative paths start from, seen from the project's folder.
    pub(crate) base: &'a str,
    pub(crate) issues: Vec<Issue>,
}

impl Canonical<'_> {
    /// Transforms a whole file.
    pub(crate) fn file(&mut self, file: &mut Item) {
        for section in ["services", "networks", "volumes", "secrets", "configs"] {
            let Some(fields) = section_fields(file, section) else { continue };
            for field in fields {
                match section {
                    "services" => self.service(&mut field.value),
                    _ => self.resource(&mut field.value, section),
                }
            }
        }
    }

    /// Transforms one service.
    pub(crate) fn service(&mut self, service: &mut Item) {
        let Data::Map(fields) = &mut service.data else { return };
        for field in fields {
            self.service_field(&field.key, &mut field.value);
        }
    }

    fn service_field(&mut self, key: &str, value: &mut Item) {
        match key {
            "build" => self.build(value),
            "environment" | "annotations" | "sysctls" | "storage_opt" => to_dict(value, false),
            "labels" => to_dict(value, true),
            "command" | "entrypoint" => self.words(value),
            "configs" | "secrets" => each(value, &mut |it| to_map_of(it, "source")),
            "depends_on" => to_dependencies(value),
            "devices" => each(value, &mut device),
            "dns" | "dns_search" | "tmpfs" => to_list(value),
            "label_file" => {
                to_list(value);
                each(value, &mut |it| self.path(it));
            }
            "env_file" => self.env_files(value),
            "expose" | "group_add" => each(value, &mut to_text),
            "extends" => to_map_of(value, "service"),
            "extra_hosts" => to_hosts(value),
            "gpus" => to_gpus(value),
            "networks" => to_keys(value),
            "ports" => self.ports(value),
            "volumes" => each(value, &mut |it| self.volume(it)),
            "healthcheck" => healthcheck(value),
            "deploy" => {
                if let Some(labels) = child(value, "labels") {
                    to_dict(labels, true);
                }
            }
            "develop" => self.develop(value),
            "post_start" | "pre_stop" => each(value, &mut |it| self.hook(it)),
            "pull_policy" if value.as_text() == Some("if_not_present") => {
                *value = value.text_like("missing");
            }
            _ => {}
        }
    }

    fn build(&mut self, value: &mut Item) {
        to_map_of(value, "context");
        let Data::Map(fields) = &mut value.data else { return };
        for field in fields {
            let inner = &mut field.value;
            match field.key.as_str() {
                "context" => self.context(inner),
                "args" => to_dict(inner, false),
                "labels" => to_dict(inner, true),
                "additional_contexts" => {
                    to_dict(inner, false);
                    each_value(inner, &mut |it| self.context(it));
                }
                "secrets" => each(inner, &mut |it| to_map_of(it, "source")),
                "extra_hosts" => to_hosts(inner),
                "ssh" => to_ssh(inner),
                _ => {}
            }
        }
    }

    fn develop(&mut self, value: &mut Item) {
        if let Some(watch) = child(value, "watch") {
            each(watch, &mut |it| {
                if let Some(path) = child(it, "path") {
                    self.path(path);
                }
                if let Some(exec) = child(it, "exec") {
                    self.hook(exec);
                }
            });
        }
    }

    fn hook(&mut self, value: &mut Item) {
        if let Some(command) = child(value, "command") {
            self.words(command);
        }
        if let Some(environment) = child(value, "environment") {
            to_dict(environment, false);
        }
    }

    /// A command as text becomes the list of its words.
    fn words(&mut self, value: &mut Item) {
        let Data::Text(text) = &value.data else { return };
        if let Some(words) = split_words(text) {
            let words = words.into_iter().map(|it| value.text_like(it)).collect();
            *value = value.with(Data::List(words));
        } else {
            self.wrong(value, "a quote in this command is not closed");
        }
    }

    fn env_files(&mut self, value: &mut Item) {
        to_list(value);
        each(value, &mut |it| {
            to_map_of(it, "path");
            if let Some(path) = child(it, "path") {
                self.path(path);
            }
        });
    }

    fn ports(&mut self, value: &mut Item) {
        each(value, &mut |it| self.port(it));
    }

    fn port(&mut self, value: &mut Item) {
        if let Data::Map(fields) = &mut value.data {
            for field in fields.iter_mut().filter(|it| it.key == "published" || it.key == "target")
            {
                to_text(&mut field.value);
            }
            for (key, default) in [("mode", "ingress"), ("protocol", "tcp")] {
                if value.field(key).is_none() {
                    value.set(key, value.text_like(default));
                }
            }
            return;
        }
        let Some(text) = value.scalar_text() else { return };
        let Some(port) = parse_port(&text) else {
            self.wrong(
                value,
                "this is no port, `[address:][host:]container[/protocol]` is expected",
            );
            return;
        };
        let new = |key: &str, text: String| Field::at_value(key, value.text_like(text));
        let mut fields = vec![new("mode", "ingress".to_owned())];
        fields.extend(port.host_ip.map(|it| new("host_ip", it)));
        fields.push(new("target", port.target));
        fields.extend(port.published.map(|it| new("published", it)));
        fields.push(new("protocol", port.protocol));
        *value = value.with(Data::Map(fields));
    }

    fn volume(&mut self, value: &mut Item) {
        if let Data::Text(text) = &value.data {
            let Some(volume) = parse_volume(text) else {
                self.wrong(value, "this is no mount, `[source:]target[:options]` is expected");
                return;
            };
            let is_bind = volume.is_bind();
            let text_part = |key: &str, text: String| Field::at_value(key, value.text_like(text));
            let truth = |key: &str| Field::at_value(key, value.with(Data::Bool(true)));
            let kind = if is_bind { "bind" } else { "volume" };
            let mut fields = vec![text_part("type", kind.to_owned())];
            fields.extend(volume.source.map(|it| text_part("source", it)));
            fields.push(text_part("target", volume.target));
            fields.extend(volume.read_only.then(|| truth("read_only")));
            let mut bind = Vec::new();
            bind.extend(volume.selinux.map(|it| text_part("selinux", it)));
            bind.extend(volume.propagation.map(|it| text_part("propagation", it)));
            if is_bind {
                bind.push(truth("create_host_path"));
            }
            if !bind.is_empty() {
                fields.push(Field::at_value("bind", value.with(Data::Map(bind))));
            }
            if volume.no_copy || !is_bind {
                let inner = volume.no_copy.then(|| truth("nocopy")).into_iter().collect();
                fields.push(Field::at_value("volume", value.with(Data::Map(inner))));
            }
            *value = value.with(Data::Map(fields));
        }
        if let Some(target) = child(value, "target")
            && let Some(path) = target.as_text().filter(|it| it.starts_with('/'))
        {
            *target = target.text_like(clean_path(path));
        }
        if value.get("type").and_then(Item::as_text) == Some("bind")
            && let Some(source) = child(value, "source")
        {
            self.path(source);
        }
    }

    fn resource(&mut self, value: &mut Item, section: &str) {
        if matches!(value.data, Data::Null) {
            *value = value.with(Data::Map(Vec::new()));
        }
        for key in ["labels", "driver_opts"] {
            if let Some(dict) = child(value, key) {
                to_dict(dict, key == "labels");
            }
        }
        if matches!(section, "secrets" | "configs")
            && let Some(file) = child(value, "file")
        {
            self.path(file);
        }
        // The old form `external: {name: x}` says two things at once.
        let Some(external) = child(value, "external") else { return };
        if let Data::Map(_) = external.data {
            let name = external.get("name").cloned();
            *external = external.with(Data::Bool(true));
            if let Some(name) = name {
                value.set("name", name);
            }
        }
    }

    /// A build context may be an address as well as a path.
    fn context(&mut self, value: &mut Item) {
        if value.as_text().is_some_and(|it| !is_remote(it)) {
            self.path(value);
        }
    }

    fn path(&mut self, value: &mut Item) {
        if let Data::Text(text) = &value.data {
            let joined = join_path(self.base, text);
            value.data = Data::Text(joined);
        }
    }

    fn wrong(&mut self, value: &Item, message: &str) {
        self.issues.push(Issue {
            location: value.location.clone(),
            message: message.to_owned(),
            kind: IssueKind::WrongType,
        });
    }
}

/// Whether a build context is fetched and no folder.
pub(crate) fn is_remote(context: &str) -> bool {
    context.contains("://")
        || ["git@", "github.com/", "service:"].iter().any(|it| context.starts_with(it))
}

/// The entries of a section of a file.
pub(crate) fn section_fields<'a>(file: &'a mut Item, section: &str) -> Option<&'a mut Vec<Field>> {
    match &mut child(file, section)?.data {
        Data::Map(fields) => Some(fields),
        _ => None,
    }
}

/// The value of `key`, to be changed.
pub(crate) fn child<'a>(item: &'a mut Item, key: &str) -> Option<&'a mut Item> {
    match &mut item.data {
        Data::Map(fields) => fields.iter_mut().rfind(|it| it.key == key).map(|it| &mut it.value),
        _ => None,
    }
}

fn each(value: &mut Item, change: &mut dyn FnMut(&mut Item)) {
    if let Data::List(items) = &mut value.data {
        for item in items {
            change(item);
        }
    }
}

fn each_value(value: &mut Item, change: &mut dyn FnMut(&mut Item)) {
    if let Data::Map(fields) = &mut value.data {
        for field in fields {
            change(&mut field.value);
        }
    }
}

/// `K=V` items or `K: V` entries become entries with texts; a key alone stays null, or empty.
fn to_dict(value: &mut Item, null_is_empty: bool) {
    let fields = match &value.data {
        Data::List(items) => {
            let mut fields: Vec<Field> = Vec::new();
            for item in items {
                let Some(text) = item.scalar_text() else { continue };
                let (key, inner) = match text.split_once('=') {
                    Some((key, rest)) => (key, item.text_like(rest)),
                    None => (text.as_str(), item.with(Data::Null)),
                };
                fields.push(Field::at_value(key, inner));
            }
            fields
        }
        Data::Map(fields) => fields.clone(),
        _ => return,
    };
    let mut places = std::collections::HashMap::new();
    let mut res: Vec<Field> = Vec::new();
    for mut field in fields {
        to_text(&mut field.value);
        if null_is_empty && matches!(field.value.data, Data::Null) {
            field.value = field.value.text_like("");
        }
        // Of two the last counts, as in the environment of a process.
        if let Some(place) = places.get(&field.key) {
            if let Some(slot) = res.get_mut::<usize>(*place) {
                *slot = field;
            }
        } else {
            places.insert(field.key.clone(), res.len());
            res.push(field);
        }
    }
    *value = value.with(Data::Map(res));
}

fn to_text(value: &mut Item) {
    if let Some(text) = value.scalar_text() {
        value.data = Data::Text(text);
    }
}

fn to_list(value: &mut Item) {
    if matches!(value.data, Data::Text(_) | Data::Map(_)) {
        let inner = value.clone();
        *value = value.with(Data::List(vec![Item { tag: None, ..inner }]));
    }
}

/// A text becomes a mapping that says it under `key`.
fn to_map_of(value: &mut Item, key: &str) {
    if let Some(text) = value.as_text() {
        let field = Field::at_value(key, value.text_like(text));
        *value = value.with(Data::Map(vec![field]));
    }
}

/// A list of names becomes a mapping of names to nothing.
fn to_keys(value: &mut Item) {
    if let Data::List(items) = &value.data {
        let field = |it: &Item| Some(Field::at_value(it.as_text()?, it.with(Data::Null)));
        *value = value.with(Data::Map(items.iter().filter_map(field).collect()));
    }
}

/// What the long form leaves open stays open, so that merging does not undo an earlier file.
fn to_dependencies(value: &mut Item) {
    if !matches!(value.data, Data::List(_)) {
        return;
    }
    to_keys(value);
    each_value(value, &mut |it| {
        let condition = Field::at_value("condition", it.text_like("service_started"));
        let required = Field::at_value("required", it.with(Data::Bool(true)));
        it.data = Data::Map(vec![condition, required]);
    });
}

/// `host=address` for every host and address.
fn to_hosts(value: &mut Item) {
    let mut res = Vec::new();
    match &value.data {
        Data::List(items) => {
            for item in items {
                let Some(text) = item.as_text() else { continue };
                let host = text.split_once('=').or_else(|| text.split_once(':'));
                res.push(match host {
                    Some((host, address)) => item.text_like(format!("{host}={address}")),
                    None => item.clone(),
                });
            }
        }
        Data::Map(fields) => {
            for field in fields {
                let one = std::slice::from_ref(&field.value);
                let addresses = match &field.value.data {
                    Data::List(items) => items.as_slice(),
                    _ => one,
                };
                for address in addresses {
                    let text = address.scalar_text().unwrap_or_default();
                    res.push(address.text_like(format!("{}={text}", field.key)));
                }
            }
        }
        _ => return,
    }
    *value = value.with(Data::List(res));
}

fn to_ssh(value: &mut Item) {
    let items = match &value.data {
        Data::Map(fields) => fields
            .iter()
            .map(|it| match it.value.scalar_text() {
                Some(path) => it.value.text_like(format!("{}={path}", it.key)),
                None => it.value.text_like(it.key.clone()),
            })
            .collect(),
        Data::Text(text) => vec![value.text_like(text.clone())],
        _ => return,
    };
    *value = value.with(Data::List(items));
}

fn to_gpus(value: &mut Item) {
    if value.as_text() == Some("all") {
        let count = Field::at_value("count", value.with(Data::Int(-1)));
        let all = value.with(Data::Map(vec![count]));
        *value = value.with(Data::List(vec![all]));
    }
}

fn healthcheck(value: &mut Item) {
    let Some(test) = child(value, "test") else { return };
    if let Data::Text(text) = &test.data {
        let parts = vec![test.text_like("CMD-SHELL"), test.text_like(text.clone())];
        *test = test.with(Data::List(parts));
    }
}

fn device(value: &mut Item) {
    let Some(text) = value.as_text() else { return };
    let mut parts = text.split(':');
    let source = parts.next().unwrap_or_default();
    let (second, third) = (parts.next(), parts.next());
    // `source:rwm` names permissions where a path would start with a slash.
    let (target, permissions) = match (second, third) {
        (Some(target), Some(permissions)) => (target, permissions),
        (Some(second), None) => (second, "rwm"),
        _ => (source, "rwm"),
    };
    let part = |key: &str, text: &str| Field::at_value(key, value.text_like(text));
    let fields =
        vec![part("source", source), part("target", target), part("permissions", permissions)];
    *value = value.with(Data::Map(fields));
}
