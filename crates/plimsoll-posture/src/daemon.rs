//! What daemon.json gives to every container.

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
