//! The effective service: what compose file, Dockerfile, daemon settings and command lines come to
//! together, every value with the place that decided it.
//!
//! Knows nothing of what is good or bad, and opens nothing: it is handed what was read.

mod setting;
mod service;
mod network;
mod from_compose;
mod from_container;
mod resolve;
mod capability;
mod built_image;
mod daemon;
mod effective;
mod command_line;

pub use crate::{
    built_image::{BuiltImage, starts_as_root},
    capability::{ALL_CAPABILITIES, Capability, CapabilitySet, DEFAULT_CAPABILITIES, normal_form},
    command_line::{
        BuildLine, CommandLines, CommandText, MAX_COMMANDS, MAX_NESTING, OtherCommand,
        read_command_lines,
    },
    daemon::DaemonDefaults,
    effective::User,
    from_container::InspectedContainer,
    network::{Network, Project, TopLevel},
    service::{
        Build, Device, Grant, Healthcheck, Logging, Mount, MountKind, Port, Service, ServiceNode,
        ServiceOrigin, Variable,
    },
    setting::{DecidedBy, Setting},
};
