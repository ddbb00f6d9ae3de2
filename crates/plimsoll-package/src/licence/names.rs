//! Names of single licences: SPDX's own, the GNU family's many spellings, and common aliases.
//!
//! It must not know operators: what comes in is one name, perhaps with an exception.

use crate::licence_ids::{EXCEPTIONS, LICENCES, find};

/// A `LicenseRef-` longer than this helps nobody.
const MAX_REFERENCE_LENGTH: usize = 64;

/// The SPDX name of one licence, with its exception if the name has one.
pub(super) fn recognize(name: &str) -> Option<String> {
    let name = name.trim_matches([',', ';', '.', ' ', '"', '\'']);
    if name.is_empty() {
        return None;
    }
    simple(name).or_else(|| with_exception(name))
}

/// A name outside of the list.
pub(super) fn licence_reference(name: &str) -> Option<String> {
    let mut res = String::new();
    for letter in name.chars() {
        if res.len() >= MAX_REFERENCE_LENGTH {
            break;
        }
        if letter.is_ascii_alphanumeric() || letter == '.' {
            res.push(letter);
        } else if !res.is_empty() && !res.ends_with('-') {
            res.push('-');
        }
    }
    let res = res.trim_matches(['-', '.']);
    res.contains(|it: char| it.is_ascii_alphanumeric()).then(|| format!("LicenseRef-{res}"))
}

fn simple(name: &str) -> Option<String> {
    if let Some(reference) = name.strip_prefix("LicenseRef-") {
        let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '.';
        let is_valid = !reference.is_empty() && reference.chars().all(is_letter);
        return is_valid.then(|| name.to_owned());
    }
    if let Some(id) = find(LICENCES, name) {
        return Some(id.to_owned());
    }
    if let Some(licence) = gnu(name) {
        return Some(licence);
    }
    let with_plus = name.strip_suffix('+').and_then(|it| find(LICENCES, it));
    if let Some(id) = with_plus.filter(|it| !it.ends_with("-only") && !it.ends_with("-or-later")) {
        return Some(format!("{id}+"));
    }
    let lower = name.to_ascii_lowercase();
    if let Some((_, id)) = ADDRESSES.iter().find(|it| lower.contains(it.0)) {
        return Some((*id).to_owned());
    }
    let key = key(&lower)?;
    if let Some(id) = find(LICENCES, &key) {
        return Some(id.to_owned());
    }
    ALIASES.iter().find(|it| it.0 == key).map(|it| it.1.to_owned())
}

/// `GPL-2+ with Autoconf exception`, `GPL-2.0-with-classpath-exception`.
fn with_exception(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let at = lower.find("-with-").or_else(|| lower.find(" with "))?;
    let licence = simple(name.get(..at)?.trim())?;
    if licence.starts_with("LicenseRef-") {
        return None;
    }
    let wanted = name.get(at + "-with-".len()..)?.trim();
    let exception = find(EXCEPTIONS, wanted).or_else(|| {
        let key = key(&wanted.to_ascii_lowercase())?;
        let key = key.trim_start_matches("gnu-").trim_end_matches("-exception");
        EXCEPTION_ALIASES.iter().find(|it| it.0 == key && licence.starts_with(it.1)).map(|it| it.2)
    })?;
    Some(format!("{licence} WITH {exception}"))
}

/// The words that tell licences apart, with hyphens between them; the name is in lower case.
fn key(name: &str) -> Option<String> {
    const FILLERS: &[&str] =
        &["the", "license", "licence", "licenses", "version", "v", "software", "ver", "v."];
    let mut res = String::new();
    let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '.' || it == '+';
    for word in without_parentheses(name)?.split(|it| !is_letter(it)) {
        let word = word.trim_matches('.');
        if word.is_empty() || FILLERS.contains(&word) {
            continue;
        }
        let number = word.strip_prefix('v');
        let number = number.filter(|it| it.starts_with(|it: char| it.is_ascii_digit()));
        if !res.is_empty() {
            res.push('-');
        }
        res.push_str(number.unwrap_or(word));
    }
    Some(res)
}

/// The name without what explains it in parentheses; `None` if they do not close, or stand after
/// an operator and so are part of an expression.
fn without_parentheses(name: &str) -> Option<String> {
    const OPERATORS: &[&str] = &["and", "or", "with", "&", "|", "/", ","];
    let mut depth = 0_usize;
    let mut res = String::new();
    for letter in name.chars() {
        match letter {
            '(' => {
                let before = res.trim_end();
                let is_operand = OPERATORS.iter().any(|it| before.ends_with(it));
                if depth == 0 && (before.is_empty() || is_operand) {
                    return None;
                }
                depth += 1;
            }
            ')' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => res.push(letter),
            _ => {}
        }
    }
    (depth == 0).then_some(res)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GnuFamily {
    General,
    Lesser,
    Affero,
    Documentation,
}

/// The licences of the GNU project, which have the most spellings.
fn gnu(name: &str) -> Option<String> {
    let lower = without_parentheses(&name.to_ascii_lowercase())?;
    let mut family = None;
    let mut version = None;
    let mut long_name = Vec::new();
    let (mut is_or_later, mut is_without_invariants) = (false, false);
    let words = gnu_words(&lower)?;
    if !is_later_after_or(&words) {
        return None;
    }
    for word in words {
        let short = match word.strip_suffix('v').unwrap_or(word) {
            "gpl" => Some(GnuFamily::General),
            "lgpl" => Some(GnuFamily::Lesser),
            "agpl" => Some(GnuFamily::Affero),
            "gfdl" | "fdl" => Some(GnuFamily::Documentation),
            _ => None,
        };
        match word {
            _ if short.is_some() => {
                if family.is_some() {
                    return None;
                }
                family = short;
            }
            "+" | "later" | "newer" | "above" | "higher" | "greater" => is_or_later = true,
            "niv" | "invariants" => is_without_invariants = true,
            "lesser" | "library" | "affero" | "general" | "public" | "documentation" | "free" => {
                long_name.push(word);
            }
            "gnu" | "license" | "licence" | "version" | "v" | "the" | "or" | "any" | "only"
            | "no" | "at" | "your" | "option" => {}
            number if number.starts_with(|it: char| it.is_ascii_digit()) => {
                if version.replace(number).is_some() {
                    return None;
                }
            }
            _ => return None,
        }
    }
    let family = match family {
        Some(family) if long_name.is_empty() => family,
        Some(_) => return None,
        None => long_family(&long_name)?,
    };
    gnu_name(family, version, is_or_later, is_without_invariants)
}

/// Whether each `or` means later versions, and not another licence.
fn is_later_after_or(words: &[&str]) -> bool {
    const LATER: &[&str] = &["later", "newer", "above", "higher", "greater", "any", "at"];
    words.iter().enumerate().all(|(index, word)| {
        *word != "or" || words.get(index + 1).is_some_and(|next| LATER.contains(next))
    })
}

/// Letters, numbers with dots, and pluses; `None` if there is anything else between them than
/// hyphens, commas, underscores, dots and spaces.
fn gnu_words(name: &str) -> Option<Vec<&str>> {
    let mut res = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_part = |it: char| match first {
            '+' => false,
            _ if first.is_ascii_digit() => it.is_ascii_digit() || it == '.',
            _ => it.is_ascii_alphabetic(),
        };
        let length = rest.find(|it| !is_part(it)).unwrap_or(rest.len()).max(first.len_utf8());
        let (word, tail) = rest.split_at_checked(length)?;
        rest = tail;
        match first {
            ' ' | '-' | ',' | '_' | '.' => {}
            '+' => res.push(word),
            _ if first.is_ascii_alphanumeric() => res.push(word.trim_end_matches('.')),
            _ => return None,
        }
    }
    Some(res)
}

fn long_family(words: &[&str]) -> Option<GnuFamily> {
    match words {
        ["affero", "general", "public"] => Some(GnuFamily::Affero),
        ["lesser" | "library", "general", "public"] => Some(GnuFamily::Lesser),
        ["general", "public"] => Some(GnuFamily::General),
        ["free", "documentation"] => Some(GnuFamily::Documentation),
        _ => None,
    }
}

/// Who names no version allows all of them, says the licence itself.
fn gnu_name(
    family: GnuFamily,
    version: Option<&str>,
    is_or_later: bool,
    is_without_invariants: bool,
) -> Option<String> {
    let (name, first) = match family {
        GnuFamily::General => ("GPL", "1.0"),
        GnuFamily::Lesser => ("LGPL", "2.0"),
        GnuFamily::Affero => ("AGPL", "1.0"),
        GnuFamily::Documentation => ("GFDL", "1.1"),
    };
    let is_or_later = is_or_later || version.is_none();
    let version = match version {
        None if family == GnuFamily::Affero => return None,
        None => first.to_owned(),
        Some(version) if version.contains('.') => version.to_owned(),
        Some(version) => format!("{version}.0"),
    };
    let invariants = if is_without_invariants { "-no-invariants" } else { "" };
    let end = if is_or_later { "-or-later" } else { "-only" };
    find(LICENCES, &format!("{name}-{version}{invariants}{end}")).map(str::to_owned)
}

/// Parts of addresses at which texts of licences stand.
const ADDRESSES: &[(&str, &str)] = &[
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("opensource.org/licenses/apache-2.0", "Apache-2.0"),
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/license/mit", "MIT"),
    ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
    ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ("eclipse.org/legal/epl-v10", "EPL-1.0"),
    ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
    ("eclipse.org/legal/epl-v20", "EPL-2.0"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("mozilla.org/en-us/mpl/2.0", "MPL-2.0"),
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
];

/// What is left of a name when its fillers are gone, and what it means.
#[rustfmt::skip]
const ALIASES: &[(&str, &str)] = &[
    ("expat", "MIT"),
    ("mit-expat", "MIT"),
    ("mit-x11", "MIT"),
    ("x11-mit", "MIT"),
    ("apache-2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache2.0", "Apache-2.0"),
    ("apache-public-2.0", "Apache-2.0"),
    ("asl-2.0", "Apache-2.0"),
    ("asl-2", "Apache-2.0"),
    ("asl2.0", "Apache-2.0"),
    ("al-2.0", "Apache-2.0"),
    ("apl-2.0", "Apache-2.0"),
    ("apachev2", "Apache-2.0"),
    ("apachev2.0", "Apache-2.0"),
    ("asl-1.1", "Apache-1.1"),
    ("asl-1.0", "Apache-1.0"),
    ("bsd-2", "BSD-2-Clause"),
    ("2-clause-bsd", "BSD-2-Clause"),
    ("bsd-2clause", "BSD-2-Clause"),
    ("simplified-bsd", "BSD-2-Clause"),
    ("bsd-simplified", "BSD-2-Clause"),
    ("freebsd", "BSD-2-Clause"),
    ("bsd-3", "BSD-3-Clause"),
    ("3-clause-bsd", "BSD-3-Clause"),
    ("bsd-3clause", "BSD-3-Clause"),
    ("new-bsd", "BSD-3-Clause"),
    ("bsd-new", "BSD-3-Clause"),
    ("revised-bsd", "BSD-3-Clause"),
    ("modified-bsd", "BSD-3-Clause"),
    ("eclipse-distribution-1.0", "BSD-3-Clause"),
    ("edl-1.0", "BSD-3-Clause"),
    ("bsd-4", "BSD-4-Clause"),
    ("4-clause-bsd", "BSD-4-Clause"),
    ("bsd-4-clause-uc", "BSD-4-Clause-UC"),
    ("artistic", "Artistic-1.0-Perl"),
    ("artistic-1", "Artistic-1.0-Perl"),
    ("artistic-2", "Artistic-2.0"),
    ("mpl-2", "MPL-2.0"),
    ("mpl2.0", "MPL-2.0"),
    ("mplv2.0", "MPL-2.0"),
    ("mplv1.1", "MPL-1.1"),
    ("mozilla-public-2.0", "MPL-2.0"),
    ("mozilla-public-1.1", "MPL-1.1"),
    ("eclipse-public-1.0", "EPL-1.0"),
    ("eclipse-public-2.0", "EPL-2.0"),
    ("eclipse-public", "EPL-1.0"),
    ("epl-1", "EPL-1.0"),
    ("epl-2", "EPL-2.0"),
    ("common-development-and-distribution-1.0", "CDDL-1.0"),
    ("common-development-distribution-1.0", "CDDL-1.0"),
    ("cddl-1", "CDDL-1.0"),
    ("european-union-public-1.2", "EUPL-1.2"),
    ("european-union-public-licence-1.2", "EUPL-1.2"),
    ("boost", "BSL-1.0"),
    ("boost-1.0", "BSL-1.0"),
    ("cc0", "CC0-1.0"),
    ("cc0-1.0-universal", "CC0-1.0"),
    ("creative-commons-zero-1.0", "CC0-1.0"),
    ("zlib-libpng", "Zlib"),
    ("iscl", "ISC"),
    ("isc-bind", "ISC"),
    ("psf", "PSF-2.0"),
    ("psf-2", "PSF-2.0"),
    ("psfl", "PSF-2.0"),
    ("python-foundation", "PSF-2.0"),
    ("python-2", "Python-2.0"),
    ("zpl-2.1", "ZPL-2.1"),
    ("zplv2.1", "ZPL-2.1"),
    ("zope-public", "ZPL-2.1"),
    ("zope-public-2.1", "ZPL-2.1"),
    ("openssl-ssleay", "OpenSSL"),
    ("ofl-1.1", "OFL-1.1"),
    ("ofl", "OFL-1.1"),
    ("sil-open-font-1.1", "OFL-1.1"),
    ("universal-permissive-1.0", "UPL-1.0"),
    ("upl", "UPL-1.0"),
    ("wtfpl-2", "WTFPL"),
    ("do-what-the-fuck-you-want-to-public", "WTFPL"),
    ("historical-permission-notice-and-disclaimer", "HPND"),
    ("academic-free-3.0", "AFL-3.0"),
    ("academic-free-2.1", "AFL-2.1"),
    ("openldap-2.8", "OLDAP-2.8"),
    ("unicode-3", "Unicode-3.0"),
    ("bouncy-castle", "MIT"),
    ("ruby-s", "Ruby"),
    ("vim", "Vim"),
];

/// What an exception is called, the licence it stands with, and its name.
#[rustfmt::skip]
const EXCEPTION_ALIASES: &[(&str, &str, &str)] = &[
    ("classpath", "GPL-", "Classpath-exception-2.0"),
    ("autoconf", "GPL-3", "Autoconf-exception-3.0"),
    ("autoconf", "GPL-2", "Autoconf-exception-generic"),
    ("autoconf-data", "GPL-", "Autoconf-exception-generic"),
    ("bison", "GPL-", "Bison-exception-2.2"),
    ("bison-2.2", "GPL-", "Bison-exception-2.2"),
    ("libtool", "GPL-", "Libtool-exception"),
    ("font", "GPL-", "Font-exception-2.0"),
    ("gcc", "GPL-3", "GCC-exception-3.1"),
    ("gcc", "GPL-2", "GCC-exception-2.0"),
    ("gcc-3.1", "GPL-3", "GCC-exception-3.1"),
    ("gcc-runtime-library", "GPL-3", "GCC-exception-3.1"),
    ("llvm", "Apache-2.0", "LLVM-exception"),
    ("linux-syscall-note", "GPL-2", "Linux-syscall-note"),
];
