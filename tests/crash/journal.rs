//! What one visitor was promised: each answer that arrived whole, and what was under way when the server died.

use std::collections::BTreeMap;

/// The journal of one visitor.
#[derive(Default)]
pub struct Journal {
    /// The session that was answered, if somebody is signed in.
    pub session: Option<Session>,
    /// Cookies of sessions whose sign-out was answered.
    pub ended: Vec<String>,
    /// Whether a code was answered that holds all scopes: then consent to them is remembered.
    pub consented: bool,
    /// Codes that were answered and never sent.
    pub codes: Vec<String>,
    /// Codes whose redemption was not answered.
    pub doubtful_codes: Vec<String>,
    /// What redeemed codes gave.
    pub chains: Vec<Chain>,
    /// Chains whose refresh was not answered.
    pub doubtful_chains: Vec<Chain>,
    /// Access tokens of the machine.
    pub machine: Vec<String>,
    /// Tokens whose revocation was answered, with the client they belong to.
    pub revoked: Vec<(&'static str, String)>,
    /// How often what was seen.
    pub counts: BTreeMap<&'static str, u64>,
    /// What must not have happened.
    pub faults: Vec<String>,
}

/// A signed-in browser.
pub struct Session {
    /// Its cookies.
    pub cookies: String,
    /// Access tokens that end with it (no `offline_access`).
    pub online: Vec<String>,
}

/// What one code gave.
pub struct Chain {
    /// The code, spent.
    pub code: String,
    /// The live refresh token.
    pub refresh: String,
    /// The refresh tokens before it.
    pub used: Vec<String>,
    /// The access tokens, live.
    pub access: Vec<String>,
}

impl Journal {
    /// Counts one more.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Counts a promise that was looked at, and notes it if it was broken.
    pub fn check(&mut self, promise: &'static str, kept: bool, detail: &str) {
        self.count(promise);
        if !kept {
            self.faults.push(format!("{promise}: {detail:.300}"));
        }
    }

    /// Notes everything of a chain as revoked.
    pub fn bury(&mut self, client: &'static str, chain: Chain) {
        let Chain { refresh, access, .. } = chain;
        self.revoked.extend(access.into_iter().chain([refresh]).map(|token| (client, token)));
    }

    /// Forgets the oldest of what piles up, so that a check takes the same time in the last round as in the first.
    pub fn forget_the_oldest(&mut self) {
        fn keep<T>(list: &mut Vec<T>, most: usize) {
            list.drain(..list.len().saturating_sub(most));
        }
        keep(&mut self.ended, 5);
        keep(&mut self.codes, 10);
        keep(&mut self.chains, 10);
        keep(&mut self.machine, 10);
        keep(&mut self.revoked, 30);
        for chain in &mut self.chains {
            keep(&mut chain.access, 5);
            keep(&mut chain.used, 5);
        }
    }
}
