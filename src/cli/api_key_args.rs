//! The grammar of `claviger api-key …`.

use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};

use crate::config::parse_duration;
use crate::ids::ApiKeyId;

/// `claviger api-key …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ApiKeyCommand {
    /// Make a key; prints it this one time
    Add {
        /// For whom the key speaks
        #[command(flatten)]
        owner: OwnerArgs,
        /// What the key may do
        #[command(flatten)]
        terms: TermsArgs,
        /// Make a key for trying things out (`clv_key_test_…`)
        #[arg(long)]
        test: bool,
    },
    /// List keys, the newest first
    List {
        /// Of this person only
        #[arg(long, value_name = "USERNAME", conflicts_with = "client")]
        user: Option<String>,
        /// Of this client only
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        /// Only those that nobody has used for so long, the longest idle first
        #[arg(long, value_name = "TIME", value_parser = parse_duration)]
        unused_for: Option<Duration>,
    },
    /// Show a key
    Show {
        /// The key's id
        id: ApiKeyId,
    },
    /// Say anew what a key may do
    Update {
        /// The key's id
        id: ApiKeyId,
        /// What the key may do
        #[command(flatten)]
        terms: TermsArgs,
    },
    /// Give a key a new secret; prints it this one time
    Rotate {
        /// The key's id
        id: ApiKeyId,
        /// For how long the old secret stays good
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_duration)]
        overlap: Duration,
    },
    /// Refuse a key everything from now on
    Disable {
        /// The key's id
        id: ApiKeyId,
    },
    /// Let a disabled key be used again
    Enable {
        /// The key's id
        id: ApiKeyId,
    },
    /// Delete a key
    Delete {
        /// The key's id
        id: ApiKeyId,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// For whom a new key speaks.
#[derive(Clone, Debug, PartialEq, Eq, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct OwnerArgs {
    /// For this person
    #[arg(long, value_name = "USERNAME")]
    pub user: Option<String>,
    /// For this client
    #[arg(long, value_name = "ID")]
    pub client: Option<String>,
}

/// What a key may do.
#[derive(Clone, Debug, PartialEq, Eq, ClapArgs)]
pub struct TermsArgs {
    /// What to call it
    #[arg(long)]
    pub name: String,
    /// What it may do: scopes with spaces between
    #[arg(long, default_value = "", value_name = "SCOPES")]
    pub scope: String,
    /// A resource at which it is good; may be given several times [default: the default resource]
    #[arg(long = "resource", value_name = "URI")]
    pub resources: Vec<String>,
    /// An address or network from which it may be used; may be given several times [default: everywhere]
    #[arg(long = "address", value_name = "CIDR")]
    pub addresses: Vec<String>,
    /// How often it may be used, such as 100/minute
    #[arg(long, value_name = "RATE")]
    pub rate_limit: Option<String>,
    /// How often it may be used in a calendar day or month, such as 10000/month
    #[arg(long, value_name = "QUOTA")]
    pub quota: Option<String>,
    /// After how long it ends, from now on [default: never]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub lifetime: Option<Duration>,
}
