//! Claims beyond the standard ones: rules of each kind, and people of whom there is something to tell.

use claviger::domain::events::Origin;
use claviger::domain::groups::{self, GroupWords};
use claviger::domain::people::Act;
use claviger::domain::people::change::{Change, update_if};
use claviger::ids::{GroupId, PersonId};
use claviger::protocol::attributes::Attributes;
use serde_json::{Value, json};

use super::{REDIRECT_URI, TestApp, TestClient};

/// The name of the claim made of an attribute.
pub const DEPARTMENT: &str = "https://example.com/department";
/// An API with opaque tokens, where alone the scope `crew` means something.
pub const API: &str = "https://api.example";

/// Rules that tell something everywhere by the scope `employee`, one of the client `app` alone, and one by `profile`.
pub const OWN_CLAIMS: &str = r#"
[[scopes]]
name = "employee"
text = "See where you work"

[[claims]]
name = "https://example.com/department"
from = "attribute:department"
scope = "employee"
text = "See your department"
in = ["userinfo", "id_token", "access_token"]

[[claims]]
name = "groups"
from = "groups"
scope = "employee"
in = ["userinfo", "id_token", "access_token"]

[[claims]]
name = "roles"
from = "roles"
scope = "employee"
in = ["userinfo", "access_token"]

[[claims]]
name = "tenant"
from = "constant"
value = "harbour"
scope = "employee"
in = ["userinfo", "id_token", "access_token"]
clients = ["app"]

[[claims]]
name = "shoe_size"
from = "attribute:shoe_size"
scope = "profile"
text = "See your shoe size"

[[scopes]]
name = "crew"
text = "Board"

[[claims]]
name = "berth"
from = "attribute:berth"
scope = "crew"
in = ["access_token", "userinfo"]

[[resources]]
identifier = "https://api.example"
scopes = ["crew"]
access_token_format = "opaque"
"#;

impl TestApp {
    /// A web app that may ask for all of that.
    pub async fn app_for_employees(&self, client_id: &str) -> TestClient {
        self.client(json!({
            "client_id": client_id,
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile offline_access employee crew",
            "resources": [API],
        }))
        .await
    }

    /// Gives a person these attributes, and no others.
    pub async fn know_of(&self, person: PersonId, attributes: Value) {
        let change = Change { attributes: Some(Attributes::parse(&attributes).unwrap()), ..Change::default() };
        update_if(&self.act_of_operator(&Origin::default()), person, change, |_| true).await.unwrap();
    }

    /// A group of that name with this member.
    pub async fn group_with(&self, name: &str, member: PersonId) -> GroupId {
        let (origin, group) = (Origin::default(), GroupId(self.cx.entropy.uuid()));
        let act = self.act_of_operator(&origin);
        groups::add(&act, group, GroupWords::parse(name, "").unwrap(), |_| None).await.unwrap();
        assert!(groups::join(&act, group, member).await.unwrap());
        group
    }

    /// Takes somebody out of a group.
    pub async fn leave_group(&self, group: GroupId, member: PersonId) {
        assert!(groups::leave(&self.act_of_operator(&Origin::default()), group, member).await.unwrap());
    }

    fn act_of_operator<'a>(&'a self, origin: &'a Origin) -> Act<'a> {
        let (store, entropy, actor) = (&self.cx.store, &*self.cx.entropy, Self::operator().0);
        Act { store, entropy, now: self.cx.now(), actor, origin }
    }
}
