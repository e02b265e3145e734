//! The picture on an account: whatever was sent becomes a small square JPEG of our own making, so that nothing that was hidden in
//! it (where it was taken, a script) is ever shown, and apps are told an address that nobody guesses.

use std::io::Cursor;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, Rgba, RgbaImage};
use tokio::sync::{Semaphore, oneshot};

use super::Act;
use super::change::{Change, ChangeOutcome, PictureChange, update_if};
use super::priority::stand_back;
use crate::ids::PersonId;
use crate::protocol::issuer::Issuer;
use crate::store::{Picture, Result};

/// The most bytes of a file: a photograph as phones take them.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// The most memory that a picture may take when it is unpacked, in bytes; a few kilobytes can claim to be any size.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;
/// The widest and highest, in pixels.
const WIDEST: u32 = 12_000;
/// How wide and high it is shown, in pixels.
const SIDE: u32 = 320;
/// Of 100.
const QUALITY: u8 = 88;

/// The path before the name of a picture.
pub const PATH: &str = "/pictures/";
/// What comes after the name.
pub const ENDING: &str = ".jpg";

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureProblem {
    /// It is no picture of a kind that is read here.
    Unreadable,
    /// It is too large, as a file or unpacked.
    TooLarge,
}

/// The picture in `file` (JPEG, PNG or WebP, told by its bytes), upright, its middle, as a square JPEG on white. Takes long.
pub fn shown(file: &[u8]) -> Result<Vec<u8>, PictureProblem> {
    let image = unpacked(file).map_err(|error| match error {
        ImageError::Limits(_) => PictureProblem::TooLarge,
        _ => PictureProblem::Unreadable,
    })?;
    let square = image.resize_to_fill(SIDE, SIDE, FilterType::CatmullRom).to_rgba8();
    let mut canvas = RgbaImage::from_pixel(SIDE, SIDE, Rgba([u8::MAX; 4]));
    imageops::overlay(&mut canvas, &square, 0, 0);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    let canvas = DynamicImage::ImageRgba8(canvas).to_rgb8();
    canvas.write_with_encoder(encoder).map_err(|_| PictureProblem::Unreadable)?;
    Ok(jpeg)
}

/// The same of many, one after another, so that a crowd of them takes the memory of one; behind the threads that answer requests.
pub async fn shown_in_turn(file: Bytes) -> Result<Vec<u8>, PictureProblem> {
    static TURN: Semaphore = Semaphore::const_new(1);
    let (reply, answer) = oneshot::channel();
    // Goes with the work: if the request is given up, the memory is in use until that ends.
    let turn = TURN.acquire().await;
    let work = move || {
        stand_back();
        drop(reply.send(shown(&file)));
        drop(turn);
    };
    if let Err(error) = thread::Builder::new().name("pictures".to_owned()).spawn(work) {
        tracing::error!(%error, "no thread for a picture");
    }
    answer.await.unwrap_or(Err(PictureProblem::Unreadable))
}

fn unpacked(file: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(WIDEST);
    limits.max_image_height = Some(WIDEST);
    limits.max_alloc = Some(MOST_UNPACKED);
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Puts a picture ([`shown`]) on an account, in the place of any other.
pub async fn put(act: &Act<'_>, issuer: &Issuer, person: PersonId, jpeg: Vec<u8>) -> Result<ChangeOutcome> {
    let name = URL_SAFE_NO_PAD.encode(act.entropy.bytes::<16>());
    let address = issuer.join(&format!("{PATH}{name}{ENDING}"));
    let picture = Picture { name, address, jpeg, created_at: act.now };
    let change = Change { picture: Some(PictureChange::Kept(picture)), ..Change::default() };
    update_if(act, person, change, |_| true).await
}

/// Takes the picture off an account, also one that is kept elsewhere.
pub async fn take_away(act: &Act<'_>, person: PersonId) -> Result<ChangeOutcome> {
    let change = Change { picture: Some(PictureChange::Gone), ..Change::default() };
    update_if(act, person, change, |_| true).await
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb, RgbImage};

    use super::*;

    fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn seen(jpeg: &[u8]) -> RgbImage {
        assert_eq!(image::guess_format(jpeg).unwrap(), ImageFormat::Jpeg);
        image::load_from_memory(jpeg).unwrap().to_rgb8()
    }

    /// Left red, right blue, twice as wide as high.
    fn flag() -> DynamicImage {
        let colour = |x, _| if x < 400 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
        RgbImage::from_fn(800, 400, colour).into()
    }

    fn is_near(pixel: Rgb<u8>, colour: [u8; 3]) -> bool {
        pixel.0.iter().zip(colour).all(|(seen, meant)| seen.abs_diff(meant) < 30)
    }

    #[test]
    fn shows_the_middle_of_any_kind_as_a_square() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let image = seen(&shown(&file(&flag(), format)).unwrap());
            assert_eq!(image.dimensions(), (SIDE, SIDE));
            assert!(is_near(*image.get_pixel(5, 160), [255, 0, 0]) && is_near(*image.get_pixel(314, 160), [0, 0, 255]));
        }
    }

    #[test]
    fn shows_what_is_clear_on_white() {
        let image = RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0]));
        let image = seen(&shown(&file(&image.into(), ImageFormat::Png)).unwrap());
        assert!(is_near(*image.get_pixel(10, 10), [255, 255, 255]));
    }

    /// Exif 2.32, tag 0x0112: how a phone was held. The tag, and all beside it, is not in what is shown.
    #[test]
    fn stands_upright_and_tells_nothing_that_was_hidden() {
        let mut jpeg = file(&flag(), ImageFormat::Jpeg);
        let orientation = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00";
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
        exif.extend_from_slice(orientation);
        exif.extend_from_slice(b"\0\0\0\0 51.4779 N, 0.0015 W");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xff, 0xe1][..], &length, &exif].concat();
        jpeg.splice(2..2, segment);
        let shown = shown(&jpeg).unwrap();
        let image = seen(&shown);
        assert!(is_near(*image.get_pixel(160, 5), [255, 0, 0]) && is_near(*image.get_pixel(160, 314), [0, 0, 255]));
        let holds = |text: &[u8]| shown.windows(text.len()).any(|window| window == text);
        assert!(!holds(b"Exif") && !holds(b"51.4779"));
    }

    #[test]
    fn reads_no_other_file() {
        let cut = &file(&flag(), ImageFormat::Png)[..200];
        let drawing = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for file in [&b""[..], b"GIF89a", b"\xff\xd8\xff\xe0", cut, drawing] {
            assert_eq!(shown(file), Err(PictureProblem::Unreadable), "{:?}", &file[..file.len().min(20)]);
        }
    }

    /// A header alone that says 100,000 by 100,000: nothing of that size is unpacked.
    #[test]
    fn unpacks_nothing_out_of_all_measure() {
        let mut png = file(&RgbImage::new(8, 8).into(), ImageFormat::Png);
        for (width, height) in [(100_000_u32, 100_000_u32), (100_000, 1), (11_000, 11_000)] {
            png[16..20].copy_from_slice(&width.to_be_bytes());
            png[20..24].copy_from_slice(&height.to_be_bytes());
            let checked = crc32fast::hash(&png[12..29]).to_be_bytes();
            png[29..33].copy_from_slice(&checked);
            assert_eq!(shown(&png), Err(PictureProblem::TooLarge), "{width} × {height}");
        }
    }
}
