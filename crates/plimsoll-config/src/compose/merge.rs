//! Merges compose models by the override rules of the specification.
//!
//! Both sides are in their long forms already. What comes later wins; mappings merge, lists grow,
//! and items with an identity replace their equals.

use std::collections::HashMap;

use crate::compose::item::{Data, Field, Item, MergeTag, key_places};

/// The way to a value, as far as the rules look: sections and keys, `*` for names.
type Way<'a> = Vec<&'a str>;

/// Puts `over` on top of `base`, both being whole files.
pub(crate) fn merge_files(base: Item, over: Item) -> Item {
    merge(base, over, &mut Vec::new())
}

/// Puts `over` on top of `base`, both being services.
pub(crate) fn merge_services(base: Item, over: Item) -> Item {
    merge(base, over, &mut vec!["services", "*"])
}

/// Takes out what `!reset` says to take out.
pub(crate) fn drop_resets(item: &mut Item) {
    match &mut item.data {
        Data::Map(fields) => {
            fields.retain(|it| it.value.tag != Some(MergeTag::Reset));
            for field in fields {
                drop_resets(&mut field.value);
            }
        }
        Data::List(items) => {
            items.retain(|it| it.tag != Some(MergeTag::Reset));
            for item in items {
                drop_resets(item);
            }
        }
        _ => {}
    }
}

fn merge(base: Item, over: Item, way: &mut Way<'_>) -> Item {
    if over.tag.is_some() || replaces(way) {
        return over;
    }
    if matches!(over.data, Data::Null) {
        return if null_counts(way) { over } else { base };
    }
    match (base.data, over.data) {
        (Data::Map(ours), Data::Map(theirs)) => {
            if way.last() == Some(&"logging") && drivers_differ(&ours, &theirs) {
                return Item {
                    data: Data::Map(theirs),
                    ..base_place(over.location, over.interpolated)
                };
            }
            let fields = merge_fields(ours, theirs, way);
            Item { data: Data::Map(fields), ..base_place(base.location, base.interpolated) }
        }
        (Data::List(ours), Data::List(theirs)) => {
            let items = merge_lists(ours, theirs, way);
            Item { data: Data::List(items), ..base_place(base.location, base.interpolated) }
        }
        (_, data) => Item { data, ..base_place(over.location, over.interpolated) },
    }
}

fn base_place(location: plimsoll_text::Location, interpolated: bool) -> Item {
    Item { data: Data::Null, location, interpolated, tag: None }
}

/// Values that are taken whole from the later file.
fn replaces(way: &Way<'_>) -> bool {
    matches!(
        way.as_slice(),
        ["services", "*", "command" | "entrypoint"]
            | ["services", "*", "healthcheck", "test"]
            | ["services", "*", "ulimits", _]
    )
}

/// Entries where nothing is something: a variable without value comes from the environment.
fn null_counts(way: &Way<'_>) -> bool {
    matches!(
        way.as_slice(),
        ["services", "*", "environment" | "labels" | "annotations" | "sysctls", _]
            | ["services", "*", "build", "args" | "labels", _]
    )
}

fn drivers_differ(ours: &[Field], theirs: &[Field]) -> bool {
    let driver = |fields: &[Field]| {
        fields.iter().find(|it| it.key == "driver").and_then(|it| it.value.scalar_text())
    };
    match (driver(ours), driver(theirs)) {
        (Some(ours), Some(theirs)) => ours != theirs,
        _ => false,
    }
}

fn merge_fields(ours: Vec<Field>, theirs: Vec<Field>, way: &mut Way<'_>) -> Vec<Field> {
    let mut places = key_places(&ours);
    let mut res: Vec<Option<Field>> = ours.into_iter().map(Some).collect();
    for field in theirs {
        let Some(place) = places.get(&field.key).copied() else {
            places.insert(field.key.clone(), res.len());
            res.push(Some(field));
            continue;
        };
        let Some(slot) = res.get_mut(place) else { continue };
        let Some(old) = slot.take() else { continue };
        let Field { key, key_location, value } = field;
        let named =
            matches!(way.as_slice(), ["services" | "networks" | "volumes" | "secrets" | "configs"]);
        let length = way.len();
        let step = if named { "*" } else { known_step(&key) };
        way.push(step);
        let value = merge(old.value, value, way);
        way.truncate(length);
        // The key's place is that of the first file, unless all of the value is new.
        let key_location = match value.data {
            Data::Map(_) | Data::List(_) => old.key_location,
            _ => key_location,
        };
        *slot = Some(Field { key, key_location, value });
    }
    res.into_iter().flatten().collect()
}

/// The key as the rules name it; all others are alike to them.
fn known_step(key: &str) -> &'static str {
    const STEPS: &str = "services networks volumes secrets configs command entrypoint healthcheck \
        test ulimits environment labels annotations sysctls build args logging ports devices \
        expose cap_add cap_drop dns dns_opt dns_search tmpfs env_file links extra_hosts tags profiles \
        aliases ipam config group_add security_opt external_links device_cgroup_rules";
    STEPS.split(' ').find(|it| *it == key).unwrap_or("?")
}

/// Appends, but an item that is the same thing as an earlier one takes its place.
fn merge_lists(ours: Vec<Item>, theirs: Vec<Item>, way: &Way<'_>) -> Vec<Item> {
    let ours = ours.into_iter().chain(theirs);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut res: Vec<Item> = Vec::new();
    for item in ours {
        let Some(identity) = identity(&item, way) else {
            res.push(item);
            continue;
        };
        if let Some(place) = places.get(&identity) {
            if let Some(slot) = res.get_mut(*place) {
                *slot = item;
            }
        } else {
            places.insert(identity, res.len());
            res.push(item);
        }
    }
    res
}

/// Applies the rules of identity inside of one list.
pub(crate) fn unify(service: &mut Item) {
    let Data::Map(fields) = &mut service.data else { return };
    for field in fields {
        let way = vec!["services", "*", known_step(&field.key)];
        if let Data::List(items) = &mut field.value.data {
            let items_taken = std::mem::take(items);
            *items = merge_lists(items_taken, Vec::new(), &way);
        }
    }
}

/// What makes two items of a list the same thing; `None` where nothing does.
fn identity(item: &Item, way: &Way<'_>) -> Option<String> {
    let part = |key: &str| item.get(key).and_then(Item::scalar_text);
    match way.as_slice() {
        ["services", "*", "ports"] => {
            let host = part("host_ip").unwrap_or_else(|| "0.0.0.0".to_owned());
            let protocol = part("protocol").unwrap_or_default();
            let published = part("published").unwrap_or_default();
            Some(format!("{host}:{published}:{}/{protocol}", part("target")?))
        }
        ["services", "*", "volumes" | "devices"] => part("target"),
        ["services", "*", "secrets"] => {
            let source = part("source")?;
            let target = part("target").unwrap_or(source);
            let name =
                if target.starts_with('/') { target } else { format!("/run/secrets/{target}") };
            Some(name)
        }
        ["services", "*", "configs"] => {
            let source = part("source")?;
            Some(part("target").unwrap_or_else(|| format!("/{source}")))
        }
        ["services", "*", "env_file"] => part("path"),
        [
            "services",
            "*",
            "cap_add"
            | "cap_drop"
            | "expose"
            | "dns"
            | "dns_opt"
            | "dns_search"
            | "tmpfs"
            | "links"
            | "profiles"
            | "group_add"
            | "external_links"
            | "security_opt"
            | "device_cgroup_rules"
            | "extra_hosts",
        ]
        | ["services", "*", "build", "tags"]
        | ["services", "*", "networks", _, "aliases"] => item.scalar_text(),
        ["networks", "*", "ipam", "config"] => part("subnet"),
        _ => None,
    }
}
