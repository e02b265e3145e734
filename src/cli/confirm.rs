//! Asking before something is done that cannot be undone.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use super::output::Failure;

/// Goes on if `--yes` was given or the operator at the terminal says so. Where nobody can be asked, nothing is done.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::refused(format!(
            "{question} There is no terminal to ask at: pass --yes to go ahead without being asked."
        )));
    }
    // The question goes where the answer of the command does not.
    let failed = |error: io::Error| Failure::refused(format!("Cannot ask: {error}."));
    let mut stderr = io::stderr();
    write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush()).map_err(failed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    if agrees(&answer) { Ok(()) } else { Err(Failure::refused("Nothing was changed.")) }
}

fn agrees(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_a_clear_yes() {
        for (answer, expected) in
            [("y\n", true), ("Yes\n", true), ("", false), ("\n", false), ("n\n", false), ("yep", false)]
        {
            assert_eq!(agrees(answer), expected, "{answer:?}");
        }
        assert!(confirm("Delete it?", true).is_ok());
    }
}
