//! The parameters of any request: nothing is guessed, nothing is unbounded, and what is accepted is what every other
//! reader of forms would see.

use claviger::protocol::params::{MAX_BYTES, MAX_NAME_BYTES, MAX_PARAMETERS, MAX_VALUE_BYTES, Params};
use url::form_urlencoded::{self, Serializer};

use super::world::assert_presentable;

pub fn run(data: &[u8]) -> bool {
    let params = match Params::parse(data) {
        Ok(params) => params,
        Err(error) => {
            assert_presentable(&error);
            let sent = data.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()).count();
            assert!(data.len() > MAX_BYTES || sent > MAX_PARAMETERS);
            return false;
        }
    };
    for name in params.names() {
        assert!(name.len() <= MAX_NAME_BYTES && !name.contains(char::is_control), "{name:?}");
        match (params.all(name), params.one(name)) {
            (Ok(all), Ok(one)) => assert_eq!(all, [one.unwrap()]),
            (Ok(all), Err(error)) => {
                assert_presentable(&error);
                assert!(all.len() > 1, "{error}");
            }
            (Err(error), one) => {
                assert_presentable(&error);
                assert!(one.is_err());
            }
        }
        for value in params.all(name).unwrap_or_default() {
            let whole = !value.is_empty() && value.len() <= MAX_VALUE_BYTES && !value.contains(char::is_control);
            assert!(whole, "{value:?}");
        }
    }
    if let Err(error) = params.check_all(&[]) {
        assert_presentable(&error);
        return false;
    }
    let read = pairs(&params);
    let others: Vec<_> = form_urlencoded::parse(data)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    assert_eq!(read, others, "another reader sees another request");
    let printed = Serializer::new(String::new()).extend_pairs(&read).finish();
    if printed.len() <= MAX_BYTES {
        assert_eq!(pairs(&Params::parse(printed.as_bytes()).unwrap()), read, "{printed}");
    }
    true
}

fn pairs(params: &Params) -> Vec<(String, String)> {
    params.names().map(|name| (name.to_owned(), params.one(name).unwrap().unwrap().to_owned())).collect()
}
