//! What daemon.json gives to every container.

use plimsoll_config::{
    daemon_json::{DaemonFile, Said},
    tree::Entry,
};
use plimsoll_text::{Location, Span};

use crate::setting::Setting;

/// The settings of the daemon that are defaults of every container.
#[derive(Clone, Debug, Default)]
pub struct DaemonDefaults {
    /// `no-new-privileges`
    pub no_new_privileges: Option<Setting<bool>>,
    /// `icc`
    pub inter_container_communication: Option<Setting<bool>>,
    /// `log-driver`
    pub log_driver: Option<Setting<String>>,
    /// `log-opts`
    pub log_options: Vec<(String, Setting<String>)>,
    /// `userns-remap`
    pub user_namespace: Option<Setting<String>>,
    /// `default-ulimits`, by name.
    pub ulimits: Vec<(String, Setting<String>)>,
    /// `seccomp-profile`
    pub seccomp_profile: Option<Setting<String>>,
    /// `live-restore`
    pub live_restore: Option<Setting<bool>>,
    /// `userland-proxy`
    pub userland_proxy: Option<Setting<bool>>,
    /// `default-runtime`
    pub default_runtime: Option<Setting<String>>,
    /// `ip`: the address that published ports are bound to when none is named.
    pub default_address: Option<Setting<String>>,
}

impl DaemonDefaults {
    /// What `file` says; nothing where it says nothing, so that the engine's own default holds.
    pub fn read(file: &DaemonFile) -> Self {
        Self {
            no_new_privileges: truth(file, "no-new-privileges"),
            inter_container_communication: truth(file, "icc"),
            log_driver: text(file, "log-driver"),
            log_options: log_options(file),
            user_namespace: text(file, "userns-remap"),
            ulimits: ulimits(file),
            seccomp_profile: text(file, "seccomp-profile"),
            live_restore: truth(file, "live-restore"),
            userland_proxy: truth(file, "userland-proxy"),
            default_runtime: text(file, "default-runtime"),
            default_address: text(file, "ip"),
        }
    }
}

fn truth(file: &DaemonFile, key: &str) -> Option<Setting<bool>> {
    file.truth(key).map(|it| at(file, it.span, it.value))
}

/// An empty text stands for the engine's default, as if the key were missing.
fn text(file: &DaemonFile, key: &str) -> Option<Setting<String>> {
    let said: Said<&str> = file.text(key).filter(|it| !it.value.is_empty())?;
    Some(at(file, said.span, said.value.to_owned()))
}

fn log_options(file: &DaemonFile) -> Vec<(String, Setting<String>)> {
    let option = |it: &Entry| {
        let name = it.key.as_str()?.to_owned();
        Some((name, at(file, it.value.span, it.value.as_str()?.to_owned())))
    };
    file.entries("log-opts").into_iter().filter_map(option).collect()
}

/// Each limit as `SOFT:HARD`; a number that is not written is 0 for the engine.
fn ulimits(file: &DaemonFile) -> Vec<(String, Setting<String>)> {
    let limit = |it: &Entry| {
        let name = it.key.as_str()?.to_owned();
        let number = |wanted: &str| {
            let fields = it.value.own_entries().iter().rev();
            let mut named = fields.filter(|field| {
                field.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(wanted))
            });
            named.next().and_then(|field| field.value.as_i64()).unwrap_or_default()
        };
        let value = format!("{}:{}", number("soft"), number("hard"));
        it.value.is_mapping().then(|| (name, at(file, it.value.span, value)))
    };
    file.entries("default-ulimits").into_iter().filter_map(limit).collect()
}

fn at<T>(file: &DaemonFile, span: Span, value: T) -> Setting<T> {
    Setting::at(Location::new(file.source(), span), value)
}

#[cfg(test)]
mod tests {
    use plimsoll_config::daemon_json::DaemonFile;
    use plimsoll_text::Source;

    use super::DaemonDefaults;

    #[test]
    fn every_default_knows_where_it_stands() {
        let text = r#"{
            "icc": false, "log-driver": "", "userns-remap": "default", "live-restore": "yes",
            "log-opts": {"max-size": "1m"},
            "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1, "Hard": 2}}
        }"#;
        let file = DaemonFile::parse(&Source::new("daemon.json", text));
        let defaults = DaemonDefaults::read(&file);
        let icc = defaults.inter_container_communication.unwrap();
        assert!(!icc.value && icc.location().unwrap().text() == "false");
        assert_eq!(defaults.user_namespace.unwrap().value, "default");
        assert_eq!(defaults.log_driver, None);
        assert_eq!(defaults.live_restore, None);
        let shown = |all: &[(String, super::Setting<String>)]| -> Vec<String> {
            all.iter().map(|it| format!("{}={}", it.0, it.1.value)).collect()
        };
        assert_eq!(shown(&defaults.log_options), ["max-size=1m"]);
        assert_eq!(shown(&defaults.ulimits), ["nofile=1:2"]);
    }
}
