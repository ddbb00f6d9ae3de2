//! The parts of a path in order, with the targets of links put in on the way.
//!
//! Knows nothing of what is at the path; who walks says where a link is.

use std::borrow::Cow;

/// A path that is being walked.
pub(crate) struct Route<'a> {
    rest: Cow<'a, str>,
    at: usize,
    n_links: u32,
    n_steps: u32,
}

/// Where to go next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// To the folder above, if there is one.
    Up,
    /// To this name in the folder.
    Down(&'a str),
}

/// From where the target of a link counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detour {
    FromRoot,
    FromHere,
}

/// More links or steps than a kernel would follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl<'a> Route<'a> {
    pub(crate) fn new(path: &'a str) -> Self {
        Self { rest: Cow::Borrowed(path), at: 0, n_links: 0, n_steps: 0 }
    }

    /// The next step; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Step<'_>>, TooLong> {
        loop {
            let rest = self.rest.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(None);
            }
            let len = rest.find('/').unwrap_or(rest.len());
            let start = self.at;
            self.at = (start + len + 1).min(self.rest.len());
            self.n_steps += 1;
            if self.n_steps > MAX_STEPS {
                return Err(TooLong);
            }
            match self.rest.get(start..start + len).unwrap_or_default() {
                "" | "." => {}
                ".." => return Ok(Some(Step::Up)),
                // The borrow must be taken anew, since it would otherwise last for the loop.
                _ => return Ok(self.rest.get(start..start + len).map(Step::Down)),
            }
        }
    }

    /// Whether the last step was the end of the path.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.get(self.at..).unwrap_or_default().bytes().all(|it| it == b'/')
    }

    /// Whether a link was followed.
    pub(crate) fn has_links(&self) -> bool {
        self.n_links > 0
    }

    /// How many steps were taken.
    pub(crate) fn n_steps(&self) -> u32 {
        self.n_steps
    }

    /// Goes on with the target of a link, and then with what was left.
    pub(crate) fn detour(&mut self, target: &str) -> Result<Detour, TooLong> {
        self.n_links += 1;
        if self.n_links > MAX_LINKS {
            return Err(TooLong);
        }
        let rest = self.rest.get(self.at..).unwrap_or_default();
        self.rest = Cow::Owned(if rest.is_empty() {
            target.to_owned()
        } else {
            format!("{target}/{rest}")
        });
        self.at = 0;
        Ok(if target.starts_with('/') { Detour::FromRoot } else { Detour::FromHere })
    }
}

/// As many as Linux follows.
const MAX_LINKS: u32 = 40;

/// Parts of a path with all its links put in.
const MAX_STEPS: u32 = 2_048;
