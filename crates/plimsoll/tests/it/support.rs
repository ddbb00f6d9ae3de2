//! A folder of its own for each test, and the program run in it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;

/// A Dockerfile with nothing to find at the default audience.
pub(crate) const CLEAN: &str = "FROM scratch\nCOPY app /app\nUSER 10001\nCMD [\"/app\"]\n";

/// A Dockerfile with one finding that fails a run.
pub(crate) const ROOT: &str = "FROM scratch\nCOPY app /app\nUSER 0\nCMD [\"/app\"]\n";

/// A folder that is gone when the test ends.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("plimsoll-it-{}-{number}", process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        let res = Self(path.canonicalize().unwrap());
        for (name, text) in files {
            res.write(name, text);
        }
        res
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program in this folder, with an environment that says nothing.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut res = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        res.current_dir(&self.0).args(words.split_whitespace()).stdin(Stdio::null());
        for name in ["NO_COLOR", "COLUMNS", "CI", "TERM"] {
            res.env_remove(name);
        }
        res
    }

    pub(crate) fn run(&self, words: &str) -> Answer {
        Answer::new(&self.command(words).output().unwrap())
    }

    /// The program with `text` on its standard input.
    pub(crate) fn feed(&self, words: &str, text: &str) -> Answer {
        use std::io::Write as _;
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        Answer::new(&child.wait_with_output().unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let res = Self {
            code: output.status.code().unwrap(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        assert!(!res.err.contains("panicked"), "{res:?}");
        res
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|it| panic!("{it}: {self:?}"))
    }

    /// `rule disposition file:line` of each finding.
    #[track_caller]
    pub(crate) fn findings(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["findings"].as_array().unwrap();
        let word = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let shown = findings.iter().map(|it| {
            let place = &it["place"];
            let (rule, disposition) = (word(&it["rule"]), word(&it["disposition"]));
            let file = word(&place["file"]);
            format!("{rule} {disposition} {file}:{}", place["start"]["line"])
        });
        shown.collect()
    }
}

/// The root of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}
