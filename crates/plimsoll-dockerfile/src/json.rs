//! JSON arrays of strings, as exec forms use them.

use std::ops::Range;

/// What the arguments are, if they start with `[`.
pub(crate) enum JsonArray {
    /// An array of strings, each with its range, quotes included; and the range of the whole.
    Strings(Vec<(String, Range<usize>)>, Range<usize>),
    /// An array that also holds numbers, `true`, `false` or `null`.
    OtherValues,
    /// Not JSON, although it starts with `[`.
    Invalid,
    /// It does not start with `[`.
    Absent,
}

/// Reads `text` from `start` to its end.
pub(crate) fn read_array(text: &str, start: usize) -> JsonArray {
    let mut reader = Reader { text, at: start };
    reader.skip_white_space();
    let first = reader.at;
    if !reader.eat('[') {
        return JsonArray::Absent;
    }
    let Some((strings, all_strings)) = reader.elements() else { return JsonArray::Invalid };
    let end = reader.at;
    reader.skip_white_space();
    match (reader.at == text.len(), all_strings) {
        (false, _) => JsonArray::Invalid,
        (true, false) => JsonArray::OtherValues,
        (true, true) => JsonArray::Strings(strings, first..end),
    }
}

type Strings = Vec<(String, Range<usize>)>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// After `[`, up to and with `]`; and whether all were strings.
    fn elements(&mut self) -> Option<(Strings, bool)> {
        let mut res = Vec::new();
        let mut all_strings = true;
        self.skip_white_space();
        if self.eat(']') {
            return Some((res, true));
        }
        loop {
            self.skip_white_space();
            let start = self.at;
            if self.peek() == Some('"') {
                let value = self.string()?;
                res.push((value, start..self.at));
            } else {
                self.literal()?;
                all_strings = false;
            }
            self.skip_white_space();
            if self.eat(']') {
                return Some((res, all_strings));
            }
            if !self.eat(',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.bump();
        let mut res = String::new();
        loop {
            match self.bump()? {
                '"' => return Some(res),
                '\\' => res.push(self.escaped()?),
                it if it < ' ' => return None,
                it => res.push(it),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.bump()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            it @ ('"' | '\\' | '/') => it,
            'u' => self.unicode()?,
            _ => return None,
        })
    }

    /// After `\u`; half of a pair that stands alone is shown as a replacement character.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hex()?;
        let mut code = high;
        if (0xD800..0xDC00).contains(&high) {
            let before = self.at;
            let low = if self.eat('\\') && self.eat('u') { self.hex() } else { None };
            if let Some(low) = low.filter(|it| (0xDC00..0xE000).contains(it)) {
                code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            } else {
                self.at = before;
            }
        }
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    /// A number, `true`, `false` or `null`.
    fn literal(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let is_part = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
        let len = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
        let word = rest.get(..len)?;
        let is_number = word.starts_with(|it: char| it == '-' || it.is_ascii_digit())
            && word.parse::<f64>().is_ok();
        self.at += len;
        (is_number || matches!(word, "true" | "false" | "null")).then_some(())
    }

    fn skip_white_space(&mut self) {
        while self.peek().is_some_and(|it| matches!(it, ' ' | '\t' | '\n' | '\r')) {
            self.bump();
        }
    }

    fn eat(&mut self, char: char) -> bool {
        let is_next = self.peek() == Some(char);
        if is_next {
            self.at += char.len_utf8();
        }
        is_next
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonArray, read_array};

    #[test]
    fn only_arrays_of_strings_count() {
        for (text, expected) in [
            (r#"["a", "b c"]"#, "a|b c"),
            (r#"  [ "a\"\\\u00e9\ud83d\ude00\n" ]  "#, "a\"\\é😀\n"),
            ("[]", ""),
            (r#"["a"] b"#, "invalid"),
            (r#"["a",]"#, "invalid"),
            (r#"["a" "b"]"#, "invalid"),
            ("['a']", "invalid"),
            (r#"["C:\app"]"#, "invalid"),
            (r#"["a"#, "invalid"),
            (r#"["\ud83dx"]"#, "\u{fffd}x"),
            (r#"["\u00"]"#, "invalid"),
            (r#"["a", 1, true]"#, "other"),
            ("[ -f x ] && y", "invalid"),
            ("a", "absent"),
        ] {
            let shown = match read_array(text, 0) {
                JsonArray::Strings(strings, _) => {
                    strings.into_iter().map(|it| it.0).collect::<Vec<_>>().join("|")
                }
                JsonArray::OtherValues => "other".to_owned(),
                JsonArray::Invalid => "invalid".to_owned(),
                JsonArray::Absent => "absent".to_owned(),
            };
            assert_eq!(shown, expected, "{text}");
        }
    }
}
