//! Secrets that are known by their shape, whatever their name: tokens of well-known makers, private
//! keys, signed web tokens, passwords inside addresses.
//!
//! Knows no file format; takes any text and gives byte ranges.

use std::ops::Range;

/// A secret found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretMatch {
    /// What it is, to be read after "holds": `a GitHub token`.
    pub(crate) kind: &'static str,
    /// Its bytes.
    pub(crate) range: Range<usize>,
}

/// The secrets of `text`, in order of their place. Looks at no more than the first
/// [`MAX_TEXT`] bytes and gives no more than [`MAX_MATCHES`].
pub(crate) fn find_secrets(text: &str) -> Vec<SecretMatch> {
    let text = head(text);
    let mut res: Vec<SecretMatch> = Vec::new();
    let mut passwords: Vec<SecretMatch> = Vec::new();
    let mut n_looked_at = 0;
    let starts = text.bytes().enumerate().filter(|it| STARTS[usize::from(it.1)] != 0);
    for (at, byte) in starts {
        let Some(rest) = text.as_bytes().get(at..) else { break };
        let n_before = n_looked_at;
        if starts_word(text, at) {
            for shape in shapes_from(byte).filter(|it| rest.starts_with(it.prefix.as_bytes())) {
                n_looked_at += 1;
                res.extend(shape.at(text, at));
            }
            if rest.starts_with(TOKEN_START) {
                n_looked_at += 1;
                res.extend(web_token(text, at));
            }
        }
        if rest.starts_with(KEY_START.as_bytes()) {
            n_looked_at += 1;
            res.extend(private_key(text, at));
        }
        if rest.starts_with(b"://") {
            n_looked_at += 1;
            passwords.extend(address_password(text, at));
        }
        if n_looked_at > n_before && n_looked_at >= MAX_LOOKED_AT {
            break;
        }
    }
    // A token that is also the password of an address is told as the token.
    res.append(&mut passwords);
    res.sort_by_key(|it| (it.range.start, it.range.end));
    res.truncate(MAX_MATCHES);
    res
}

/// How tokens of one maker look: a prefix, then so many of such characters.
struct Shape {
    kind: &'static str,
    prefix: &'static str,
    least: usize,
    accepts: fn(u8) -> bool,
}

impl Shape {
    /// The token whose prefix stands at `start`.
    fn at(&self, text: &str, start: usize) -> Option<SecretMatch> {
        let body = text.as_bytes().get(start + self.prefix.len()..)?;
        let len = body.iter().take(MAX_TOKEN).take_while(|it| (self.accepts)(**it)).count();
        let end = start + self.prefix.len() + len;
        // Guides write tokens that end so; they open nothing.
        let is_example = text.get(start..end)?.ends_with("EXAMPLE");
        let is_filler = is_filler(body.get(..len)?);
        let fits = len >= self.least && !is_example && !is_filler;
        fits.then_some(SecretMatch { kind: self.kind, range: start..end })
    }
}

/// The shapes whose prefix starts with `byte`.
fn shapes_from(byte: u8) -> impl Iterator<Item = &'static Shape> {
    let mut left = STARTS[usize::from(byte)] & !OTHER_START;
    std::iter::from_fn(move || {
        let shape = SHAPES.get(left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(shape)
    })
}

fn private_key(text: &str, start: usize) -> Option<SecretMatch> {
    let rest = text.get(start + KEY_START.len()..)?;
    let mut end = rest.len().min(MAX_KEY_LABEL + 5);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let label = rest.get(..end)?.split_once("-----")?.0;
    let is_private = label.len() < MAX_KEY_LABEL && label.ends_with("PRIVATE KEY");
    let end = start + KEY_START.len() + label.len() + 5;
    is_private.then_some(SecretMatch { kind: PRIVATE_KEY, range: start..end })
}

/// Three runs of base64 with dots between; the first two are JSON, hence start alike.
fn web_token(text: &str, start: usize) -> Option<SecretMatch> {
    let bytes = text.as_bytes().get(start..)?;
    let accepts = |it: &&u8| is_base64_url(**it) || **it == b'.';
    let len = bytes.iter().take(MAX_TOKEN).take_while(accepts).count();
    let mut parts = text.get(start..start + len)?.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = header.len() >= 10
        && payload.starts_with("eyJ")
        && payload.len() >= 10
        && signature.len() >= 10;
    let end = start + header.len() + payload.len() + signature.len() + 2;
    fits.then_some(SecretMatch { kind: "a signed web token", range: start..end })
}

/// The password of an address such as `scheme://user:password@host` whose `://` stands at `at`.
fn address_password(text: &str, at: usize) -> Option<SecretMatch> {
    let before = text.as_bytes().get(..at)?;
    before.last().filter(|it| it.is_ascii_alphanumeric())?;
    let start = at + 3;
    let rest = text.as_bytes().get(start..)?;
    let ends = |it: &&u8| !matches!(**it, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'|');
    let is_inside = |it: &&u8| ends(it) && !it.is_ascii_whitespace();
    let len = rest.iter().take(MAX_AUTHORITY).take_while(is_inside).count();
    let authority = text.get(start..start + len)?;
    let user_len = authority.rfind('@')?;
    let user = authority.get(..user_len)?;
    let (name, password) = user.split_once(':')?;
    let password_start = start + name.len() + 1;
    let range = password_start..password_start + password.len();
    is_written_password(password).then_some(SecretMatch { kind: ADDRESS, range })
}

/// Not a variable, a template or a row of stars.
fn is_written_password(password: &str) -> bool {
    // What GitHub takes for a password where the user name is the token.
    let is_placeholder = password == "x-oauth-basic"
        || password.chars().all(|it| matches!(it, '*' | 'x' | 'X' | '.'));
    !is_placeholder && !password.contains(['$', '<', '>', '{', '}', '%', '(', '[', '*'])
        || is_percent_encoded(password)
}

fn is_percent_encoded(password: &str) -> bool {
    let plain = !password.contains(['$', '<', '>', '{', '}', '(', '[', '*']);
    let mut escapes = password.split('%').skip(1).peekable();
    let is_hex =
        |it: &str| it.len() >= 2 && it.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    plain && escapes.peek().is_some() && escapes.all(is_hex)
}

/// Whether one character makes up all of it, as in `ghp_xxxxxxxx`.
fn is_filler(body: &[u8]) -> bool {
    body.first().is_some_and(|first| body.iter().all(|it| it == first))
}

fn starts_word(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| text.as_bytes().get(it));
    before.is_none_or(|it| !it.is_ascii_alphanumeric() && *it != b'_')
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_base64_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_dotted(byte: u8) -> bool {
    is_base64_url(byte) || byte == b'.'
}

const fn shape(
    kind: &'static str,
    prefix: &'static str,
    least: usize,
    accepts: fn(u8) -> bool,
) -> Shape {
    Shape { kind, prefix, least, accepts }
}

/// What a password inside of an address is called.
pub(crate) const ADDRESS: &str = "a password in an address";
/// What a private key is called.
pub(crate) const PRIVATE_KEY: &str = "a private key";
/// What stands in a masked text for a secret that was known by its shape, and is taken for one.
pub(crate) const MASKED_SECRET: &str = "plimsoll-masked-secret";

const KEY_START: &str = "-----BEGIN ";
const TOKEN_START: &[u8] = b"eyJ";
/// A label of a key is shorter.
const MAX_KEY_LABEL: usize = 40;
/// How much of a text is looked at.
const MAX_TEXT: usize = 1 << 20;
/// How many matches are given.
const MAX_MATCHES: usize = 256;
/// How many places are looked at that start like a secret; then the text is left alone.
const MAX_LOOKED_AT: usize = 8 << 10;
/// The longest token.
const MAX_TOKEN: usize = 4 << 10;
/// The longest `user:password@host`.
const MAX_AUTHORITY: usize = 512;

/// By the first byte of what a secret can start with, the set of the shapes that do, and
/// [`OTHER_START`].
static STARTS: [u64; 256] = {
    assert!(SHAPES.len() < 63, "a set holds as many");
    let mut table = [0; 256];
    let mut idx = 0;
    while idx < SHAPES.len() {
        table[SHAPES[idx].prefix.as_bytes()[0] as usize] |= 1 << idx;
        idx += 1;
    }
    table[TOKEN_START[0] as usize] |= OTHER_START;
    table[KEY_START.as_bytes()[0] as usize] |= OTHER_START;
    table[b':' as usize] |= OTHER_START;
    table
};
/// What stands in the set for that which is no shape.
const OTHER_START: u64 = 1 << 63;

const SHAPES: &[Shape] = &[
    shape("a secret that was masked", MASKED_SECRET, 0, |_| false),
    shape("a GitHub token", "ghp_", 36, is_alphanumeric),
    shape("a GitHub token", "gho_", 36, is_alphanumeric),
    shape("a GitHub token", "ghu_", 36, is_alphanumeric),
    shape("a GitHub token", "ghs_", 36, is_alphanumeric),
    shape("a GitHub token", "ghr_", 36, is_alphanumeric),
    shape("a GitHub token", "github_pat_", 40, is_base64_url),
    shape("a GitLab token", "glpat-", 20, is_dotted),
    shape("a GitLab token", "glptt-", 20, is_base64_url),
    shape("a GitLab token", "gldt-", 20, is_base64_url),
    shape("a GitLab token", "glrt-", 20, is_dotted),
    shape("an AWS access key", "AKIA", 16, is_upper),
    shape("an AWS access key", "ASIA", 16, is_upper),
    shape("a Slack token", "xoxb-", 20, is_base64_url),
    shape("a Slack token", "xoxp-", 20, is_base64_url),
    shape("a Slack token", "xoxa-", 20, is_base64_url),
    shape("a Slack token", "xoxs-", 20, is_base64_url),
    shape("a Slack token", "xapp-", 20, is_base64_url),
    shape("a Stripe key", "sk_live_", 16, is_alphanumeric),
    shape("a Stripe key", "rk_live_", 16, is_alphanumeric),
    shape("an npm token", "npm_", 36, is_alphanumeric),
    shape("a PyPI token", "pypi-AgE", 50, is_base64_url),
    shape("a DigitalOcean token", "dop_v1_", 64, is_alphanumeric),
    shape("a SendGrid key", "SG.", 60, is_dotted),
    shape("a Google API key", "AIza", 35, is_base64_url),
    shape("a Google access token", "ya29.", 30, is_dotted),
    shape("a Vault token", "hvs.", 24, is_base64_url),
    shape("a Shopify token", "shpat_", 32, is_alphanumeric),
    shape("a Docker Hub token", "dckr_pat_", 27, is_base64_url),
    shape("a RubyGems key", "rubygems_", 48, is_alphanumeric),
    shape("a Hugging Face token", "hf_", 34, is_alphanumeric),
    shape("an Anthropic key", "sk-ant-", 40, is_base64_url),
    shape("an OpenAI key", "sk-proj-", 40, is_base64_url),
    shape("an age key", "AGE-SECRET-KEY-1", 50, is_upper),
    shape("a Databricks token", "dapi", 32, |it| it.is_ascii_hexdigit()),
];

#[cfg(test)]
mod tests {
    use super::find_secrets;

    /// A body for a token, put together so that no scanner takes this file for a leak.
    fn body(len: usize) -> String {
        "aB3".chars().cycle().take(len).collect()
    }

    #[test]
    fn tokens_are_found_by_their_shape() {
        for (text, found) in [
            (format!("ghp_{}", body(36)), true),
            (format!("x ghp_{} y", body(36)), true),
            (format!("xghp_{}", body(36)), false),
            (format!("ghp_{}", body(8)), false),
            (format!("ghp_{}", "x".repeat(36)), false),
            (format!("AKIA{}", "Q7".repeat(8)), true),
            (format!("AKIA{}EXAMPLE", "IOSFODNN7"), false),
            (format!("-----BEGIN {}PRIVATE KEY-----", "RSA "), true),
            ("-----BEGIN PUBLIC KEY-----".to_owned(), false),
            (format!("eyJ{0}.eyJ{0}.{0}", body(12)), true),
            (format!("eyJ{0}.{0}.{0}", body(12)), false),
            (format!("-----BEGIN {}-----BEGIN RSA PRIVATE KEY-----", "é".repeat(40)), true),
        ] {
            assert_eq!(!find_secrets(&text).is_empty(), found, "{text}");
        }
    }

    #[test]
    fn a_token_in_an_address_is_told_first() {
        let found = find_secrets(&format!("https://u:ghp_{}@h", body(36)));
        let kinds: Vec<&str> = found.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, ["a GitHub token", "a password in an address"]);
    }

    #[test]
    fn passwords_of_addresses_are_found() {
        for (text, password) in [
            ("postgres://u:hunter2@db/x", Some("hunter2")),
            ("git+https://u:a%40b@h.io", Some("a%40b")),
            ("https://u:$TOKEN@h", None),
            ("https://u:${T}@h", None),
            ("https://u:<password>@h", None),
            ("https://u:****@h", None),
            ("https://$TOKEN:x-oauth-basic@h", None),
            ("https://u@h", None),
            ("https://h:80/a@b:c", None),
            ("://a:b@c", None),
        ] {
            assert_eq!(
                find_secrets(text).first().map(|it| &text[it.range.clone()]),
                password,
                "{text}"
            );
        }
    }
}
