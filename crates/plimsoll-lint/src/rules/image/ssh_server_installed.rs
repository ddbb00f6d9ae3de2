use plimsoll_finding::{Check, Sink};

use crate::{installed::SSH_SERVERS, notable::name_of, rule::also, subject::image::ImageSubject};

also! { "ssh-server-installed", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let packages = subject.packages.iter().filter(|it| it.kind.is_system());
    let mut is_told = false;
    for package in packages.filter(|it| SSH_SERVERS.contains(&&*it.name)) {
        let message = format!("`{}` is a way into the container to look after", package.name);
        let _ = sink.report_place(subject.package_place(package), message);
        is_told = true;
    }
    let is_server = |path: &str| PROGRAMS.contains(&name_of(path)) && path.contains("bin/");
    let file = subject.files.iter().find(|it| is_server(&it.entry.path) && it.entry.size > 0);
    if let Some(file) = file.filter(|_| !is_told) {
        let message = format!("`/{}` is a way into the container to look after", file.entry.path);
        let _ = sink.report_place(subject.file_place(file), message);
    }
}

static PROGRAMS: &[&str] = &["sshd", "dropbear"];
