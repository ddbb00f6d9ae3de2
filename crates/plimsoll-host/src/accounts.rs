//! Users, groups and ranges of subordinate numbers, from the files of `/etc`.
//!
//! Knows only the files: accounts of a directory service are not in them.

/// A line of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// The number of its first group.
    pub gid: u32,
    /// Its home folder.
    pub home: String,
}

/// A line of `/etc/group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name.
    pub name: String,
    /// Its number.
    pub gid: u32,
    /// Who is in it besides those whose first group it is.
    pub members: Vec<String>,
    /// The line, from 1.
    pub line: usize,
}

/// A line of `/etc/subuid` or `/etc/subgid`: numbers that an account may hand to its containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubordinateRange {
    /// Name or number of the account.
    pub owner: String,
    /// The first number.
    pub start: u64,
    /// How many there are.
    pub count: u64,
    /// The line, from 1.
    pub line: usize,
}

impl SubordinateRange {
    /// The first number after the range.
    pub fn end(&self) -> u64 {
        self.start.saturating_add(self.count)
    }
}

/// The accounts of a passwd file; lines that are none are passed over, as the system does.
pub fn accounts(text: &str) -> Vec<Account> {
    let account = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|it| !it.is_empty() && !it.starts_with('#'))?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        let home = fields.nth(1).unwrap_or_default().to_owned();
        Some(Account { name, uid, gid, home })
    };
    text.lines().filter_map(account).collect()
}

/// The groups of a group file; lines that are none are passed over, as the system does.
pub fn groups(text: &str) -> Vec<Group> {
    let group = |(idx, line): (usize, &str)| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|it| !it.is_empty() && !it.starts_with('#'))?.to_owned();
        let gid = fields.nth(1)?.parse().ok()?;
        let members = fields.next().unwrap_or_default().split(',').map(str::trim);
        let members = members.filter(|it| !it.is_empty()).map(str::to_owned).collect();
        Some(Group { name, gid, members, line: idx + 1 })
    };
    text.lines().enumerate().filter_map(group).collect()
}

/// The ranges of a subuid or subgid file; lines that are none are passed over.
pub fn subordinate_ranges(text: &str) -> Vec<SubordinateRange> {
    let range = |(idx, line): (usize, &str)| {
        let mut fields = line.trim().split(':');
        let owner = fields.next().filter(|it| !it.is_empty() && !it.starts_with('#'))?.to_owned();
        let start = fields.next()?.parse().ok()?;
        let count = fields.next()?.parse().ok()?;
        Some(SubordinateRange { owner, start, count, line: idx + 1 })
    };
    text.lines().enumerate().filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::{accounts, groups, subordinate_ranges};

    #[test]
    fn lines_are_read_and_others_passed_over() {
        let found = accounts("root:x:0:0:root:/root:/bin/sh\n# a\nbad\n+::::::\nal:x:7:8::/h:\n");
        let found: Vec<_> = found.iter().map(|it| (&*it.name, it.uid, it.gid, &*it.home)).collect();
        assert_eq!(found, [("root", 0, 0, "/root"), ("al", 7, 8, "/h")]);

        let found = groups("root:x:0:\ndocker:x:998:al, bob\nx:y\n");
        assert_eq!(found[1].members, ["al", "bob"]);
        assert_eq!((found.len(), found[1].line), (2, 2));

        let found = subordinate_ranges("al:100000:65536\nbob:18446744073709551615:9\nx:1\n");
        assert_eq!((found.len(), found[0].end(), found[1].end()), (2, 165_536, u64::MAX));
    }
}
