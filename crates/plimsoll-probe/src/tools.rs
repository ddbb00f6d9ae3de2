//! Tools that print what the kernel holds: found where the system keeps its own programs, started
//! without a shell and without our environment, and ended when they take too long.

use std::{
    io::{self, Read},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use plimsoll_host::{Known, wanted::WantedTool};

/// What `tool` prints within `limit`, if that is at most `max_bytes`.
pub(crate) fn run(tool: &WantedTool, limit: Duration, max_bytes: u64) -> Known<String> {
    let is_loaded = tool.needs_one_of.is_empty()
        || tool.needs_one_of.iter().any(|it| Path::new(it).exists())
        // A kernel without modules loads nothing.
        || !Path::new("/proc/modules").exists();
    if !is_loaded {
        return Known::unknown(
            format!("`{}` was not run, since the kernel would load its firewall for it", tool.name),
            "see the files of the firewall's settings",
        );
    }
    let Some(program) = find(tool.name) else { return Known::Absent };
    match output(&program, tool.arguments, limit, max_bytes) {
        Ok(it) => it,
        Err(error) => Known::unknown(format!("`{}`: {error}", program.display()), RUN_AS_ROOT),
    }
}

/// The program called `name`, if nobody but root can have put it there.
fn find(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|it| Path::new(it).join(name)).find(|path| {
        let is_roots = |it: &std::fs::Metadata| it.uid() == 0 && it.mode() & 0o022 == 0;
        path.metadata().is_ok_and(|it| it.is_file() && is_roots(&it))
    })
}

fn output(
    program: &Path,
    arguments: &[&str],
    limit: Duration,
    max_bytes: u64,
) -> io::Result<Known<String>> {
    let until = Instant::now() + limit;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("LC_ALL", "C").env("PATH", "/usr/sbin:/usr/bin");
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (sender, receiver) = channel();
    let reader = |from: Option<Box<dyn Read + Send>>, is_error: bool| {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(from) = from {
                let _ = from.take(max_bytes + 1).read_to_end(&mut bytes);
            }
            let _ = sender.send((is_error, bytes));
        });
    };
    reader(child.stdout.take().map(|it| Box::new(it) as Box<dyn Read + Send>), false);
    reader(child.stderr.take().map(|it| Box::new(it) as Box<dyn Read + Send>), true);
    let (mut printed, mut complaint) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok((false, bytes)) if bytes.len() as u64 > max_bytes => {
                end(&mut child);
                let why = format!("`{}` printed more than {max_bytes} bytes", program.display());
                return Ok(Known::unknown(why, "see its output yourself"));
            }
            Ok((false, bytes)) => printed = bytes,
            Ok((true, bytes)) => complaint = bytes,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                end(&mut child);
                let seconds = limit.as_secs();
                let why = format!("`{}` took more than {seconds} seconds", program.display());
                return Ok(Known::unknown(why, "see what holds it up"));
            }
        }
    }
    let Some(status) = wait(&mut child, until)? else {
        let why = format!("`{}` printed everything and did not end", program.display());
        return Ok(Known::unknown(why, "see what holds it up"));
    };
    if status.success() {
        return Ok(Known::Had(String::from_utf8_lossy(&printed).into_owned()));
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let first = complaint.lines().next().unwrap_or("it did not say why").trim();
    let first: String = first.chars().take(MAX_COMPLAINT).collect();
    Ok(Known::unknown(format!("`{}` failed: {first}", program.display()), RUN_AS_ROOT))
}

/// How it ended, if it does by `until`.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if until <= Instant::now() {
            end(child);
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

const RUN_AS_ROOT: &str = "run as root on the host itself";

/// So much of a tool's complaint is kept.
const MAX_COMPLAINT: usize = 300;

/// Where the system keeps programs for its administrator.
const FOLDERS: &[&str] = &["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use super::output;
    use plimsoll_host::Known;

    fn sh(script: &str, millis: u64) -> Known<String> {
        let limit = Duration::from_millis(millis);
        output(Path::new("/bin/sh"), &["-c", script], limit, 1_000).unwrap()
    }

    #[test]
    fn a_tool_prints_fails_floods_or_hangs_and_never_holds_us_up() {
        assert_eq!(sh("echo rules", 10_000), Known::Had("rules\n".to_owned()));
        let why = |known: Known<String>| match known {
            Known::Unknown { why, .. } => why,
            other => panic!("{other:?}"),
        };
        assert!(why(sh("echo be root >&2; exit 4", 10_000)).ends_with("failed: be root"));
        assert!(why(sh("yes", 10_000)).contains("more than 1000 bytes"));
        assert!(why(sh("exec sleep 60", 100)).contains("took more than"));
    }
}
