//! What was collected of a Docker host, and typed views over it.
//!
//! The snapshot holds raw material: answers of the engine, files with their owners and modes,
//! processes, and what read-only tools printed. Checks see only this, so a host can be judged
//! where it stands or elsewhere and later. Knows neither how it was collected nor what is good.

mod known;
mod collected;
mod dockerd_flags;
mod daemon_settings;
mod accounts;
mod auditd;
mod listening;
mod mounts;
mod sudoers;
mod units;
mod host;
pub mod wanted;
mod masked;

pub use crate::{
    accounts::{Account, Group, SubordinateRange, accounts, groups, subordinate_ranges},
    auditd::{Watch, watches},
    collected::{
        Collected, FileFacts, FileKind, ProcessFacts, Reach, SNAPSHOT_FORMAT, SnapshotError,
        UserIds,
    },
    daemon_settings::{DaemonSettings, SettingEntry, SettingOrigin},
    dockerd_flags::{DockerdArguments, split_words},
    host::Host,
    known::Known,
    listening::{Listener, tcp_listeners, udp_listeners},
    masked::{Hide, mask_arguments},
    mounts::{Mount, mount_of, mounts},
    sudoers::{SudoCommand, SudoRule, sudo_rules},
    units::{Unit, UnitSetting, unit, unit_files},
};
