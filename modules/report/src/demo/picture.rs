//! Photos drawn by code: a street under a sky, and in it what the report is about.

use ::store::Picture;
use base::Result;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

pub(super) const WIDTH: i64 = 800;
pub(super) const HEIGHT: i64 = 600;

const HORIZON: i64 = 330;
const MOTIFS: [&str; 6] = ["lamp", "hole", "bags", "wall", "tree", "swing"];

/// Which of the drawings fits a category.
pub(super) fn motif(code: &str) -> &'static str {
    match code {
        "laterne" | "ampel" | "schild" => "lamp",
        "schlagloch" | "gehweg" | "gully" => "hole",
        "graffiti" => "wall",
        "spielplatz" => "swing",
        "baum" | "gruen" => "tree",
        _ => "bags",
    }
}

/// Draws picture `number`, always the same from the same seed.
pub(super) fn draw(number: u32, seed: u64) -> Result<(&'static str, Vec<u8>)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ u64::from(number).rotate_left(17));
    let motif = MOTIFS.get(number as usize % MOTIFS.len()).copied().unwrap_or("bags");
    let mut canvas = Canvas(RgbImage::new(400, 300));
    canvas.street(&mut rng);
    match motif {
        "lamp" => canvas.lamp(&mut rng),
        "hole" => canvas.hole(&mut rng),
        "wall" => canvas.wall(&mut rng),
        "tree" => canvas.tree(&mut rng),
        "swing" => canvas.swing(&mut rng),
        _ => canvas.bags(&mut rng),
    }
    let picture = DynamicImage::from(canvas.0).resize_exact(800, 600, FilterType::Triangle);
    Ok((motif, Picture::of(&picture.into_rgb8())?.jpeg))
}

/// Half as wide and half as high as the picture: a street needs no more, and the demonstration draws hundreds.
struct Canvas(RgbImage);

impl Canvas {
    fn dot(&mut self, x: i64, y: i64, color: [u8; 3]) {
        if let (Ok(x), Ok(y)) = (u32::try_from(x / 2), u32::try_from(y / 2))
            && let Some(pixel) = self.0.get_pixel_mut_checked(x, y)
        {
            *pixel = Rgb(color);
        }
    }

    fn rect(&mut self, (x, y): (i64, i64), (width, height): (i64, i64), color: [u8; 3]) {
        for row in (y..y + height).step_by(2) {
            for column in (x..x + width).step_by(2) {
                self.dot(column, row, color);
            }
        }
    }

    fn ellipse(&mut self, (x, y): (i64, i64), (a, b): (i64, i64), color: [u8; 3]) {
        for dy in (-b..=b).step_by(2) {
            for dx in (-a..=a).step_by(2) {
                if dx * dx * b * b + dy * dy * a * a <= a * a * b * b {
                    self.dot(x + dx, y + dy, color);
                }
            }
        }
    }

    /// Sky, houses, pavement and road; the light differs from picture to picture.
    fn street(&mut self, rng: &mut ChaCha8Rng) {
        let light = rng.random_range(150..235_u8);
        for y in (0..HORIZON).step_by(2) {
            let fade = u8::try_from(y * 40 / HORIZON).unwrap_or(0);
            self.rect(
                (0, y),
                (WIDTH, 1),
                [light.saturating_sub(60 - fade), light.saturating_sub(30 - fade / 2), light],
            );
        }
        let mut x = 0;
        while x < WIDTH {
            let (width, height) = (rng.random_range(90..180), rng.random_range(120..260));
            let wall = [rng.random_range(120..210), rng.random_range(100..180), rng.random_range(90..160)];
            self.rect((x, HORIZON - height), (width, height), wall);
            for row in 0..height / 60 {
                for column in 0..width / 45 {
                    let place = (x + 14 + column * 45, HORIZON - height + 18 + row * 60);
                    self.rect(place, (20, 30), [70, 80, 100]);
                }
            }
            x += width;
        }
        self.rect((0, HORIZON), (WIDTH, 80), [150, 148, 142]);
        self.rect((0, HORIZON + 80), (WIDTH, HEIGHT), [86, 86, 90]);
        for dash in (0..WIDTH).step_by(140) {
            self.rect((dash, 520), (70, 10), [225, 225, 220]);
        }
    }

    fn lamp(&mut self, rng: &mut ChaCha8Rng) {
        let x = rng.random_range(200..600);
        self.rect((x, 90), (12, 300), [50, 54, 60]);
        self.rect((x, 90), (90, 10), [50, 54, 60]);
        self.ellipse((x + 90, 106), (30, 12), [40, 40, 44]);
    }

    fn hole(&mut self, rng: &mut ChaCha8Rng) {
        let (x, y) = (rng.random_range(250..550), rng.random_range(450..540));
        self.ellipse((x, y), (120, 34), [60, 58, 56]);
        self.ellipse((x + 6, y + 4), (100, 24), [34, 32, 30]);
        self.ellipse((x - 20, y + 6), (36, 9), [96, 110, 128]);
    }

    fn bags(&mut self, rng: &mut ChaCha8Rng) {
        for _ in 0..rng.random_range(4..9) {
            let (x, y) = (rng.random_range(220..560), rng.random_range(370..420));
            let blue = rng.random_range(90..170);
            self.ellipse((x, y), (46, 38), [30, 50, blue]);
            self.rect((x - 6, y - 52), (12, 18), [20, 36, blue - 20]);
        }
    }

    fn wall(&mut self, rng: &mut ChaCha8Rng) {
        self.rect((80, 200), (640, 190), [176, 172, 164]);
        for _ in 0..14 {
            let color = [rng.random(), rng.random(), rng.random()];
            let (x, y) = (rng.random_range(110..640), rng.random_range(230..350));
            self.ellipse((x, y), (rng.random_range(10..60), rng.random_range(6..28)), color);
        }
    }

    fn tree(&mut self, rng: &mut ChaCha8Rng) {
        let x = rng.random_range(250..550);
        self.rect((x - 14, 220), (28, 190), [92, 66, 44]);
        for _ in 0..16 {
            let place = (x + rng.random_range(-110..110), 180 + rng.random_range(-80..70));
            self.ellipse(place, (52, 44), [40, rng.random_range(90..140), 50]);
        }
        self.rect((x + 40, 392), (170, 12), [92, 66, 44]);
    }

    fn swing(&mut self, rng: &mut ChaCha8Rng) {
        self.rect((0, HORIZON), (WIDTH, HEIGHT), [206, 184, 140]);
        for x in [220, 560] {
            self.rect((x, 160), (14, 280), [180, 60, 40]);
        }
        self.rect((220, 160), (354, 12), [180, 60, 40]);
        let seat = rng.random_range(300..440);
        self.rect((seat, 172), (3, 190), [60, 60, 60]);
        self.rect((seat + 60, 172), (3, 120), [60, 60, 60]);
        self.rect((seat - 6, 360), (80, 10), [40, 40, 44]);
    }
}
