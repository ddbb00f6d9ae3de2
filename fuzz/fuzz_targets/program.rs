//! Any bytes read as a program: ELF, Go's and Rust's build information, well-known programs; and
//! as the text files that say which version of a program lies beside them.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "extract.rs"]
mod extract;

const PATHS: &[&str] = &[
    "usr/bin/node",
    "usr/local/bin/app",
    "usr/bin/python3.12",
    "usr/lib/libssl.so.3",
    "usr/bin/busybox",
    "opt/jdk/release",
    "usr/local/go/VERSION",
    "opt/tomcat/RELEASE-NOTES",
    "opt/rabbit/ebin/rabbit.app",
    "wp-includes/version.php",
];

fuzz_target!(|input: &[u8]| extract::run(PATHS, input));
