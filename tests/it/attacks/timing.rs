//! Time that tells what an answer does not. Measured as the time that the server's processors spend on a request, which
//! a busy machine hardly changes, over many requests, one of each kind in turn, so that what does change hits all alike.
//!
//! The bounds are wide. What is found is work that one kind of request is spared, not a nanosecond in a comparison;
//! those tell nothing here, because what is compared are keyed hashes, and nobody can make two agree in their first
//! bytes.

use std::time::Duration;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::accounts::{self, NewPerson};
use claviger::ids::PersonId;
use claviger::protocol::claims::StandardClaims;
use serde_json::json;

use super::program::Program;
use crate::support::{Browser, Http, TestApp, TestClient, form_encode};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// What each of `kinds` requests costs the server: the kinds in order, each with a cost for every round.
async fn costs(program: &Program, rounds: usize, kinds: usize, send: impl AsyncFn(usize)) -> Vec<Vec<Duration>> {
    let mut costs = vec![Vec::with_capacity(rounds); kinds];
    // The first round fills caches and is not counted.
    for round in 0..=rounds {
        for step in 0..kinds {
            // Another kind begins each round, and every second one goes backwards: none always follows the same.
            let kind = if round % 2 == 0 { (round + step) % kinds } else { (round + kinds - step) % kinds };
            let before = program.processor_time();
            send(kind).await;
            let cost = program.processor_time().saturating_sub(before);
            if round > 0 {
                costs[kind].push(cost);
            }
        }
    }
    costs
}

fn median(costs: &[Duration]) -> Duration {
    let mut sorted = costs.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// How often one of the first costs more than one of the second, of all the pairs that there are: a half, if nothing
/// tells them apart (the statistic of Mann and Whitney).
fn superiority(first: &[Duration], second: &[Duration]) -> f64 {
    let pairs = first.iter().flat_map(|one| second.iter().map(move |two| one.cmp(two)));
    let points = pairs.map(|order| f64::from(order as i8 + 1) / 2.0);
    let all = u32::try_from(first.len() * second.len()).unwrap();
    points.sum::<f64>() / f64::from(all)
}

/// RFC 6819 §4.4.3.6: how long a refusal takes does not tell who has an account. Whoever has none,
/// has no password yet, or is disabled costs the same Argon2 as a wrong password.
#[actix_web::test]
async fn times_refused_sign_ins_to_learn_who_has_an_account() {
    // The costs that the server has by default: those of the other tests would be lost in the noise.
    let real = "passwords.argon2_memory_kib = 19456\npasswords.argon2_iterations = 2\n";
    let app = TestApp::start_with(real).await;
    app.person("ada").await;
    let disabled = app.person("gone").await;
    let origin = Origin::default();
    let (store, entropy, now) = (&app.cx.store, &*app.cx.entropy, app.cx.now());
    let act = Act { store, entropy, now, actor: Actor::Operator, origin: &origin };
    assert!(accounts::disable(&act, disabled).await.unwrap());
    let claims = StandardClaims::default();
    let invited = NewPerson { username: "new".to_owned(), claims, ..NewPerson::default() };
    let _: PersonId = accounts::create(&act, invited, None).await.unwrap().unwrap().id;

    let settings = [
        ("CLAVIGER__PASSWORDS__ARGON2_MEMORY_KIB", "19456"),
        ("CLAVIGER__PASSWORDS__ARGON2_ITERATIONS", "2"),
        // Who is held back costs no hash, whoever it is.
        ("CLAVIGER__PROTECTION__FAILURES", "1000"),
    ];
    let program = Program::beside(&app, &settings);
    let browser = Browser::of(&program.origin);
    let form = browser.open("/login").await;
    let logins = ["ada", "nobody", "nobody@example.com", "gone", "new", "ada' --"];
    let costs = costs(&program, 8, logins.len() + 1, async |kind| {
        let Some(login) = logins.get(kind) else {
            assert_eq!(browser.open("/login").await.answer.status, 200);
            return;
        };
        let fields = [("username", *login), ("password", "not their password")];
        let answer = browser.submit_only(&form, "form#login", &fields).await.answer;
        assert_eq!(answer.status, 422, "{}", answer.body);
    })
    .await;
    let wrong_password = median(&costs[0]);
    for (login, costs) in logins.iter().zip(&costs) {
        let ratio = median(costs).as_secs_f64() / wrong_password.as_secs_f64();
        assert!((0.5..2.0).contains(&ratio), "{login}: {ratio} times the {wrong_password:?} of a wrong password");
    }
    let page = median(&costs[logins.len()]);
    assert!(page < wrong_password / 2, "a page alone takes {page:?}: a password that is not hashed would be seen");
}

/// RFC 6819 §4.3.5, RFC 6749 §10.10: a secret that agrees with that of the client in its first characters or in none, and clients that there are not.
#[actix_web::test]
async fn times_refused_clients_to_learn_their_secrets() {
    let app = TestApp::start().await;
    let client = app.machine().await;
    let other =
        app.client(json!({"client_id": "lost", "grant_types": ["client_credentials"], "response_types": []})).await;
    assert_ne!(client.id, other.id);
    let program = Program::beside(&app, &[("CLAVIGER__PROTECTION__CLIENT_FAILURES", "1000")]);
    let length = client.secret.len();
    let with = |id: &str, secret: String| TestClient { id: id.to_owned(), secret };
    let right_start = with("machine", format!("{}!", &client.secret[..length - 1]));
    let wrong_start = with("machine", format!("!{}", &client.secret[1..]));
    let unknown = with("nobodys", client.secret.clone());
    let guesses = [right_start, wrong_start, unknown];
    let http = Http::new();
    let url = format!("{}/oauth2/token", program.origin);
    let body = form_encode(&[("grant_type", "client_credentials")]);
    let costs = costs(&program, 150, guesses.len() + 1, async |kind| {
        if kind == guesses.len() {
            assert_eq!(http.get(&format!("{}/healthz", program.origin), &[]).await.status, 200);
            return;
        }
        let headers = [("authorization", guesses[kind].basic())];
        let headers = [headers.each_ref().map(|(name, value)| (*name, value.as_str()))[0], FORM];
        http.post(&url, body.clone().into_bytes(), &headers).await.refuses(401, "invalid_client");
    })
    .await;
    let [right_start, wrong_start, unknown, hardly_anything] = &costs[..] else { panic!("four kinds") };
    // Chance alone stays within a tenth of the half.
    let share = superiority(right_start, wrong_start);
    assert!((0.25..0.75).contains(&share), "a right start costs more in {share} of the cases");
    let ratio = median(unknown).as_secs_f64() / median(wrong_start).as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "an unknown client costs {ratio} times a wrong secret");
    assert!(superiority(wrong_start, hardly_anything) > 0.9, "what costs more is seen to cost more");
}
