//! `claviger user …`: creating people and looking after them.

use secrecy::SecretString;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::args::{Credential, RoleOrNone, Typed, UserCommand};
use super::confirm::confirm;
use super::input::Input;
use super::output::{Failure, Output, fields, table};
use super::{import, invite};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::events::{Actor, Origin};
use crate::domain::factors;
use crate::domain::people::Act;
use crate::domain::people::accounts::{self, AccountProblem, NewPerson};
use crate::domain::people::change::{self, Change, ChangeOutcome};
use crate::domain::people::links;
use crate::domain::people::password_rules::words_of;
use crate::domain::people::roles::{self, RoleChange};
use crate::ids::PersonId;
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::store::{Grant, Person, Role};
use crate::web::letters::Factor;

/// Runs the command.
pub async fn run(command: &UserCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    let origin = Origin::default();
    let operator = Operator {
        cx,
        act: Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin: &origin },
        output,
    };
    match command {
        UserCommand::Add { username, email, claims, attributes, admin, role, credential } => {
            let credential = (*credential).into();
            let claims = match claims {
                Some(Input::Stdin) if credential == Credential::PasswordFromStdin => {
                    return Err(Failure::refused("Standard input holds the password: write the claims to a file."));
                }
                Some(file) => read_claims(file)?,
                None => StandardClaims { email: email.clone(), ..StandardClaims::default() },
            };
            let role = if *admin { Some(Role::Admin) } else { *role };
            let attributes = with(Attributes::default(), attributes)?;
            operator
                .add(
                    NewPerson { username: username.clone(), claims, attributes, role, ..NewPerson::default() },
                    credential,
                )
                .await
        }
        UserCommand::Invite { email } => invite::run(email, cx, &operator.act, output).await,
        UserCommand::Import(args) => import::run(args, cx, &operator.act, output).await,
        UserCommand::List => operator.list().await,
        UserCommand::Show { user } => operator.show(user).await,
        UserCommand::Disable { user } => operator.disable(user).await,
        UserCommand::Enable { user } => operator.enable(user).await,
        UserCommand::SetClaims { user, file } => operator.set_claims(user, file).await,
        UserCommand::SetAttributes { user, attributes } => operator.set_attributes(user, attributes).await,
        UserCommand::SetPassword { user, credential } => operator.set_password(user, (*credential).into()).await,
        UserCommand::SetRole { user, role } => operator.set_role(user, *role).await,
        UserCommand::ResetMfa { user, yes } => operator.reset_mfa(user, *yes).await,
        UserCommand::Delete { user, yes } => operator.delete(user, *yes).await,
    }
}

/// Whoever types the command, with what that takes.
struct Operator<'a> {
    cx: &'a Cx,
    act: Act<'a>,
    output: Output,
}

/// The person of that id, username or email address.
pub(super) async fn find(cx: &Cx, user: &str) -> Result<Person, Failure> {
    let found = match user.parse::<PersonId>() {
        Ok(id) => cx.store.person(id).await?,
        Err(_) => cx.store.person_by_login(user).await?,
    };
    found.ok_or_else(|| Failure::refused(format!("There is nobody of the name {user}.")))
}

impl Operator<'_> {
    async fn add(&self, new: NewPerson, credential: Credential) -> Result<(), Failure> {
        refuse_if_any(&new.problems())?;
        let hash = match credential {
            Credential::PasswordFromStdin => Some(self.hash_from_stdin(&words_of(&new.username, &new.claims)).await?),
            Credential::Invitation => None,
        };
        let person = accounts::create(&self.act, new, hash).await?.map_err(refused)?;
        let link = match credential {
            Credential::PasswordFromStdin => None,
            Credential::Invitation => Some(self.invite(&person).await?),
        };
        let mut document = to_json(&person);
        self.insert_link(&mut document, link.as_deref());
        self.output.print(&document, || {
            let added = format!("Added {}.\n\n{}", person.username, fields(described(&person)));
            match &link {
                Some(link) => format!("{added}\n\n{}", self.invitation(link)),
                None => added,
            }
        })
    }

    async fn list(&self) -> Result<(), Failure> {
        let people = self.cx.store.all_people().await?;
        let document = json!({ "users": people.iter().map(to_json).collect::<Vec<_>>() });
        self.output.print(&document, || {
            if people.is_empty() {
                return "There is nobody yet: `claviger user add` creates a person.".to_owned();
            }
            let rows = people.iter().map(|person| {
                [
                    person.username.clone(),
                    person.claims.email.clone().unwrap_or_default(),
                    role(person).to_owned(),
                    state(person).to_owned(),
                    person.created_at.to_rfc3339(),
                    person.id.to_string(),
                ]
            });
            table(["USERNAME", "EMAIL", "ROLE", "STATE", "ADDED", "ID"], rows)
        })
    }

    async fn show(&self, user: &str) -> Result<(), Failure> {
        let person = self.find(user).await?;
        let grants = self.cx.store.grants_of(person.id).await?;
        let mut document = to_json(&person);
        if let Some(members) = document.as_object_mut() {
            members.insert("grants".to_owned(), grants.iter().map(grant_to_json).collect());
        }
        self.output.print(&document, || {
            let of_person = fields(described(&person));
            if grants.is_empty() {
                return format!("{of_person}\n\nNo app has been allowed anything.");
            }
            let rows = grants.iter().map(|grant| {
                [
                    grant.client_id.to_string(),
                    grant.may(),
                    grant.created_at.to_rfc3339(),
                    grant.last_used_at.to_rfc3339(),
                ]
            });
            format!("{of_person}\n\n{}", table(["APP", "MAY", "SINCE", "LAST USED"], rows))
        })
    }

    async fn disable(&self, user: &str) -> Result<(), Failure> {
        let person = self.find(user).await?;
        // Said twice is done once: the time of the first stays.
        if person.disabled_at.is_none() {
            accounts::disable(&self.act, person.id).await?;
        }
        self.done(&person, "disabled", "is disabled: sessions, codes and tokens have ended")
    }

    async fn reset_mfa(&self, user: &str, yes: bool) -> Result<(), Failure> {
        let person = self.find(user).await?;
        let question =
            format!("Take every second factor from {}, so that the password alone lets in?", person.username);
        confirm(&question, yes)?;
        let alert = self.cx.mail(|| self.cx.letters().factor_removed(&person, Factor::All));
        if factors::reset(&self.act, &person, alert).await? {
            return self.done(&person, state(&person), "has no second factor any more");
        }
        self.done(&person, state(&person), "has no second factor")
    }

    async fn enable(&self, user: &str) -> Result<(), Failure> {
        let person = self.find(user).await?;
        if person.disabled_at.is_some() {
            accounts::enable(&self.act, person.id).await?;
        }
        self.done(&person, "active", "may sign in again")
    }

    async fn set_claims(&self, user: &str, file: &Input) -> Result<(), Failure> {
        let person = self.find(user).await?;
        let claims = read_claims(file)?;
        refuse_if_any(&accounts::problems_of_claims(&claims))?;
        let change = Change { claims: Some(claims), ..Change::default() };
        let person = changed(change::update_if(&self.act, person.id, change, |_| true).await?)?;
        self.output.print(&to_json(&person), || format!("{} has new claims.", person.username))
    }

    async fn set_attributes(&self, user: &str, typed: &[Typed]) -> Result<(), Failure> {
        let person = self.find(user).await?;
        let change = Change { attributes: Some(with(person.attributes.clone(), typed)?), ..Change::default() };
        let is_as_seen = move |now: &Person| now.updated_at == person.updated_at;
        let person = changed(change::update_if(&self.act, person.id, change, is_as_seen).await?)?;
        self.output.print(&to_json(&person), || {
            let lines = lines(&person.attributes);
            if lines.is_empty() { format!("{} has no attributes.", person.username) } else { lines.join("\n") }
        })
    }

    async fn set_password(&self, user: &str, credential: Credential) -> Result<(), Failure> {
        let person = self.find(user).await?;
        match credential {
            Credential::PasswordFromStdin => {
                let hash = self.hash_from_stdin(&words_of(&person.username, &person.claims)).await?;
                let alert = self.cx.mail(|| self.cx.letters().password_changed(&person));
                accounts::set_password_and_tell(&self.act, person.id, hash, alert).await?;
                self.done(&person, state(&person), "has a new password, and is signed out everywhere")
            }
            Credential::Invitation => {
                let link = self.invite(&person).await?;
                let mut document = to_json(&person);
                self.insert_link(&mut document, Some(&link));
                self.output.print(&document, || self.invitation(&link))
            }
        }
    }

    async fn set_role(&self, user: &str, RoleOrNone(to): RoleOrNone) -> Result<(), Failure> {
        let person = self.find(user).await?;
        if person.role != to {
            match roles::set_role(&self.act, &person, to).await? {
                RoleChange::Done => {}
                RoleChange::Changed => return Err(Failure::refused("Somebody else changed it just now. Try again.")),
                RoleChange::LastAdmin => {
                    return Err(Failure::refused("Nobody else is owner or admin: give somebody that role first."));
                }
            }
        }
        let person = Person { role: to, ..person };
        self.output.print(&to_json(&person), || match to {
            Some(to) => format!("{} is {} now.", person.username, to.word()),
            None => format!("{} holds no role now.", person.username),
        })
    }

    async fn delete(&self, user: &str, yes: bool) -> Result<(), Failure> {
        let person = self.find(user).await?;
        confirm(&format!("Delete {} with everything that they granted?", person.username), yes)?;
        accounts::delete(&self.act, person.id).await?;
        self.done(&person, "deleted", "is deleted; what happened stays in the event log")
    }

    async fn find(&self, user: &str) -> Result<Person, Failure> {
        find(self.cx, user).await
    }

    async fn hash_from_stdin(&self, words: &[&str]) -> Result<String, Failure> {
        let text = Zeroizing::new(Input::Stdin.read()?);
        // `echo` ends the line; the password does not hold it.
        let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        let password = SecretString::from(line);
        let checked = self.cx.password_rules.check(&password, words).await;
        checked.map_err(|problem| refused(problem.into()))?;
        self.cx.passwords.hash(password).await.map_err(|error| Failure::because(&error))
    }

    async fn invite(&self, person: &Person) -> Result<Zeroizing<String>, Failure> {
        let (cx, settings) = (self.cx, &self.cx.config.links);
        let letter =
            |token: &SecretString| cx.mail(|| cx.letters().invitation(person, token, settings.invitation_lifetime));
        let token = links::send_invitation(&self.act, &cx.hasher, settings, person.id, letter).await?;
        Ok(Zeroizing::new(links::invitation_url(self.cx.issuer(), &token)))
    }

    fn insert_link(&self, document: &mut Value, link: Option<&String>) {
        if let (Some(members), Some(link)) = (document.as_object_mut(), link) {
            members.insert("invitation".to_owned(), json!(link));
            members.insert("invitation_expires_at".to_owned(), json!(self.link_ends_at().to_rfc3339()));
        }
    }

    fn invitation(&self, link: &str) -> String {
        let end = self.link_ends_at().to_rfc3339();
        format!("By this link a password can be chosen, once, until {end}:\n\n{link}")
    }

    fn link_ends_at(&self) -> Timestamp {
        self.act.now + self.cx.config.links.invitation_lifetime
    }

    fn done(&self, person: &Person, state: &str, what: &str) -> Result<(), Failure> {
        let document = json!({ "id": person.id, "username": person.username, "state": state });
        self.output.print(&document, || format!("{} {what}.", person.username))
    }
}

/// The claims that stand in a document, without faults of their own.
fn read_claims(file: &Input) -> Result<StandardClaims, Failure> {
    let claims: StandardClaims = serde_json::from_str(&file.read()?)
        .map_err(|error| Failure::refused(format!("{file} holds no standard claims: {error}.")))?;
    let faults = claims.check();
    if faults.is_empty() { Ok(claims) } else { Err(Failure::refused(faults.join("\n"))) }
}

/// The attributes with those that were typed.
fn with(mut attributes: Attributes, typed: &[Typed]) -> Result<Attributes, Failure> {
    for Typed { name, value } in typed {
        attributes.set(name, value).map_err(Failure::refused)?;
    }
    match attributes.excess() {
        Some(fault) => Err(Failure::refused(fault)),
        None => Ok(attributes),
    }
}

fn changed(outcome: ChangeOutcome) -> Result<Person, Failure> {
    match outcome {
        ChangeOutcome::Done(person) => Ok(*person),
        ChangeOutcome::Refused(problem) => Err(refused(problem)),
        ChangeOutcome::Unknown => Err(Failure::refused("The person was deleted just now.")),
        ChangeOutcome::Changed => Err(Failure::refused("Somebody else changed it just now. Try again.")),
    }
}

fn refuse_if_any(problems: &[AccountProblem]) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn refused(problem: AccountProblem) -> Failure {
    Failure::because(&problem)
}

fn to_json(person: &Person) -> Value {
    json!({
        "id": person.id,
        "username": person.username,
        "email": person.claims.email,
        "email_verified": person.claims.email_verified,
        "name": person.claims.name,
        "claims": person.claims,
        "attributes": person.attributes,
        "role": person.role.map(Role::word),
        "state": state(person),
        "has_password": person.password_hash.is_some(),
        "created_at": person.created_at.to_rfc3339(),
        "updated_at": person.updated_at.to_rfc3339(),
        "disabled_at": person.disabled_at.map(Timestamp::to_rfc3339),
    })
}

fn grant_to_json(grant: &Grant) -> Value {
    json!({
        "client_id": grant.client_id,
        "scope": grant.scope,
        "claims": grant.claims.to_string(),
        "created_at": grant.created_at.to_rfc3339(),
        "last_used_at": grant.last_used_at.to_rfc3339(),
    })
}

fn described(person: &Person) -> [(&'static str, Option<String>); 10] {
    let has_password = if person.password_hash.is_some() { "chosen" } else { "not chosen yet" };
    [
        ("id", Some(person.id.to_string())),
        ("username", Some(person.username.clone())),
        ("name", person.claims.name.clone()),
        ("email", person.claims.email.clone()),
        ("role", Some(role(person).to_owned())),
        ("state", Some(state(person).to_owned())),
        ("attributes", (!person.attributes.is_empty()).then(|| lines(&person.attributes).join(", "))),
        ("password", Some(has_password.to_owned())),
        ("added", Some(person.created_at.to_rfc3339())),
        ("disabled", person.disabled_at.map(Timestamp::to_rfc3339)),
    ]
}

fn lines(attributes: &Attributes) -> Vec<String> {
    attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn role(person: &Person) -> &'static str {
    person.role.map_or("user", Role::word)
}

fn state(person: &Person) -> &'static str {
    if person.disabled_at.is_some() { "disabled" } else { "active" }
}
