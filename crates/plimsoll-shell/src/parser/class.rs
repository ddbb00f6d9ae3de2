//! What each byte may mean, as a table: the inner loops ask it once per byte.

/// Where text stands, as far as it changes what a byte means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// An unquoted word.
    Word,
    /// Between double quotes.
    Double,
    /// The body of a here-document.
    Document,
    /// After the operator of `${…}` outside of quotes.
    Brace,
    /// The same inside of double quotes.
    BraceInDouble,
    /// An arithmetic expression in parentheses.
    Arithmetic,
    /// Something in brackets: a subscript or an old arithmetic expression.
    Bracket,
}

impl Mode {
    /// Whether `byte` is nothing but itself here.
    pub(super) fn is_plain(self, byte: u8) -> bool {
        SPECIAL[usize::from(byte)] & self.bit() == 0
    }

    /// Whether expansions are not split here.
    pub(super) fn is_quoted(self) -> bool {
        !matches!(self, Self::Word | Self::Brace)
    }

    /// Whether a backslash keeps itself before most characters.
    pub(super) fn has_weak_backslash(self) -> bool {
        matches!(self, Self::Double | Self::Document | Self::BraceInDouble)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Whether `byte` ends an unquoted word.
pub(super) fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// Whether `byte` can start a name.
pub(super) fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Whether `byte` can go on with a name.
pub(super) fn continues_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const SPECIAL: [u8; 256] = {
    let mut table = [0; 256];
    let rows: [(Mode, &[u8]); 7] = [
        (Mode::Word, b" \t\n\r;&|<>()'\"\\$`*?[]{},"),
        (Mode::Double, b"\"\\$`"),
        (Mode::Document, b"\\$`"),
        (Mode::Brace, b"}'\"\\$`"),
        (Mode::BraceInDouble, b"}\"\\$`"),
        (Mode::Arithmetic, b"()\"\\$`"),
        (Mode::Bracket, b"[]'\"\\$`"),
    ];
    let mut row = 0;
    while row < rows.len() {
        let (mode, bytes) = rows[row];
        let mut idx = 0;
        while idx < bytes.len() {
            table[bytes[idx] as usize] |= mode.bit();
            idx += 1;
        }
        row += 1;
    }
    table
};
