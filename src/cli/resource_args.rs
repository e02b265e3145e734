//! The grammar of `claviger resource …` and `claviger scope …`.

use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};

use crate::config::parse_duration;

/// `claviger resource …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ResourceCommand {
    /// List all resources, those of the settings too
    List,
    /// Show a resource, its servers, and the clients that may ask for tokens for it
    Show {
        /// Its identifier
        identifier: String,
    },
    /// Register a resource; running servers notice within a second or two
    Add {
        /// An absolute URI without fragment; it never changes
        identifier: String,
        /// What the resource is
        #[command(flatten)]
        draft: ResourceArgs,
    },
    /// Say anew what a registered resource is
    Update {
        /// Its identifier
        identifier: String,
        /// What the resource is
        #[command(flatten)]
        draft: ResourceArgs,
    },
    /// Delete a registered resource: no token is issued for it any more
    Delete {
        /// Its identifier
        identifier: String,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
    /// Make credentials with which a server of the resource asks about tokens; prints them this one time
    AddServer {
        /// The identifier of the resource
        identifier: String,
    },
}

/// What a resource is, but for its identifier.
#[derive(Clone, Debug, PartialEq, Eq, ClapArgs)]
pub struct ResourceArgs {
    /// What people read [default: the identifier]
    #[arg(long, default_value = "", hide_default_value = true)]
    pub name: String,
    /// A scope that means something there; say it again for another one
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// The form of its access tokens: jwt or opaque
    #[arg(long, value_name = "FORMAT", default_value = "jwt")]
    pub format: String,
    /// The lifetime of its access tokens, if it sets one, such as 10m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub lifetime: Option<Duration>,
}

/// `claviger scope …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ScopeCommand {
    /// List all scopes, the built-in ones and those of the settings too
    List,
    /// Register a scope; running servers notice within a second or two
    Add {
        /// As it is asked for; it never changes
        name: String,
        /// What the scope is
        #[command(flatten)]
        draft: ScopeArgs,
    },
    /// Say anew what a registered scope is
    Update {
        /// Its name
        name: String,
        /// What the scope is
        #[command(flatten)]
        draft: ScopeArgs,
    },
    /// Delete a registered scope: nobody gets it any more
    Delete {
        /// Its name
        name: String,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// What a scope is, but for its name.
#[derive(Clone, Debug, PartialEq, Eq, ClapArgs)]
pub struct ScopeArgs {
    /// What it allows, as people read it when they are asked for consent
    #[arg(long)]
    pub text: String,
    /// Nobody may refuse it and allow the rest
    #[arg(long)]
    pub required: bool,
    /// An app gets it only where an admin has approved that
    #[arg(long)]
    pub needs_approval: bool,
}
