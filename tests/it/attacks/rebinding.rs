//! DNS rebinding: a name of the attacker's that answers with a public address while it is looked at, and with one of ours when the
//! server connects. There is one look, and the connection goes where it led; that public and other addresses are told apart in it, the
//! tests of `domain/outbound.rs` hold.

use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use claviger::domain::outbound::{Names, Outbound};

/// What a name answers, time after time.
const ANSWERS: [&[&[&str]]; 4] = [
    &[&["127.0.0.1"]],
    &[&["10.0.0.1"], &["127.0.0.1"], &["::1"]],
    &[&["::ffff:127.0.0.1"]],
    &[&["169.254.169.254", "10.0.0.1", "::1"]],
];

/// Names that answer with the next of these each time, over and over; and how often they were asked.
fn names(answers: &'static [&'static [&'static str]]) -> (Names, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let (counted, answers) = (Arc::clone(&asked), Arc::new(Mutex::new(answers.iter().cycle())));
    let names: Names = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let answer = answers.lock().unwrap().next().unwrap();
        let addresses: Vec<IpAddr> = answer.iter().map(|address| address.parse().unwrap()).collect();
        Box::pin(async move { Ok(addresses) })
    });
    (names, asked)
}

fn door() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let uri = format!("http://rebinding.example:{}/keys", listener.local_addr().unwrap().port());
    (listener, uri)
}

/// RFC 9700 §4.11: the address that was looked at is the one that is connected to, and there is no other look: whatever is fetched
/// or told goes this way.
#[actix_web::test]
async fn answers_for_a_name_otherwise_the_second_time() {
    let (listener, uri) = door();
    for answers in ANSWERS {
        let (names, asked) = names(answers);
        let outbound = Outbound::with_names(&[], None, names);
        for time in 1..=4 {
            outbound.json(&uri).await.unwrap_err();
            outbound.post(&uri, "logout_token=x".to_owned()).await.unwrap_err();
            assert_eq!(asked.load(Ordering::SeqCst), 2 * time, "one look for each connection");
        }
        assert!(listener.accept().is_err(), "{answers:?}: somebody has knocked");
    }
    // The door is no wall: where the operator allows the host, it is knocked at.
    let (names, _) = names(&[&["127.0.0.1"]]);
    let outbound = Outbound::with_names(&["rebinding.example".to_owned()], None, names);
    let (told, knocked) = tokio::join!(outbound.json(&uri), async {
        loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    });
    assert!(told.is_err() && knocked.peer_addr().is_ok());
}

/// Nothing else in the source reaches other servers, so that nothing goes around the look.
#[test]
fn finds_another_way_out_of_the_server() {
    let files = crate::source::read("src");
    let names_it = |text: &str| text.contains("reqwest::") || text.contains("use reqwest");
    let ways: Vec<_> = files.iter().filter(|file| names_it(&file.text)).map(|file| file.path.as_str()).collect();
    assert_eq!(ways, ["src/domain/outbound.rs"]);
}
