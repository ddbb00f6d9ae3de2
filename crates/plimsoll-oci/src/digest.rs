//! Digests: what names a blob by its content.
//!
//! The crate must not know here what the bytes mean or where they come from. A digest that someone
//! only claims and one that was computed are the same type; who verified is the caller's to know.

use std::{fmt, io, str::FromStr};

use sha2::{Digest as _, Sha256, Sha512};

use crate::read_at::ReadAt;

/// How a digest is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256, which every registry speaks.
    Sha256,
    /// SHA-512, which the specification allows beside it.
    Sha512,
}

impl DigestAlgorithm {
    /// As it is written before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn n_bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// The digest of a blob, printed as `sha256:` and lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    /// What the algorithm does not need is zero.
    bytes: [u8; 64],
}

impl Digest {
    /// The digest of bytes that are in memory.
    pub fn of(algorithm: DigestAlgorithm, bytes: &[u8]) -> Self {
        let mut verifier = Verifier::new(algorithm);
        verifier.update(bytes);
        verifier.finish()
    }

    /// The digest of all of `source`, which is read in pieces.
    pub fn of_source(algorithm: DigestAlgorithm, source: &dyn ReadAt) -> io::Result<Self> {
        let mut verifier = Verifier::new(algorithm);
        if let Some(bytes) = source.as_slice() {
            verifier.update(bytes);
            return Ok(verifier.finish());
        }
        let mut buffer = vec![0; PIECE];
        let mut offset = 0;
        loop {
            let n = source.read_at(offset, &mut buffer)?;
            match buffer.get(..n) {
                Some(piece) if n > 0 => verifier.update(piece),
                _ => break,
            }
            offset += n as u64;
        }
        if offset < source.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(verifier.finish())
    }

    /// How it was computed.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The hash itself.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.algorithm.n_bytes()).unwrap_or_default()
    }

    /// The hash in lower-case hex, without the algorithm.
    pub fn hex(&self) -> String {
        let mut res = String::with_capacity(128);
        for byte in self.as_bytes() {
            for nibble in [byte >> 4, byte & 15] {
                res.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        res
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (name, hex) = text.split_once(':').ok_or(DigestError::Form)?;
        let algorithm = match name {
            "sha256" => DigestAlgorithm::Sha256,
            "sha512" => DigestAlgorithm::Sha512,
            _ => return Err(DigestError::Algorithm),
        };
        if hex.len() != 2 * algorithm.n_bytes() {
            return Err(DigestError::Length);
        }
        let mut bytes = [0; 64];
        for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            for &digit in pair {
                *byte = (*byte << 4) | nibble(digit).ok_or(DigestError::Form)?;
            }
        }
        Ok(Self { algorithm, bytes })
    }
}

/// Upper case is refused, as registries refuse it: a blob has one name.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Why a text is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestError {
    /// It is not an algorithm, a colon and lower-case hex.
    Form,
    /// The algorithm is neither `sha256` nor `sha512`.
    Algorithm,
    /// The hex has not the length that the algorithm gives.
    Length,
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "a digest is an algorithm, a colon and lower-case hex",
            Self::Algorithm => "only `sha256` and `sha512` digests are known",
            Self::Length => "the hex of the digest has not the length of its algorithm",
        })
    }
}

impl std::error::Error for DigestError {}

/// Hashes what flows past.
#[derive(Clone)]
pub struct Verifier {
    state: State,
}

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Verifier {
    /// One that has seen nothing.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        let state = match algorithm {
            DigestAlgorithm::Sha256 => State::Sha256(Sha256::new()),
            DigestAlgorithm::Sha512 => State::Sha512(Box::new(Sha512::new())),
        };
        Self { state }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha256(it) => it.update(bytes),
            State::Sha512(it) => it.update(bytes),
        }
    }

    /// The digest of all that was taken.
    pub fn finish(self) -> Digest {
        let mut bytes = [0; 64];
        let algorithm = match self.state {
            State::Sha256(it) => {
                copy(&mut bytes, &it.finalize());
                DigestAlgorithm::Sha256
            }
            State::Sha512(it) => {
                copy(&mut bytes, &it.finalize());
                DigestAlgorithm::Sha512
            }
        };
        Digest { algorithm, bytes }
    }
}

impl io::Write for Verifier {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.update(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// How much is read at once.
const PIECE: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::{Digest, DigestAlgorithm, DigestError};
    use crate::{Part, ReadAt};

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digests_are_read_and_printed_alike() {
        let digest = Digest::of(DigestAlgorithm::Sha256, b"");
        assert_eq!(digest.to_string(), EMPTY);
        assert_eq!(EMPTY.parse(), Ok(digest));
        let long = Digest::of(DigestAlgorithm::Sha512, b"abc");
        assert!(long.to_string().starts_with("sha512:ddaf35a193617aba"), "{long}");
        assert_eq!(long.to_string().parse(), Ok(long));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let cases = [
            ("", DigestError::Form),
            ("sha256", DigestError::Form),
            ("md5:d41d8cd98f00b204e9800998ecf8427e", DigestError::Algorithm),
            ("sha256:e3b0", DigestError::Length),
            (
                "sha256:../../../../../../../../../../../../../../../../etc/passwd000000",
                DigestError::Form,
            ),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Digest>(), Err(error), "{text}");
        }
        let upper = EMPTY.replace('e', "E");
        assert_eq!(upper.replace("shA", "sha").parse::<Digest>(), Err(DigestError::Form));
    }

    #[test]
    fn a_source_is_hashed_in_pieces() {
        struct Slow(Vec<u8>);
        impl ReadAt for Slow {
            fn len(&self) -> u64 {
                self.0.len() as u64
            }
            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
                let n = buffer.len().min(7);
                self.0.read_at(offset, &mut buffer[..n])
            }
        }
        let bytes: Vec<u8> = (0..=255).collect();
        let expected = Digest::of(DigestAlgorithm::Sha256, &bytes[10..110]);
        let slow = Slow(bytes);
        let part = Part::new(&slow, 10, 100);
        assert_eq!(Digest::of_source(DigestAlgorithm::Sha256, &part).unwrap(), expected);
    }
}
