//! What a service comes to when all who have a say have spoken: the command line or compose entry
//! first, then the image, then the daemon, then the engine.

use std::collections::BTreeSet;

use plimsoll_text::Location;

use crate::{
    service::{Healthcheck, MountKind, Service, ServiceOrigin},
    setting::Setting,
};

/// Who a container starts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// This user, as `name`, `uid`, `name:group` or `uid:gid`.
    Named(String),
    /// Whoever the image names, which is not known here.
    OfImage,
    /// Root, because nobody named anyone.
    RootByDefault,
}

impl User {
    /// Whether it is root; `None` where that cannot be told.
    pub fn is_root(&self) -> Option<bool> {
        match self {
            User::RootByDefault => Some(true),
            User::OfImage => None,
            User::Named(name) => {
                let user = name.split(':').next().unwrap_or_default().trim();
                if user.contains('$') || user.is_empty() {
                    return None;
                }
                Some(user == "root" || user.bytes().all(|it| it == b'0'))
            }
        }
    }
}

impl Service {
    /// Who the container starts as, and which place decided it.
    pub fn effective_user(&self) -> Setting<User> {
        if let Some(user) = self.user.as_ref().filter(|it| !it.value.trim().is_empty()) {
            return user.clone().map(User::Named);
        }
        // The engine has merged what the image says, so that nothing means root.
        if self.origin == ServiceOrigin::Container {
            let unset = self.user.clone().map(|it| it.map(|_| User::RootByDefault));
            return unset.unwrap_or_else(|| Setting::default_of("the image", User::OfImage));
        }
        let Some(image) = &self.built_image else {
            return Setting::default_of("the image", User::OfImage);
        };
        match (&image.user, image.base_is_root) {
            (Some(user), _) => user.clone().map(User::Named),
            (None, Some(true)) => Setting::default_of("the base image", User::RootByDefault),
            (None, _) => Setting::default_of("the base image", User::OfImage),
        }
    }

    /// Whether processes can gain privileges by executing a set-user-id program: the service's own
    /// `no-new-privileges`, else the daemon's, else not forbidden.
    pub fn effective_no_new_privileges(&self) -> Setting<bool> {
        if let Some(own) = self.declared_no_new_privileges() {
            return own;
        }
        let daemon = self.daemon.as_ref().and_then(|it| it.no_new_privileges.clone());
        daemon.unwrap_or_else(|| Setting::default_of("the engine", false))
    }

    /// What the service itself says of `no-new-privileges`; the last word wins.
    pub fn declared_no_new_privileges(&self) -> Option<Setting<bool>> {
        self.security_options("no-new-privileges")
            .last()
            .map(|(value, option)| (*option).clone().map(|_| value.is_none_or(|it| it != "false")))
    }

    /// The values of one security option (`seccomp`, `apparmor`, `label`, ...), each with its
    /// entry.
    pub fn security_options(&self, name: &str) -> Vec<(Option<&str>, &Setting<String>)> {
        let mut res = Vec::new();
        for option in &self.security_opt {
            let text = option.value.trim();
            let split =
                text.find(['=', ':']).and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
            match split {
                Some((key, value)) if key == name => res.push((Some(value.trim()), option)),
                None if text == name => res.push((None, option)),
                _ => {}
            }
        }
        res
    }

    /// Whether something looks after the health of the service; `None` where the image decides and
    /// is not known.
    pub fn effective_healthcheck(&self) -> Option<Setting<bool>> {
        if let Some(own) = &self.healthcheck {
            match &own.value {
                Healthcheck::Disabled => return Some(own.clone().map(|_| false)),
                Healthcheck::Test(words) => {
                    let is_on = words.first().is_some_and(|it| it != "NONE");
                    return Some(own.clone().map(|_| is_on));
                }
                Healthcheck::Inherited => {}
            }
        }
        if self.origin == ServiceOrigin::Container {
            return Some(Setting::default_of("the image", false));
        }
        let image = self.built_image.as_ref()?;
        match &image.healthcheck {
            Some(check) => Some(check.clone()),
            // The base image may bring one; distributions do not.
            None if image.base_is_root == Some(true) => {
                Some(Setting::default_of("the image", false))
            }
            None => None,
        }
    }

    /// Where the output goes: the service's own driver, else the daemon's, else `json-file`.
    pub fn effective_log_driver(&self) -> Setting<String> {
        if let Some(logging) = &self.logging
            && let Some(driver) = &logging.value.driver
        {
            return logging.clone().map(|_| driver.clone());
        }
        let daemon = self.daemon.as_ref().and_then(|it| it.log_driver.clone());
        daemon.unwrap_or_else(|| Setting::default_of("the engine", "json-file".to_owned()))
    }

    /// Whether the root file system is read-only.
    pub fn effective_read_only(&self) -> Setting<bool> {
        let own = self.read_only.clone();
        own.unwrap_or_else(|| Setting::default_of("the engine", false))
    }

    /// Whether the user namespace of the host is shared: not where the daemon remaps it and the
    /// service does not opt out.
    pub fn effective_user_namespace(&self) -> Setting<String> {
        if let Some(mode) = &self.userns_mode {
            return mode.clone();
        }
        let daemon = self.daemon.as_ref().and_then(|it| it.user_namespace.clone());
        daemon.unwrap_or_else(|| Setting::default_of("the engine", "host".to_owned()))
    }

    /// The paths of the container that can be written to although the root is read-only.
    pub fn writable_paths(&self) -> BTreeSet<String> {
        let mounts = self.mounts.iter().map(|it| &it.value).filter(|it| !it.read_only);
        let mut res: BTreeSet<String> = mounts
            .filter(|it| it.kind != MountKind::Other)
            .map(|it| trimmed(&it.target).to_owned())
            .collect();
        if let Some(image) = &self.built_image {
            res.extend(image.volumes.iter().map(|it| trimmed(&it.value).to_owned()));
        }
        res
    }

    /// The ports that something listens on, as far as files tell: published, exposed by compose,
    /// exposed by the Dockerfile. Each with the place that says so.
    pub fn container_ports(&self) -> Vec<(u16, String, Option<Location>)> {
        let mut res = Vec::new();
        for port in &self.ports {
            let (first, last) = port.value.container;
            for number in first..=last.max(first) {
                if res.len() >= MAX_PORTS {
                    return res;
                }
                res.push((number, port.value.protocol.clone(), port.location().cloned()));
            }
        }
        for port in self.built_image.iter().flat_map(|it| &it.exposed) {
            res.push((port.value.0, port.value.1.clone(), port.location().cloned()));
        }
        res
    }
}

/// A range of ports may name all 65,535; no rule looks at more than this many.
const MAX_PORTS: usize = 4096;

fn trimmed(path: &str) -> &str {
    let short = path.trim_end_matches('/');
    if short.is_empty() { "/" } else { short }
}
