//! Where a command reads its document from.

use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::str::FromStr;

use super::output::Failure;

/// A file, or standard input where `-` is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// `-`
    Stdin,
    /// Anything else.
    File(PathBuf),
}

impl Input {
    /// Everything that stands there, be it text or not.
    pub fn read_bytes(&self) -> Result<Vec<u8>, Failure> {
        let bytes = match self {
            Self::Stdin => {
                let mut bytes = Vec::new();
                io::stdin().read_to_end(&mut bytes).map(|_| bytes)
            }
            Self::File(path) => fs::read(path),
        };
        bytes.map_err(|error| Failure::refused(format!("{self} cannot be read: {error}.")))
    }

    /// Everything that stands there.
    pub fn read(&self) -> Result<String, Failure> {
        let text = match self {
            Self::Stdin => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text).map(|_| text)
            }
            Self::File(path) => fs::read_to_string(path),
        };
        text.map_err(|error| Failure::refused(format!("{self} cannot be read: {error}.")))
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("Standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl FromStr for Input {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "-" { Self::Stdin } else { Self::File(PathBuf::from(text)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_file_and_names_one_that_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.json");
        let input: Input = path.to_str().unwrap().parse().unwrap();
        let failure = input.read().unwrap_err().to_string();
        assert!(failure.contains("app.json cannot be read"), "{failure}");
        fs::write(&path, "{}").unwrap();
        assert_eq!(input.read().unwrap(), "{}");
        assert_eq!("-".parse(), Ok(Input::Stdin));
    }
}
