#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    claviger_fuzz::jwe::run(data);
});
