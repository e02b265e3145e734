//! Browser sessions: how long they live, who is signed in.
