//! The effective service of systemd: its file, the drop-ins over it, and what they say.
//!
//! Reads what systemd would read; values are kept as written, nothing in them is expanded.

use crate::{collected::Collected, known::Known};

/// The folders of unit files, the one that wins first.
const FOLDERS: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// A unit as systemd puts it together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// The files it is made of, the unit's own first.
    pub files: Vec<String>,
    /// Its settings in the order they are read; one that is emptied takes the earlier ones back.
    pub settings: Vec<UnitSetting>,
}

/// One setting of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitSetting {
    /// The section, without brackets.
    pub section: String,
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// The file that says it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Unit {
    /// The values of a setting that hold, in order.
    pub fn values<'a>(
        &'a self,
        section: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a UnitSetting> {
        self.settings.iter().filter(move |it| it.section == section && it.name == name)
    }
}

/// The unit called `name`. `Absent` if no folder holds it; not known if a part is unreadable.
pub fn unit(collected: &Collected, name: &str) -> Known<Unit> {
    let mut res = Unit::default();
    let mut unread = None;
    for folder in FOLDERS {
        let path = format!("{folder}/{name}");
        match collected.text(&path) {
            Known::Had(text) => {
                take(&mut res, &path, text);
                break;
            }
            Known::Absent => {}
            Known::Unknown { why, remedy } => unread = unread.or(Some((why, remedy))),
        }
    }
    if res.files.is_empty() {
        return unread.map_or(Known::Absent, |(why, remedy)| Known::unknown(why, remedy));
    }
    for path in drop_ins(collected, name) {
        match collected.text(&path) {
            Known::Had(text) => take(&mut res, &path, text),
            Known::Absent => {}
            Known::Unknown { why, remedy } => return Known::unknown(why, remedy),
        }
    }
    Known::Had(res)
}

/// Every collected file that a unit may be made of, whether it wins or not.
pub fn unit_files<'a>(collected: &'a Collected, name: &str) -> Vec<&'a str> {
    let is_of = |path: &str| {
        FOLDERS.iter().any(|folder| {
            let rest = path.strip_prefix(folder).and_then(|it| it.strip_prefix('/'));
            let below = rest.and_then(|it| it.strip_prefix(name));
            below.is_some_and(|it| it.is_empty() || it.starts_with(".d/"))
        })
    };
    collected.files.keys().map(String::as_str).filter(|it| is_of(it)).collect()
}

/// The drop-ins in the order of their names; of two with one name the winning folder's.
fn drop_ins(collected: &Collected, name: &str) -> Vec<String> {
    let mut res: Vec<(String, String)> = Vec::new();
    for folder in FOLDERS {
        let folder = format!("{folder}/{name}.d/");
        let paths = collected.files.range(folder.clone()..);
        for (path, _) in paths.take_while(|it| it.0.starts_with(&folder)) {
            let file = path[folder.len()..].to_owned();
            let is_conf = file.ends_with(".conf") && !file.contains('/');
            if is_conf && res.iter().all(|it| it.0 != file) {
                res.push((file, path.clone()));
            }
        }
    }
    res.sort();
    res.into_iter().map(|it| it.1).collect()
}

fn take(unit: &mut Unit, file: &str, text: &str) {
    unit.files.push(file.to_owned());
    let mut section = String::new();
    let mut open: Option<UnitSetting> = None;
    for (idx, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(mut setting) = open.take() {
            let goes_on = line.ends_with('\\');
            setting.value.push(' ');
            setting.value.push_str(line.trim_end_matches('\\').trim());
            if goes_on {
                open = Some(setting);
            } else {
                put(unit, setting);
            }
            continue;
        }
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((name, value)) = line.split_once('=') {
            let goes_on = value.ends_with('\\');
            let setting = UnitSetting {
                section: section.clone(),
                name: name.trim().to_owned(),
                value: value.trim_end_matches('\\').trim().to_owned(),
                file: file.to_owned(),
                line: idx + 1,
            };
            if goes_on { open = Some(setting) } else { put(unit, setting) }
        }
    }
    if let Some(setting) = open {
        put(unit, setting);
    }
}

fn put(unit: &mut Unit, setting: UnitSetting) {
    if setting.value.is_empty() {
        unit.settings.retain(|it| it.section != setting.section || it.name != setting.name);
    } else {
        unit.settings.push(setting);
    }
}
