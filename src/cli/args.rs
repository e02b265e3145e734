//! The grammar of the command line. Its names are public: scripts rely on them.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand};

use super::api_key_args::ApiKeyCommand;
use super::events::EventsCommand;
use super::input::Input;
use super::registration_token::RegistrationTokenCommand;
use super::resource_args::{ResourceCommand, ScopeCommand};
use crate::config::parse_duration;
use crate::domain::people::import::Format as ImportFormat;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::store::Role;

/// An OAuth 2.0 and OpenID Connect authorization server.
#[derive(Clone, Debug, Parser)]
#[command(name = "claviger", version, propagate_version = true)]
pub struct Args {
    /// The configuration file [default: config.toml in the working directory, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Print one JSON document instead of words
    #[arg(long, global = true)]
    pub json: bool,

    /// What to do; the server runs if nothing is said
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Args {
    /// What to do.
    #[must_use]
    pub fn chosen_command(&self) -> &Command {
        self.command.as_ref().unwrap_or(&Command::Serve)
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the server (the default)
    Serve,
    /// Register apps and look after them
    #[command(subcommand)]
    Client(ClientCommand),
    /// Make the tokens by which clients register themselves
    #[command(subcommand)]
    RegistrationToken(RegistrationTokenCommand),
    /// Create people and look after them
    #[command(subcommand)]
    User(UserCommand),
    /// Make API keys and look after them
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Register resources, the APIs that tokens are for, and look after them
    #[command(subcommand)]
    Resource(ResourceCommand),
    /// Register scopes and look after them
    #[command(subcommand)]
    Scope(ScopeCommand),
    /// Look after the signing keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Read the event log and check it
    #[command(subcommand)]
    Events(EventsCommand),
    /// Look after the database
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Check and show the settings
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// `claviger client …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ClientCommand {
    /// Register a client from RFC 7591 metadata; prints it with its secret this one time
    Add {
        /// JSON metadata; - reads standard input
        file: Input,
    },
    /// List all clients
    List,
    /// Show a client
    Show {
        /// The client's id
        id: String,
    },
    /// Replace a client's metadata
    Update {
        /// The client's id
        id: String,
        /// JSON metadata; - reads standard input
        file: Input,
    },
    /// Give a client a new secret; prints it this one time
    RotateSecret {
        /// The client's id
        id: String,
        /// For how long the old secret stays valid
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_duration)]
        overlap: Duration,
    },
    /// Refuse a client everything from now on, tokens that it holds included
    Disable {
        /// The client's id
        id: String,
    },
    /// Let a disabled client work again
    Enable {
        /// The client's id
        id: String,
    },
    /// Delete a client with all that was granted to it
    Delete {
        /// The client's id
        id: String,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// `claviger user …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum UserCommand {
    /// Create a person
    Add {
        /// The name to sign in with
        #[arg(long, value_name = "NAME")]
        username: String,
        /// The person's email address
        #[arg(long, value_name = "ADDRESS", conflicts_with = "claims")]
        email: Option<String>,
        /// What is known about the person, the email address included: JSON of standard claims; - reads standard input
        #[arg(long, value_name = "FILE")]
        claims: Option<Input>,
        /// Something else that is known about the person; can be given several times
        #[arg(long = "attribute", value_name = "NAME=VALUE")]
        attributes: Vec<Typed>,
        /// Make the person an admin: short for --role admin
        #[arg(long, conflicts_with = "role")]
        admin: bool,
        /// What the person may do with the server
        #[arg(long, value_parser = role())]
        role: Option<Role>,
        /// How the person comes by a password
        #[command(flatten)]
        credential: CredentialArgs,
    },
    /// Print a one-time link by which somebody makes an account
    Invite {
        /// The email address that the account will have
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// Add everybody who stands in a file, or nobody if something in it is wrong
    Import(ImportArgs),
    /// List all people
    List,
    /// Show a person
    Show {
        /// Username or id
        user: String,
    },
    /// Refuse a person everything from now on and end their sessions and tokens
    Disable {
        /// Username or id
        user: String,
    },
    /// Let a disabled person sign in again
    Enable {
        /// Username or id
        user: String,
    },
    /// Replace what is known about a person
    SetClaims {
        /// Username or id
        user: String,
        /// JSON of standard claims; - reads standard input
        file: Input,
    },
    /// Set attributes of a person, of which the settings can make claims; what is not named stays
    SetAttributes {
        /// Username or id
        user: String,
        /// An attribute: a text, a number, true, false or a JSON array of texts; without a value it is taken away
        #[arg(value_name = "NAME=VALUE", required = true)]
        attributes: Vec<Typed>,
    },
    /// Say what a person may do with the server
    SetRole {
        /// Username or id
        user: String,
        /// A role, or none
        #[arg(value_parser = role_or_none())]
        role: RoleOrNone,
    },
    /// Give a person a new password
    SetPassword {
        /// Username or id
        user: String,
        /// How the person comes by it
        #[command(flatten)]
        credential: CredentialArgs,
    },
    /// Take every second factor from a person who has lost them
    ResetMfa {
        /// Username or id
        user: String,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
    /// Delete a person with all that they granted
    Delete {
        /// Username or id
        user: String,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// `claviger user import …`
#[derive(Clone, Debug, PartialEq, Eq, ClapArgs)]
pub struct ImportArgs {
    /// CSV with a row of names first, or a JSON array of objects; - reads standard input
    pub file: Input,
    /// How the file is written, if its name does not end in .csv or .json
    #[arg(long, value_parser = import_format())]
    pub format: Option<ImportFormat>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print for each person added a one-time link by which they choose a password
    #[arg(long, conflicts_with = "dry_run")]
    pub invite: bool,
}

/// How a person comes by a password: exactly one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct CredentialArgs {
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Print a one-time link by which the person chooses it
    #[arg(long)]
    invite: bool,
}

/// How a person comes by a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// It stands on standard input.
    PasswordFromStdin,
    /// The person chooses it, by a one-time link.
    Invitation,
}

impl From<CredentialArgs> for Credential {
    fn from(args: CredentialArgs) -> Self {
        if args.invite { Self::Invitation } else { Self::PasswordFromStdin }
    }
}

/// `claviger keys …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum KeysCommand {
    /// List all keys, those that sign and those that apps encrypt to: what each does now and what next
    List,
    /// Publish the next key of each algorithm; it takes over once the time set for that has passed
    Rotate {
        /// Let it sign at once: apps that have not fetched it yet will refuse what it signs for a while
        #[arg(long)]
        now: bool,
    },
    /// Take a key out of use at once: what it signed is no longer valid, what is encrypted to it no longer read
    Retire {
        /// The key's id
        kid: String,
    },
    /// Print the public keys as a JWK set, as apps fetch it
    Export {
        /// Print the private keys instead, in PEM: whoever reads them can sign as this server
        #[arg(long)]
        private: bool,
    },
    /// Take over private keys in PEM: each signs as after a rotation
    Import {
        /// One or more unencrypted PEM keys (PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY); - reads standard input
        file: Input,
    },
    /// Make a key for an algorithm
    Add {
        /// The algorithm
        #[arg(value_parser = algorithm_parser())]
        algorithm: KeyAlgorithm,
    },
}

/// `claviger database …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum DatabaseCommand {
    /// Bring the schema up to date, as every start of the server does
    Migrate,
    /// Say which migrations have run and which have not
    Status,
    /// Write a consistent copy while the server runs
    Backup {
        /// The file to write, which must not exist
        file: PathBuf,
    },
}

/// `claviger config …`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Say everything that is wrong with the settings
    Check,
    /// Show the settings in force and where each comes from, secrets hidden
    Show,
}

fn algorithm_parser() -> impl TypedValueParser<Value = KeyAlgorithm> {
    PossibleValuesParser::new(KeyAlgorithm::ALL.iter().map(|algorithm| algorithm.wire()))
        .try_map(|name| KeyAlgorithm::from_wire(&name).ok_or("is no algorithm"))
}

fn import_format() -> impl TypedValueParser<Value = ImportFormat> {
    PossibleValuesParser::new(ImportFormat::ALL.map(ImportFormat::word))
        .try_map(|word| ImportFormat::from_word(&word).ok_or("is no format"))
}

/// An attribute as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its name.
    pub name: String,
    /// Its value, which may be empty.
    pub value: String,
}

impl FromStr for Typed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').ok_or("is not of the form NAME=VALUE")?;
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// A role, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleOrNone(pub Option<Role>);

fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::word)).try_map(|word| Role::from_word(&word).ok_or("is no role"))
}

fn role_or_none() -> impl TypedValueParser<Value = RoleOrNone> {
    let words = Role::ALL.map(Role::word).into_iter().chain(["none"]);
    PossibleValuesParser::new(words.collect::<Vec<_>>()).map(|word| RoleOrNone(Role::from_word(&word)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    fn parse(line: &str) -> Result<Args, ErrorKind> {
        Args::try_parse_from(line.split(' ')).map_err(|error| error.kind())
    }

    fn command(line: &str) -> Command {
        parse(line).unwrap().chosen_command().clone()
    }

    #[test]
    fn is_a_grammar_without_contradictions() {
        Args::command().debug_assert();
    }

    #[test]
    fn serves_if_nothing_is_said() {
        assert_eq!(command("claviger"), Command::Serve);
        assert_eq!(command("claviger serve"), Command::Serve);
    }

    #[test]
    fn takes_config_and_json_before_and_after_the_command() {
        for line in ["claviger --config c.toml --json client list", "claviger client list --json --config c.toml"] {
            let args = parse(line).unwrap();
            assert_eq!((args.config, args.json), (Some(PathBuf::from("c.toml")), true));
        }
    }

    #[test]
    fn takes_every_command_of_the_public_interface() {
        for line in [
            "client add -",
            "client add app.json",
            "client list",
            "client show app",
            "client update app app.json",
            "client rotate-secret app",
            "client disable app",
            "client enable app",
            "client delete app",
            "client delete app --yes",
            "registration-token add --expires-in 7d",
            "registration-token add --expires-in 1h --uses 20 --note Harbour",
            "registration-token list",
            "registration-token delete 01890a5d-ac96-774b-bcce-b302099a8057 --yes",
            "user add --username ada --password-stdin",
            "user add --username ada --email ada@example.com --admin --invite",
            "user add --username ada --claims ada.json --invite",
            "user add --username ada --role auditor --invite",
            "user invite --email ada@example.com",
            "user import people.csv --dry-run",
            "user import - --format json --invite",
            "user set-claims ada -",
            "user set-role ada owner",
            "user set-role ada none",
            "user list",
            "user show ada",
            "user disable ada",
            "user enable ada",
            "user set-password ada --password-stdin",
            "user reset-mfa ada --yes",
            "user delete ada --yes",
            "keys list",
            "keys rotate",
            "keys rotate --now",
            "keys retire kid",
            "keys export",
            "keys export --private",
            "keys import keys.pem",
            "keys add EdDSA",
            "events verify",
            "events verify --head 12:AAAA",
            "events export",
            "events export --format csv --since 2026-11-23",
            "database migrate",
            "database status",
            "database backup copy.db",
            "config check",
            "config show",
        ] {
            assert!(parse(&format!("claviger {line}")).is_ok(), "{line}");
        }
    }

    #[test]
    fn reads_the_overlap_of_two_secrets() {
        let overlap = |line: &str| match command(line) {
            Command::Client(ClientCommand::RotateSecret { overlap, .. }) => overlap,
            other => panic!("{other:?}"),
        };
        assert_eq!(overlap("claviger client rotate-secret app"), Duration::from_hours(24));
        assert_eq!(overlap("claviger client rotate-secret app --overlap 10m"), Duration::from_mins(10));
        let wrong = parse("claviger client rotate-secret app --overlap soon");
        assert_eq!(wrong.unwrap_err(), ErrorKind::ValueValidation);
    }

    #[test]
    fn wants_exactly_one_way_to_a_password() {
        let wrong = [
            ("claviger user add --username ada", ErrorKind::MissingRequiredArgument),
            ("claviger user add --username ada --invite --password-stdin", ErrorKind::ArgumentConflict),
            ("claviger user set-password ada", ErrorKind::MissingRequiredArgument),
        ];
        for (line, kind) in wrong {
            assert_eq!(parse(line).unwrap_err(), kind, "{line}");
        }
        let Command::User(UserCommand::SetPassword { credential, .. }) =
            command("claviger user set-password ada --invite")
        else {
            panic!("another command");
        };
        assert_eq!(Credential::from(credential), Credential::Invitation);
    }

    #[test]
    fn refuses_algorithms_that_we_do_not_sign_with() {
        assert_eq!(parse("claviger keys add HS256").unwrap_err(), ErrorKind::InvalidValue);
    }
}
