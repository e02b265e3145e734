//! Random changes of seeds: what a fuzzer does first, without its feedback.

/// What parsers look for, so that it also turns up where nobody expects it.
const WORDS: &[&str] = &[
    "&",
    "=",
    "%",
    "+",
    "%00",
    "%0a",
    "%ff",
    "%26",
    " ",
    "\n",
    "\0",
    "é",
    "\u{202e}",
    "\"",
    "\\",
    "'",
    "<",
    ":",
    "//",
    "@",
    "#",
    "?",
    "/../",
    ".",
    ",",
    ";",
    "{",
    "}",
    "[",
    "]",
    "null",
    "true",
    "-1",
    "9223372036854775807",
    "none",
    "HS256",
    "openid",
    "127.0.0.1",
    "[::1]",
    "https://",
    "javascript:",
    "client_id=app&",
    "redirect_uri=",
];
const LONGEST: usize = 100_000;

/// Gives changed inputs, the same ones for the same seeds.
pub struct Mutator<'a> {
    seeds: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutator<'a> {
    pub fn new(seeds: &'a [Vec<u8>]) -> Self {
        Self { seeds, state: 1 }
    }

    /// A seed with one to eight changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..=self.below(7) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = at + self.below((input.len() - at).min(64) + 1);
        match self.below(8) {
            0 => drop(input.drain(at..end)),
            1 => {
                let repeated = input[at..end].to_vec();
                input.splice(at..at, repeated);
            }
            2 => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(at..at, word.bytes());
            }
            3 => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(at..end, word.bytes());
            }
            4 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                input.splice(at.., other[from..].iter().copied());
            }
            5 => {
                let many = 1 << self.below(14);
                let byte = self.byte();
                input.splice(at..at, std::iter::repeat_n(byte, many));
            }
            _ if at < input.len() => {
                let bit = 1 << self.below(8);
                input[at] ^= bit;
            }
            _ => input.push(self.byte()),
        }
    }

    fn seed(&mut self) -> &'a [u8] {
        let seeds = self.seeds;
        &seeds[self.below(seeds.len())]
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// `SplitMix64`: small, and good enough to choose by.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }
}
