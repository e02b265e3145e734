//! Threads whose work is long and may wait: they stand back behind those that answer requests.

/// How far, as `nice` counts: the furthest, at which full load leaves them a seventieth of a core. With more of it, one request in a
/// hundred waits for them.
#[cfg(target_os = "linux")]
const NICE: i32 = 19;

/// Has the thread that calls this stand back for good. On Linux each thread has a priority of its own; elsewhere this would set
/// that of the whole server, so that nothing is done.
pub(super) fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::warn!(%error, "a thread whose work may wait runs beside all others");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn stands_back_alone() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        let behind = thread::spawn(move || {
            stand_back();
            priority()
        });
        assert_eq!((behind.join().unwrap(), priority()), (NICE, before));
    }
}
