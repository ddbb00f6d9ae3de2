//! Programs that run with other rights than those of whoever starts them. Knows no rule.

use plimsoll_oci::{Entry, EntryKind};

use crate::{notable::name_of, subject::image::FileFact};

/// Whether the entry is a program with the setuid or setgid bit.
pub(crate) fn raises_rights(entry: &Entry) -> bool {
    let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink(_));
    is_file && entry.mode & SPECIAL != 0 && entry.mode & RUNNABLE != 0
}

/// Its bits in words.
pub(crate) fn bits(entry: &Entry) -> &'static str {
    match (entry.mode & SETUID != 0, entry.mode & SETGID != 0) {
        (true, true) => "a setuid and setgid",
        (true, false) => "a setuid",
        _ => "a setgid",
    }
}

/// Whether a distribution brings the program: a package owns it, or it has a well-known name in one
/// of the system's folders.
pub(crate) fn is_usual(file: &FileFact) -> bool {
    let path = file.entry.path.as_str();
    let is_system = SYSTEM.iter().any(|it| path.starts_with(it));
    file.package.is_some() || (is_system && USUAL.contains(&name_of(path)))
}

const SETUID: u32 = 0o4000;
const SETGID: u32 = 0o2000;
const SPECIAL: u32 = SETUID | SETGID;
const RUNNABLE: u32 = 0o111;

static SYSTEM: &[&str] =
    &["bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/lib/", "usr/libexec/", "lib/"];

#[rustfmt::skip]
static USUAL: &[&str] = &[
    "at", "bbsuid", "bsd-write", "chage", "chfn", "chsh", "crontab", "dbus-daemon-launch-helper",
    "doas", "dotlockfile", "exim4", "expiry", "fusermount", "fusermount3", "gpasswd",
    "grub2-set-bootflag", "locate", "lockfile", "mlocate", "mount", "mount.cifs", "mount.nfs",
    "newgidmap", "newgrp", "newuidmap", "ntfs-3g", "pam_extrausers_chkpwd", "pam_timestamp_check",
    "passwd", "ping", "ping6", "pkexec", "plocate", "polkit-agent-helper-1", "postdrop",
    "postqueue", "sg", "ssh-agent", "ssh-keysign", "staprun", "su", "sudo", "sudoedit", "suexec",
    "traceroute6.iputils", "umount", "unix2_chkpwd", "unix_chkpwd", "unix_update", "userhelper",
    "usernetctl", "utempter", "vlock", "wall", "write", "write.ul",
];
