use std::io::Cursor;

use base::{Fault, Problem, Result};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

/// A picture made anew from its pixels: a JPEG without any metadata.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

impl Picture {
    /// Encodes pixels.
    ///
    /// # Errors
    /// When they are more than a JPEG can hold.
    pub fn of(rgb: &image::RgbImage) -> Result<Self> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 82)
            .encode_image(rgb)
            .map_err(|error| Problem::internal("picture", "the picture cannot be encoded").because(error))?;
        Ok(Self { jpeg, width: rgb.width(), height: rgb.height() })
    }
}

/// Edge of a picture that is read, at most: 12,000 pixels.
const MAX_EDGE: u32 = 12_000;

/// Memory a picture may take while it is read: 256 MiB, so that a small file cannot fill the machine.
const MAX_MEMORY: u64 = 256 << 20;

/// Decodes a JPEG, PNG or WebP, turns it upright, shrinks it to `max_edge` pixels and encodes it anew. Nothing of the
/// original file survives but what is seen: no EXIF, no place, no hidden bytes. Takes up to a second; not for a thread
/// that serves requests.
///
/// # Errors
/// A fault in `field` when it is no picture, or one that is too large.
pub fn reencode(bytes: &[u8], max_edge: u32, field: &'static str) -> Result<Picture> {
    let wrong = |code| Problem::faults(vec![Fault::new(field, code)]);
    let image = decode(bytes).map_err(|error| match error {
        image::ImageError::Limits(_) => wrong("picture-too-large").because(error),
        _ => wrong("picture-unreadable").because(error),
    })?;
    let image = if image.width().max(image.height()) > max_edge {
        image.resize(max_edge, max_edge, FilterType::Triangle)
    } else {
        image
    };
    Picture::of(&image.into_rgb8())
}

/// Makes a picture anew with black boxes on it: left, top, width and height in pixels. What was below is gone. Takes up
/// to a second; not for a thread that serves requests.
///
/// # Errors
/// A fault in `field` when it is no picture, or when no box lies on it.
pub fn blacken(bytes: &[u8], boxes: &[[u32; 4]], field: &'static str) -> Result<Picture> {
    let wrong = |code| Problem::faults(vec![Fault::new(field, code)]);
    let image = decode(bytes).map_err(|error| wrong("picture-unreadable").because(error))?;
    let mut rgb = image.into_rgb8();
    let mut blackened = false;
    for [left, top, width, height] in boxes {
        let right = left.saturating_add(*width).min(rgb.width());
        let bottom = top.saturating_add(*height).min(rgb.height());
        for y in *top..bottom {
            for x in *left..right {
                rgb.put_pixel(x, y, image::Rgb([0, 0, 0]));
                blackened = true;
            }
        }
    }
    if blackened { Picture::of(&rgb) } else { Err(wrong("picture-boxes-none")) }
}

fn decode(bytes: &[u8]) -> image::ImageResult<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_EDGE);
    limits.max_image_height = Some(MAX_EDGE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    // `into_decoder` leaves this check to its caller.
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = DynamicImage::new_rgb8(width, height);
        image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        bytes
    }

    #[test]
    fn a_picture_is_shrunk_and_carries_nothing_but_pixels() {
        let mut original = png(400, 200);
        original.extend_from_slice(b"GPS 50.94 6.96");
        let picture = reencode(&original, 100, "photo").unwrap();
        assert_eq!((picture.width, picture.height), (100, 50));
        assert!(picture.jpeg.starts_with(&[0xff, 0xd8]));
        assert!(!picture.jpeg.windows(4).any(|window| window == b"Exif" || window == b"GPS "));
    }

    #[test]
    fn what_a_box_covers_is_gone_and_the_rest_stays() {
        let mut white = Vec::new();
        let image = image::RgbImage::from_pixel(64, 48, image::Rgb([255, 255, 255]));
        image.write_to(&mut Cursor::new(&mut white), image::ImageFormat::Png).unwrap();
        let picture = blacken(&white, &[[16, 16, 1000, 8], [u32::MAX, 0, 9, 9]], "boxes").unwrap();
        let seen = decode(&picture.jpeg).unwrap().into_rgb8();
        assert_eq!((picture.width, picture.height), (64, 48));
        assert!(seen.get_pixel(40, 20).0.iter().all(|light| *light < 16), "covered");
        assert!(seen.get_pixel(40, 40).0.iter().all(|light| *light > 239), "not covered");
        assert!(blacken(&white, &[[64, 48, 5, 5]], "boxes").is_err(), "beside the picture");
    }

    #[test]
    fn what_is_no_picture_is_named_as_such() {
        for bytes in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..],
            b"",
            b"\x89PNG\r\n\x1a\n\0\0",
            &png(20, 20)[..40],
        ] {
            let problem = reencode(bytes, 100, "photo").unwrap_err();
            assert_eq!(problem.faults, [Fault::new("photo", "picture-unreadable")]);
        }
    }

    #[test]
    fn a_decompression_bomb_is_refused_before_it_grows() {
        // A PNG header that claims 60,000 × 60,000 pixels.
        let mut bomb = png(1, 1);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let problem = reencode(&bomb, 100, "photo").unwrap_err();
        assert_eq!(problem.kind, base::Kind::Input);
    }
}
