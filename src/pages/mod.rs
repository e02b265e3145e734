//! What people see: sign-in, consent, sign-out, set-up, home.
