//! What an OpenSSL cipher list (as in nginx's `ssl_ciphers`) selects from a built-in table.
//!
//! Knows the rules by which OpenSSL 3.0 reads such a list and nothing of who uses it. TLS 1.3
//! suites are not part of a cipher list: OpenSSL keeps them whatever the list says. No verdict is
//! made here; a suite only tells its [`Weakness`].

use plimsoll_text::Span;

use crate::openssl_table::{CIPHERS, GONE_KEYWORDS, KEYWORDS};

/// A list with more terms than this is not read further.
pub const MAX_TERMS: usize = 1_000;

/// A list longer than this, in bytes, is not read further.
pub const MAX_LENGTH: usize = 64 * 1024;

/// What a cipher list comes to.
#[derive(Debug, Default)]
pub struct Selection {
    /// The suites let in, in the order of the table (the list's own order of preference is not
    /// kept). Suites that a stock OpenSSL 3 does not have are among them: see
    /// [`Cipher::availability`].
    pub ciphers: Vec<&'static Cipher>,
    /// Every term, in the order it stands.
    pub terms: Vec<Term>,
    /// The level of the last `@SECLEVEL=`.
    pub security_level: Option<u8>,
    /// Why OpenSSL refuses the whole list, if it does; `ciphers` is empty then.
    pub error: Option<ListError>,
}

impl Selection {
    /// The suites a stock build of OpenSSL 3 has.
    pub fn stock(&self) -> impl Iterator<Item = &'static Cipher> {
        self.ciphers.iter().copied().filter(|it| it.availability == Availability::Stock)
    }

    /// Whether a stock OpenSSL 3 is left without any suite below TLS 1.3; it refuses such a list.
    pub fn is_empty(&self) -> bool {
        self.stock().next().is_none()
    }

    /// The suites let in that have a [`Weakness`].
    pub fn weak(&self) -> impl Iterator<Item = (&'static Cipher, Weakness)> {
        self.ciphers.iter().filter_map(|it| it.weakness().map(|weakness| (*it, weakness)))
    }

    /// Terms that OpenSSL passes over without a word, so most likely slips of the pen.
    pub fn unknown(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(|it| it.meaning == Meaning::Unknown)
    }
}

/// One term of a cipher list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Where in the list it stands, with its sign.
    pub span: Span,
    /// Its text without its sign.
    pub text: String,
    /// What it does with the suites it names.
    pub operator: Operator,
    /// What OpenSSL makes of it.
    pub meaning: Meaning,
}

/// What a term does with the suites it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// No sign: lets them in.
    Add,
    /// `-`: takes them out; a later term may let them in again.
    Remove,
    /// `!`: takes them out for good.
    Forbid,
    /// `+`: moves those let in to the end; lets none in.
    Last,
    /// `@`: an order to OpenSSL.
    Command,
}

/// What OpenSSL makes of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It names suites, or orders something known.
    Known,
    /// A name that only other builds or older versions know; OpenSSL 3 passes over it.
    Gone,
    /// An IANA name; in a cipher list OpenSSL 3.0 passes over it.
    StandardName,
    /// Nothing that OpenSSL has ever known; it passes over it.
    Unknown,
    /// Something that makes OpenSSL refuse the whole list.
    Refused,
}

/// Why OpenSSL refuses a list, or why it was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListError {
    /// A sign where a name should be, a sign that means nothing, or an unknown `@` order, at this
    /// place.
    Invalid(Span),
    /// Longer than [`MAX_LENGTH`] or more terms than [`MAX_TERMS`].
    TooLong,
}

/// One suite.
#[derive(Debug, PartialEq, Eq)]
pub struct Cipher {
    /// OpenSSL's name for it.
    pub name: &'static str,
    /// The oldest protocol it works with.
    pub protocol: Protocol,
    /// How keys are agreed on.
    pub key_exchange: KeyExchange,
    /// How the server is known.
    pub auth: Auth,
    /// How data is hidden.
    pub encryption: Encryption,
    /// The length of the key; 0 for no encryption.
    pub bits: u16,
    /// How changes are noticed.
    pub mac: Mac,
    /// OpenSSL's own class for it.
    pub strength: Strength,
    /// Whether `DEFAULT` has it.
    pub in_default: bool,
    /// Whether the keyword `FIPS` has it.
    pub fips: bool,
    /// Which builds have it.
    pub availability: Availability,
}

impl Cipher {
    /// The suite that OpenSSL calls `name`.
    pub fn named(name: &str) -> Option<&'static Cipher> {
        CIPHERS.iter().find(|it| it.name == name)
    }

    /// What is worst about it, if anything is broken; see also [`Cipher::is_forward_secret`].
    pub fn weakness(&self) -> Option<Weakness> {
        if self.encryption == Encryption::None {
            return Some(Weakness::NoEncryption);
        }
        if self.auth == Auth::None {
            return Some(Weakness::NoAuthentication);
        }
        if self.strength == Strength::Export {
            return Some(Weakness::Export);
        }
        match self.encryption {
            Encryption::Rc4 | Encryption::Rc2 => Some(Weakness::Rc4),
            Encryption::Des => Some(Weakness::Des),
            Encryption::TripleDes | Encryption::Idea => Some(Weakness::SmallBlock),
            _ if self.mac == Mac::Md5 => Some(Weakness::Md5),
            _ => None,
        }
    }

    /// Whether a key stolen later does not open what was recorded before.
    pub fn is_forward_secret(&self) -> bool {
        matches!(
            self.key_exchange,
            KeyExchange::Ecdhe | KeyExchange::Dhe | KeyExchange::EcdhePsk | KeyExchange::DhePsk
        )
    }

    /// Whether it encrypts in CBC mode, which padding attacks aim at.
    pub fn is_cbc(&self) -> bool {
        matches!(
            self.encryption,
            Encryption::AesCbc
                | Encryption::Camellia
                | Encryption::TripleDes
                | Encryption::Des
                | Encryption::Idea
                | Encryption::Seed
                | Encryption::Rc2
        )
    }
}

/// What is broken about a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// It hides nothing.
    NoEncryption,
    /// It does not show who the server is, so anyone can stand between.
    NoAuthentication,
    /// Its key is short on purpose.
    Export,
    /// RC4 or RC2, which can be read.
    Rc4,
    /// Single DES, whose key can be tried out.
    Des,
    /// A block of 64 bits (3DES, IDEA), which repeats in long connections.
    SmallBlock,
    /// MD5 as the guard against change.
    Md5,
}

impl Weakness {
    /// What to tell the user, in a few words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::NoEncryption => "no encryption",
            Self::NoAuthentication => "no authentication of the server",
            Self::Export => "export-grade key",
            Self::Rc4 => "broken stream cipher",
            Self::Des => "56-bit DES",
            Self::SmallBlock => "64-bit block",
            Self::Md5 => "MD5",
        }
    }
}

/// The oldest protocol that a suite works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standards")]
pub enum Protocol {
    Ssl3,
    Tls10,
    Tls12,
}

/// How keys are agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standards")]
pub enum KeyExchange {
    Rsa,
    Dhe,
    Ecdhe,
    StaticDh,
    StaticEcdh,
    Psk,
    RsaPsk,
    DhePsk,
    EcdhePsk,
    Srp,
    Gost,
}

/// How the server is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standards")]
pub enum Auth {
    None,
    Rsa,
    Dss,
    Ecdsa,
    Psk,
    Srp,
    Gost,
}

/// How data is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standards")]
pub enum Encryption {
    None,
    AesCbc,
    AesGcm,
    AesCcm,
    AesCcm8,
    AriaGcm,
    Camellia,
    ChaCha20,
    Rc4,
    Rc2,
    Des,
    TripleDes,
    Idea,
    Seed,
    Gost,
}

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standards")]
pub enum Mac {
    Aead,
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Gost,
}

/// OpenSSL's own classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// No encryption at all.
    Null,
    /// Key of 40 or 56 bits, made for export.
    Export,
    /// `LOW`.
    Low,
    /// `MEDIUM`.
    Medium,
    /// `HIGH`.
    High,
}

/// Which builds of OpenSSL have a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// OpenSSL 3 as distributions build it.
    Stock,
    /// Only builds that ask for it, or versions before 1.1.0.
    OptIn,
    /// Only versions before 1.1.0.
    Removed,
}

/// Reads `list` as OpenSSL 3.0 does and says which suites it lets in.
pub fn select(list: &str) -> Selection {
    let mut res = Selection::default();
    if list.len() > MAX_LENGTH {
        res.error = Some(ListError::TooLong);
        return res;
    }
    if let Some(ciphers) = suite_b(list) {
        res.ciphers = ciphers;
        res.terms.push(Term {
            span: Span::new(0, list.len()),
            text: list.to_owned(),
            operator: Operator::Add,
            meaning: Meaning::Known,
        });
        return res;
    }
    let mut state = vec![State::Out; CIPHERS.len()];
    let mut reader = Reader { list, at: 0 };
    // `DEFAULT` is read at the very start only; anywhere else it is an unknown word.
    if list.starts_with(DEFAULT) {
        reader.at = DEFAULT.len();
        start_from_default(&mut state);
        res.terms.push(Term {
            span: Span::new(0, DEFAULT.len()),
            text: DEFAULT.to_owned(),
            operator: Operator::Add,
            meaning: Meaning::Known,
        });
    }
    while let Some(term) = reader.next_term() {
        if res.terms.len() >= MAX_TERMS {
            res.error = Some(ListError::TooLong);
            break;
        }
        let term = apply(term, &mut state, &mut res.security_level);
        if term.meaning == Meaning::Refused && res.error.is_none() {
            res.error = Some(ListError::Invalid(term.span));
        }
        res.terms.push(term);
    }
    if res.error.is_none() {
        let chosen = CIPHERS.iter().zip(&state).filter(|it| *it.1 == State::In);
        res.ciphers = chosen.map(|it| it.0).collect();
    }
    res
}

const DEFAULT: &str = "DEFAULT";

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Out,
    In,
    Forbidden,
}

/// The NSA's suite B words replace the whole list.
fn suite_b(list: &str) -> Option<Vec<&'static Cipher>> {
    let rest = list.strip_prefix("SUITEB")?;
    let names: &[&str] = if rest.starts_with("128ONLY") {
        &["ECDHE-ECDSA-AES128-GCM-SHA256"]
    } else if rest.starts_with("128C2") || rest.starts_with("192") {
        &["ECDHE-ECDSA-AES256-GCM-SHA384"]
    } else if rest.starts_with("128") {
        &["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"]
    } else {
        return None;
    };
    Some(names.iter().filter_map(|it| Cipher::named(it)).collect())
}

fn start_from_default(state: &mut [State]) {
    for (cipher, state) in CIPHERS.iter().zip(state) {
        *state = if cipher.in_default { State::In } else { State::Forbidden };
    }
}

/// Cuts a list into terms without judging them.
struct Reader<'a> {
    list: &'a str,
    at: usize,
}

/// A term as it stands: the parts between `+`, and whether its writing is sound.
struct RawTerm<'a> {
    span: Span,
    operator: Operator,
    parts: Vec<&'a str>,
    sound: bool,
}

impl<'a> Reader<'a> {
    fn next_term(&mut self) -> Option<RawTerm<'a>> {
        while self.peek().is_some_and(is_separator) {
            self.at += 1;
        }
        let start = self.at;
        let operator = match self.peek()? {
            b'-' => Operator::Remove,
            b'+' => Operator::Last,
            b'!' => Operator::Forbid,
            b'@' => Operator::Command,
            _ => Operator::Add,
        };
        if operator != Operator::Add {
            self.at += 1;
        }
        let mut parts = Vec::new();
        let mut sound = true;
        // After a word that it does not know, OpenSSL reads no more of the term, whatever stands
        // there.
        let mut is_passed_over = false;
        loop {
            let word = self.word();
            if word.is_empty() {
                sound = is_passed_over;
                self.skip_to_separator();
                break;
            }
            parts.push(word);
            is_passed_over |= operator != Operator::Command && meaning_of(word) != Meaning::Known;
            if operator == Operator::Command || (is_passed_over && self.peek() != Some(b'+')) {
                self.skip_to_separator();
                break;
            }
            if self.peek() != Some(b'+') {
                break;
            }
            self.at += 1;
        }
        Some(RawTerm { span: Span::new(start, self.at), operator, parts, sound })
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(is_word) {
            self.at += 1;
        }
        self.list.get(start..self.at).unwrap_or_default()
    }

    fn skip_to_separator(&mut self) {
        while self.peek().is_some_and(|it| !is_separator(it)) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.list.as_bytes().get(self.at).copied()
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b' ' | b';' | b',')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=')
}

fn apply(term: RawTerm<'_>, state: &mut [State], level: &mut Option<u8>) -> Term {
    let RawTerm { span, operator, parts, sound } = term;
    let text = parts.join("+");
    let meaning = if !sound {
        Meaning::Refused
    } else if operator == Operator::Command {
        command(&text, level)
    } else {
        let meaning = parts.iter().map(|it| meaning_of(it)).max_by_key(|it| rank(*it));
        let meaning = meaning.unwrap_or(Meaning::Unknown);
        // One unread part makes OpenSSL pass over the whole term; names of other builds still
        // count, so that what such a build would let in is seen.
        if matches!(meaning, Meaning::Known | Meaning::Gone) {
            change(&parts, operator, state);
        }
        meaning
    };
    Term { span, text, operator, meaning }
}

fn command(text: &str, level: &mut Option<u8>) -> Meaning {
    if text == "STRENGTH" {
        return Meaning::Known;
    }
    match text.strip_prefix("SECLEVEL=").map(str::as_bytes) {
        Some([digit @ b'0'..=b'5']) => {
            *level = Some(digit - b'0');
            Meaning::Known
        }
        _ => Meaning::Refused,
    }
}

fn meaning_of(word: &str) -> Meaning {
    if KEYWORDS.iter().any(|it| it.name == word) {
        return Meaning::Known;
    }
    if let Some(cipher) = Cipher::named(word) {
        return match cipher.availability {
            Availability::Stock => Meaning::Known,
            Availability::OptIn | Availability::Removed => Meaning::Gone,
        };
    }
    if GONE_KEYWORDS.contains(&word) || word.starts_with("EXP-") || word.starts_with("EXP1024-") {
        return Meaning::Gone;
    }
    if word.starts_with("TLS_") || word.starts_with("SSL_") {
        return Meaning::StandardName;
    }
    Meaning::Unknown
}

fn rank(meaning: Meaning) -> u8 {
    match meaning {
        Meaning::Known => 0,
        Meaning::Gone => 1,
        Meaning::StandardName => 2,
        Meaning::Unknown => 3,
        Meaning::Refused => 4,
    }
}

fn change(parts: &[&str], operator: Operator, state: &mut [State]) {
    for (cipher, state) in CIPHERS.iter().zip(state) {
        if *state == State::Forbidden || !parts.iter().all(|it| names(it, cipher)) {
            continue;
        }
        *state = match operator {
            Operator::Add => State::In,
            Operator::Remove => State::Out,
            Operator::Forbid => State::Forbidden,
            Operator::Last | Operator::Command => *state,
        };
    }
}

fn names(word: &str, cipher: &Cipher) -> bool {
    if cipher.name == word {
        return true;
    }
    match word {
        // OpenSSL 3 has lost these words; the versions that had the suites knew them so.
        "EXP" | "EXPORT" => cipher.strength == Strength::Export,
        "EXPORT40" => cipher.strength == Strength::Export && cipher.bits == 40,
        "kDH" | "aDH" => cipher.key_exchange == KeyExchange::StaticDh,
        "kECDH" | "aECDH" => cipher.key_exchange == KeyExchange::StaticEcdh,
        _ => KEYWORDS.iter().find(|it| it.name == word).is_some_and(|it| (it.selects)(cipher)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Availability, ListError, Meaning, Operator, Weakness, select};
    use crate::openssl_table::CIPHERS;
    use plimsoll_text::Span;

    /// One bit per stock suite in table order, as hexadecimal digits.
    fn bits_of(list: &str) -> String {
        let selection = select(list);
        let stock = CIPHERS.iter().filter(|it| it.availability == Availability::Stock);
        let mut bits: Vec<bool> =
            stock.map(|it| selection.ciphers.iter().any(|chosen| chosen.name == it.name)).collect();
        bits.resize(bits.len().next_multiple_of(4), false);
        let digit = |four: &[bool]| four.iter().fold(0, |sum, bit| sum * 2 + u32::from(*bit));
        bits.chunks(4).map(|it| char::from_digit(digit(it), 16).unwrap()).collect()
    }

    #[test]
    fn lists_select_what_openssl_3_0_19_selects() {
        for (list, expected) in EXPECTED {
            assert_eq!(bits_of(list), *expected, "`{list}`");
        }
    }

    #[test]
    fn suites_of_other_builds_are_seen_and_told_apart() {
        let selection = select("HIGH:RC4-SHA:DES-CBC3-SHA:EXP-RC4-MD5:!aNULL");
        let weak: Vec<_> = selection.weak().map(|it| (it.0.name, it.1)).collect();
        let expected = [
            ("RC4-SHA", Weakness::Rc4),
            ("DES-CBC3-SHA", Weakness::SmallBlock),
            ("EXP-RC4-MD5", Weakness::Export),
        ];
        assert_eq!(weak, expected);
        assert!(selection.stock().all(|it| it.weakness().is_none()));
        assert!(!select("RC4:3DES:LOW:EXP").ciphers.is_empty());
        assert!(select("RC4:3DES:LOW:EXP").is_empty());
    }

    #[test]
    fn terms_say_what_openssl_makes_of_them() {
        let list = "AES:!EXPORT:-RC4-SHA:ECDHE-RSA-AES128-GCM-SHA265:TLS_AES_128_GCM_SHA256";
        let meanings: Vec<_> = select(list).terms.iter().map(|it| it.meaning).collect();
        let expected =
            [Meaning::Known, Meaning::Gone, Meaning::Gone, Meaning::Unknown, Meaning::StandardName];
        assert_eq!(meanings, expected);
        let selection = select("AES:!MDS");
        let unknown: Vec<_> = selection.unknown().map(|it| (&*it.text, it.operator)).collect();
        assert_eq!(unknown, [("MDS", Operator::Forbid)]);
        assert_eq!(selection.terms[1].span, Span::new(4, 8));
        assert_eq!(select("DEFAULT@SECLEVEL=0").security_level, Some(0));
    }

    #[test]
    fn a_refused_list_says_where_and_a_hostile_one_ends() {
        assert_eq!(select("AES:@FOO").error, Some(ListError::Invalid(Span::new(4, 8))));
        assert_eq!(select("AES:é").error, Some(ListError::Invalid(Span::new(4, 6))));
        assert_eq!(select(&"A:".repeat(2_000)).error, Some(ListError::TooLong));
        assert_eq!(select(&"A".repeat(100_000)).error, Some(ListError::TooLong));
        assert_eq!(select("FOO/x!y:AES").error, None);
        assert!(select("").is_empty() && select("").error.is_none());
    }

    /// What `openssl ciphers LIST` of OpenSSL 3.0.19 prints, TLS 1.3 suites left out.
    #[rustfmt::skip]
    const EXPECTED: &[(&str, &str)] = &[
        ("HIGH:!aNULL:!MD5", "fffefff7f9fe7e3f1fffffffffffffffff80000"),
        ("HIGH", "ffffffffffffffffffffffffffffffffff80000"),
        ("ALL", "ffffffffffffffffffffffffffffffffff80000"),
        ("DEFAULT", "de00d00701c070381f08c61115bf16df8b00000"),
        ("DEFAULT@SECLEVEL=2", "de00d00701c070381f08c61115bf16df8b00000"),
        ("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256", "0000c0000000000000000000000000000000000"),
        ("EECDH+AESGCM", "c000c0000000000000000000000000000000000"),
        ("EECDH+AESGCM:EDH+AESGCM", "f000f0000000000000000000000000000000000"),
        ("EECDH+AESGCM:EDH+AESGCM:AES256+EECDH:AES256+EDH", "f1e0f0078000780000000000000000000000000"),
            (
                "ECDH+AESGCM:DH+AESGCM:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:RSA+AESGCM:RSA+AES:!aNULL:!MD5:!DSS",
                "d1e0df0701c07038000e001c140010000800000",
            ),
        ("ALL:!aNULL:!eNULL", "fffefff7f9fe7e3f1fffffffffffffffff80000"),
        ("ALL:!ADH:!EXPORT56:RC4+RSA:+HIGH:+MEDIUM:+LOW:+SSLv2:+EXP", "fffefff7f9fe7f3f9fffffffffffffffff80000"),
            (
                "kEECDH+ECDSA+AES128 kEECDH+ECDSA+AES256 kEECDH+AES128 kEECDH+AES256 +SHA !aNULL !eNULL !LOW !MD5 !EXP !DSS !PSK !SRP !kECDH !CAMELLIA !RC4 !SEED",
                "c180cc060180603000000000000000000000000",
            ),
        ("HIGH:!aNULL:!kRSA:!PSK:!SRP:!MD5:!RC4", "fffefff7f9fe7e3f00000000000000000000000"),
        ("COMPLEMENTOFALL", "00000000000000000000000000000000007fffe"),
        ("COMPLEMENTOFDEFAULT", "21ff2ff8fe3f8fc7e0f739eeea40e9207480000"),
        ("eNULL", "00000000000000000000000000000000007fffe"),
        ("NULL", "00000000000000000000000000000000007fffe"),
        ("aNULL", "00010008060181c0e0000000000000000010000"),
        ("ADH", "00010008060180c060000000000000000000000"),
        ("AECDH", "000000000000010080000000000000000010000"),
        ("ADH:AECDH", "00010008060181c0e0000000000000000010000"),
        ("kRSA", "0000000000000000000f001e1e0018000c08030"),
        ("aRSA", "566a535330cc341a142f045e1e2a58152c28cb0"),
        ("RSA", "0000000000000000000f001e1e0018000c08030"),
        ("kDHE", "326733399e679ecf60000000000000000000000"),
        ("DHE", "3266333198661e0f00000000000000000000000"),
        ("EDH", "3266333198661e0f00000000000000000000000"),
        ("kECDHE", "cd98ccc66198613080000000000000000070000"),
        ("ECDHE", "cd98ccc66198603000000000000000000060000"),
        ("PSK", "00000000000000001ff0ffe1e18fe7c7f387fce"),
        ("aPSK", "00000000000000000bd0fba1e185a7c2d38734e"),
        ("kPSK", "00000000000000000000f801e0000700038000e"),
        ("kRSAPSK", "000000000000000014200440000a40052000c80"),
        ("kDHEPSK", "00000000000000000ad003a0000520029000340"),
        ("kECDHEPSK", "000000000000000001000000018080c04007000"),
        ("SRP", "000000000000000000000000007000380000000"),
        ("aSRP", "000000000000000000000000001000080000000"),
        ("aDSS", "2004202088220a0500000000004000200000000"),
        ("DSS", "2004202088220a0500000000004000200000000"),
        ("ECDSA", "89908c844110402000000000000000000040000"),
        ("AES", "f1e1ff0f85e179bcd8ceb79dd5ff16ff8b00000"),
        ("AES128", "0000ff0801e1003cc000079dc40000ff8b00000"),
        ("AES256", "f1e100078400798018ceb00011ff16000000000"),
        ("AESGCM", "f001f0080000000018088611000000000000000"),
        ("AESCCM", "01e00f000000000000c6318cc00000000000000"),
        ("AESCCM8", "01400a000000000000842108800000000000000"),
        ("ARIA", "001e00f00000000000310862200000000000000"),
        ("ARIAGCM", "001e00f00000000000310862200000000000000"),
        ("ARIA128", "000000f00000000000000062200000000000000"),
        ("ARIA256", "001e00000000000000310800000000000000000"),
        ("CAMELLIA", "000000007a1e8643200000000a00e9007480000"),
        ("CAMELLIA128", "00000000001e800320000000020000007480000"),
        ("CAMELLIA256", "000000007a000640000000000800e9000000000"),
        ("CHACHA20", "0e0000000000000007004000000000000000000"),
        ("CBC", "00000007ffffffffe00000001fffffffff80000"),
        ("SHA", "0000000000007fffe000000000f31a798d710e2"),
        ("SHA1", "0000000000007fffe000000000f31a798d710e2"),
        ("SHA256", "000000019fff8000000000001e000086728a504"),
        ("SHA384", "000000066000000000000000010ce5000004a08"),
        ("MD5", "000000000000000000000000000000000000010"),
        ("TLSv1", "000000000000613080000000018ce5c672f7f0c"),
        ("TLSv1.0", "000000000000613080000000018ce5c672f7f0c"),
        ("TLSv1.2", "ffffffffffff80001ffffffffe0000000008000"),
        ("SSLv3", "0000000000001ecf6000000000731a398d000f2"),
        ("SSLv3+HIGH", "0000000000001ecf6000000000731a398d00000"),
        ("FIPS", "f001f00f85e179bcd8088611158f16c78b00000"),
        ("FIPS:!aNULL", "f000f00781e0783c18088611158f16c78b00000"),
        ("SUITEB128", "800080000000000000000000000000000000000"),
        ("SUITEB128ONLY", "000080000000000000000000000000000000000"),
        ("SUITEB192", "800000000000000000000000000000000000000"),
        ("SUITEB128:ALL", "800080000000000000000000000000000000000"),
        ("SUITEB128C2", "800000000000000000000000000000000000000"),
        ("RC4", "000000000000000000000000000000000000000"),
        ("3DES", "000000000000000000000000000000000000000"),
        ("LOW:MEDIUM:EXPORT", "000000000000000000000000000000000000000"),
        ("GOST", "000000000000000000000000000000000000000"),
        ("IDEA:SEED", "000000000000000000000000000000000000000"),
        ("AES:DEFAULT", "f1e1ff0f85e179bcd8ceb79dd5ff16ff8b00000"),
        ("!DEFAULT", "000000000000000000000000000000000000000"),
        ("ALL:!DEFAULT", "ffffffffffffffffffffffffffffffffff80000"),
        ("DEFAULT+AES", "de00d00701c070381f08c61115bf16df8b00000"),
        ("DEFAULTAES", "de00d00701c070381f08c61115bf16df8b00000"),
        ("DEFAULT:AES", "de00d00701c070381f08c61115bf16df8b00000"),
        ("DEFAULT:-aRSA:AES128-SHA", "88008004010040200b00c201019506ca8b00000"),
        ("DEFAULT:!DHE:!kRSA", "cc00c006018060301f00c60101bf06df8300000"),
        ("AES:-AES128:AES128-SHA", "f1e100078400798018ceb00011ff16000800000"),
        ("AES:!AES128:AES128-SHA", "f1e100078400798018ceb00011ff16000000000"),
        ("AES:+AES128", "f1e1ff0f85e179bcd8ceb79dd5ff16ff8b00000"),
        ("AES:@STRENGTH", "f1e1ff0f85e179bcd8ceb79dd5ff16ff8b00000"),
        ("AES @STRENGTH", "f1e1ff0f85e179bcd8ceb79dd5ff16ff8b00000"),
        ("AES,CHACHA20;ARIA", "ffffffff85e179bcdffffffff5ff16ff8b00000"),
        ("AES!RSA", "f1e1ff0f85e179bcd8c0b781c1ff06ff8300000"),
        ("aes", "000000000000000000000000000000000000000"),
        ("ALL+NULL", "000000000000000000000000000000000000000"),
        ("AES128-SHA+HIGH", "000000000000000000000000000000000800000"),
        ("AES128-SHA+RC4", "000000000000000000000000000000000000000"),
        ("kRSA+AES128+SHA1", "000000000000000000000000000000000800000"),
        ("AES+FOO", "000000000000000000000000000000000000000"),
        ("AES+FOO:CHACHA20", "0e0000000000000007004000000000000000000"),
        ("TLS_AES_128_GCM_SHA256", "000000000000000000000000000000000000000"),
        ("TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256", "000040000000000000000000000000000000000"),
        ("ECDHE-RSA-AES128-GCM-SHA265", "000000000000000000000000000000000000000"),
        ("TLSv1.2+SSLv3", "000000000000000000000000000000000000000"),
        ("TLSv1.2+kRSA", "0000000000000000000f001e1e0000000008000"),
        ("DHE+CBC", "0000000198661e0f00000000000000000000000"),
        ("AES:@FOO", "000000000000000000000000000000000000000"),
        ("AES:@SECLEVEL=9", "000000000000000000000000000000000000000"),
        ("DEFAULT:AES/x", "000000000000000000000000000000000000000"),
        ("AES:!", "000000000000000000000000000000000000000"),
        (":", "000000000000000000000000000000000000000"),
        ("AES::CHACHA20", "ffe1ff0f85e179bcdfcef79dd5ff16ff8b00000"),
        ("AES+", "000000000000000000000000000000000000000"),
        ("+AES", "000000000000000000000000000000000000000"),
        ("ALL:-ALL:AESGCM", "f001f0080000000018088611000000000000000"),
        ("ALL:!EXPORT:!LOW:!SSLv2", "ffffffffffffffffffffffffffffffffff80000"),
        ("PROFILE=SYSTEM", "000000000000000000000000000000000000000"),
        ("kEDH+AESGCM:!DSS", "100110080000000000000000000000000000000"),
        ("HIGH+TLSv1.2:!aNULL", "fffefff7f9fe00001ffffffffe0000000000000"),
        ("SSLv3:!eNULL", "0000000000001ecf6000000000731a398d00000"),
    ];
}
