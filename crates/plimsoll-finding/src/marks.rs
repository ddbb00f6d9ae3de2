//! What a node holds and what a rule asks for, small enough to be compared in no time: most rules
//! are about a program or a sign that most nodes do not have.
//!
//! Knows no file format; what counts as a word of a node, its subject says.

/// The words and characters that a node holds. A set that may answer yes for a word that it does
/// not hold, and never no for one that it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    words: u128,
    characters: u128,
}

impl Marks {
    /// Marks that hold everything: those of a node that is not looked at.
    pub const ALL: Self = Self { words: u128::MAX, characters: u128::MAX };

    /// Adds a word. Letter case does not count.
    pub fn add_word(&mut self, word: &str) {
        self.words |= word_bit(word.as_bytes());
    }

    /// Adds every character of `text`; those beyond ASCII are not kept.
    pub fn add_characters(&mut self, text: &str) {
        for byte in text.bytes() {
            self.characters |= character_bit(byte);
        }
    }

    /// Adds all that `other` holds.
    pub fn add(&mut self, other: Self) {
        self.words |= other.words;
        self.characters |= other.characters;
    }
}

/// What a node must hold for a rule to look at it. Without any demand every node will do.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    words: u128,
    every: u128,
    one: u128,
}

impl Wanted {
    /// At least one of `words`. Letter case does not count.
    pub const fn word(words: &[&str]) -> Self {
        Self::NOTHING.or_word(words)
    }

    /// All of `characters`.
    pub const fn every(characters: &str) -> Self {
        Self::NOTHING.and_every(characters)
    }

    /// One of `characters`.
    pub const fn one_of(characters: &str) -> Self {
        Self::NOTHING.and_one_of(characters)
    }

    /// One of these words will do too.
    #[must_use]
    pub const fn or_word(mut self, words: &[&str]) -> Self {
        let mut idx = 0;
        while idx < words.len() {
            self.words |= word_bit(words[idx].as_bytes());
            idx += 1;
        }
        self
    }

    /// And all of `characters`.
    #[must_use]
    pub const fn and_every(mut self, characters: &str) -> Self {
        self.every |= character_bits(characters);
        self
    }

    /// And one of `characters`.
    #[must_use]
    pub const fn and_one_of(mut self, characters: &str) -> Self {
        self.one |= character_bits(characters);
        self
    }

    /// Whether something with these marks may be what is asked for.
    pub const fn may_be_in(&self, marks: &Marks) -> bool {
        (self.words == 0 || self.words & marks.words != 0)
            && self.every & !marks.characters == 0
            && (self.one == 0 || self.one & marks.characters != 0)
    }

    const NOTHING: Self = Self { words: 0, every: 0, one: 0 };
}

/// One bit out of the hash of the word in small letters (FNV-1a).
const fn word_bit(word: &[u8]) -> u128 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut idx = 0;
    while idx < word.len() {
        hash ^= word[idx].to_ascii_lowercase() as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        idx += 1;
    }
    1 << ((hash ^ (hash >> 32)) & 127)
}

const fn character_bits(characters: &str) -> u128 {
    let bytes = characters.as_bytes();
    let mut res = 0;
    let mut idx = 0;
    while idx < bytes.len() {
        assert!(bytes[idx].is_ascii(), "only ASCII is kept");
        res |= character_bit(bytes[idx]);
        idx += 1;
    }
    res
}

const fn character_bit(byte: u8) -> u128 {
    if byte.is_ascii() { 1 << byte } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{Marks, Wanted};

    fn marks(words: &[&str], text: &str) -> Marks {
        let mut res = Marks::default();
        for word in words {
            res.add_word(word);
        }
        res.add_characters(text);
        res
    }

    #[test]
    fn what_is_held_is_never_denied() {
        let held = marks(&["curl", "GIT_SSL_NO_VERIFY"], "é a && $b");
        for wanted in [
            Wanted::word(&["curl"]),
            Wanted::word(&["wget", "CURL"]),
            Wanted::word(&["git_ssl_no_verify"]),
            Wanted::word(&["wget"]).or_word(&["curl"]),
            Wanted::every("$&"),
            Wanted::one_of("`$"),
            Wanted::word(&["curl"]).and_every("$").and_one_of("&|"),
        ] {
            assert!(wanted.may_be_in(&held), "{wanted:?}");
            assert!(wanted.may_be_in(&Marks::ALL), "{wanted:?}");
        }
    }

    #[test]
    fn what_is_not_held_is_mostly_denied() {
        let held = marks(&["curl"], "a && $b");
        for wanted in [
            Wanted::word(&["wget"]),
            Wanted::every("$`"),
            Wanted::one_of("`|"),
            Wanted::word(&["curl"]).and_every("`"),
        ] {
            assert!(!wanted.may_be_in(&held), "{wanted:?}");
        }
    }
}
