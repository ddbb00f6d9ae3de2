//! Our order of Debian's versions against the one of dpkg itself, which every machine that runs
//! these tests has.
#![expect(clippy::disallowed_types, reason = "a test asks dpkg")]

use std::{cmp::Ordering, process::Command};

use plimsoll_package::{VersionScheme, compare};

/// How many pairs are compared. dpkg compares one per process, in a few milliseconds.
const N_PAIRS: usize = 2_000;

#[test]
fn debian_versions_are_in_dpkg_s_order() {
    let mut random = Random(0x5eed);
    for _ in 0..N_PAIRS {
        let (a, b) = (random.version(), random.version());
        let expected = if asks(&a, "lt", &b) {
            Ordering::Less
        } else if asks(&a, "gt", &b) {
            Ordering::Greater
        } else {
            Ordering::Equal
        };
        assert_eq!(compare(VersionScheme::Debian, &a, &b), expected, "`{a}` to `{b}`");
    }
}

fn asks(a: &str, operator: &str, b: &str) -> bool {
    let status = Command::new("dpkg").args(["--compare-versions", a, operator, b]).status();
    let code = status.map(|it| it.code());
    assert!(matches!(code, Ok(Some(0 | 1))), "dpkg and `{a}`, `{b}`: {code:?}");
    matches!(code, Ok(Some(0)))
}

/// A generator of repeatable numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn text(&mut self, pieces: &[&str], n_pieces: usize) -> String {
        (0..n_pieces).map(|_| pieces[self.below(pieces.len())]).collect()
    }

    /// A version that dpkg accepts, from few pieces, so that many pairs are close to each other.
    fn version(&mut self) -> String {
        const PIECES: &[&str] = &[
            "0", "1", "2", "00", "01", "10", ".", ".", "~", "+", "a", "b", "rc", "Z", "~~", "dfsg",
        ];
        let epoch = ["", "", "", "0:", "1:", "01:"][self.below(6)];
        let n_pieces = self.below(5);
        let upstream = self.text(PIECES, n_pieces);
        let n_pieces = 1 + self.below(3);
        let revision = match self.below(3) {
            0 => String::new(),
            _ => format!("-{}", self.text(PIECES, n_pieces)),
        };
        let hyphen = if revision.is_empty() { "" } else { ["", "", "-1"][self.below(3)] };
        format!("{epoch}1{upstream}{hyphen}{revision}")
    }
}
