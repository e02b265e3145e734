//! Charts, drawn on the server as SVG. Each colour is a plain attribute, which `console.css` replaces by the reader's
//! light or dark one; none carries a meaning alone, since place and words tell the same.

use std::io;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// All charts are as wide, in the units of their own, so that their letters are as large: 360 fits a phone, and two
/// stand side by side on a desktop.
const WIDTH: i32 = 360;
const HEIGHT: i32 = 190;
/// What a line of horizontal bars takes.
const LINE: i32 = 38;

// The same as in `console.css`, which goes by them.
const GOOD: RGBColor = RGBColor(0x0f, 0x5a, 0x52);
const FAULT: RGBColor = RGBColor(0xa3, 0x26, 0x1b);
const TEXT: RGBColor = RGBColor(0x52, 0x60, 0x5c);
const RULE: RGBColor = RGBColor(0xd5, 0xdc, 0xd6);
/// The size of letters, as the library counts it: a quarter more than it comes out.
const LETTERS: u32 = 15;

/// What stands between the tags of an `<svg>`, and its `viewBox`.
#[derive(Default)]
pub(super) struct Drawing {
    pub width: i32,
    pub height: i32,
    /// Markup.
    pub shapes: String,
}

/// An interval of time, with what is drawn upwards and what downwards.
pub(super) struct UpAndDown {
    /// What stands below it, where something does.
    pub label: Option<String>,
    pub up: u64,
    pub down: u64,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;

/// Columns side by side: what went well up from the line, what did not down from it.
pub(super) fn columns(columns: &[UpAndDown]) -> Drawing {
    draw(HEIGHT, |area| {
        let count = i32::try_from(columns.len()).unwrap_or_default();
        let most = |side: fn(&UpAndDown) -> u64| columns.iter().map(side).max().map_or(0, whole);
        let (top, bottom) = (most(|column| column.up), most(|column| column.down));
        // Where next to nothing happened, the axis still counts in whole ones.
        let top = top.max(4 - bottom);
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .y_label_area_size(34)
            .x_label_area_size(18)
            .build_cartesian_2d(0..count, -bottom..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .y_labels(5)
            .y_label_formatter(&|value| short(value.unsigned_abs()))
            .y_label_style(text(HPos::Right, VPos::Center))
            .bold_line_style(RULE)
            .light_line_style(TRANSPARENT)
            .axis_style(TRANSPARENT)
            .draw()?;
        for (number, column) in (0..).zip(columns) {
            for (height, colour) in [(whole(column.up), GOOD), (-whole(column.down), FAULT)] {
                if height != 0 {
                    let mut bar = Rectangle::new([(number, 0), (number + 1, height)], colour.filled());
                    bar.set_margin(0, 0, 1, 1);
                    chart.draw_series([bar])?;
                }
            }
            if let Some(label) = &column.label {
                let below = EmptyElement::at((number, -bottom))
                    + Text::new(label.clone(), (0, 6), text(HPos::Center, VPos::Top));
                chart.draw_series([below])?;
            }
        }
        chart.draw_series([PathElement::new([(0, 0), (count, 0)], TEXT)])?;
        Ok(())
    })
}

/// Bars below each other, each under its name, with its number at the line's end.
pub(super) fn bars(bars: &[(String, u64)]) -> Drawing {
    let height = LINE * i32::try_from(bars.len()).unwrap_or_default();
    draw(height, |area| {
        let most = bars.iter().map(|(_, number)| *number).max().unwrap_or_default().max(1);
        for (line, (name, number)) in (0..).zip(bars) {
            let top = line * LINE;
            let length = u128::from(*number) * u128::from(WIDTH.unsigned_abs()) / u128::from(most);
            let length = i32::try_from(length).unwrap_or(WIDTH).max(2);
            area.draw(&Text::new(shortened(name), (0, top + 4), text(HPos::Left, VPos::Top)))?;
            area.draw(&Text::new(short(*number), (WIDTH, top + 4), text(HPos::Right, VPos::Top)))?;
            area.draw(&Rectangle::new([(0, top + 22), (length, top + 32)], TEXT.filled()))?;
        }
        Ok(())
    })
}

fn draw(height: i32, paint: impl FnOnce(&Area<'_>) -> Drawn) -> Drawing {
    let mut svg = String::new();
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    let drawn = paint(&area).and_then(|()| area.present());
    drop(area);
    if let Err(error) = drawn {
        tracing::error!(%error, "a chart could not be drawn");
        return Drawing::default();
    }
    // The root is the template's, which names and describes it.
    let shapes = svg.split_once('>').and_then(|(_, rest)| rest.trim_end().strip_suffix("</svg>")).unwrap_or_default();
    Drawing { width: WIDTH, height, shapes: shapes.to_owned() }
}

fn text(across: HPos, down: VPos) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", LETTERS).into_font()).color(&TEXT).pos(Pos::new(across, down))
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `9999`, `10k`, `25M`: a number that fits beside an axis.
fn short(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..10_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}M", number / 1_000_000),
    }
}

/// As much of a name as fits beside a number.
fn shortened(name: &str) -> String {
    const LETTERS: usize = 42;
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    name.chars().take(LETTERS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(up: u64, down: u64) -> UpAndDown {
        UpAndDown { label: Some("06:00".to_owned()), up, down }
    }

    fn bars_of(drawing: &Drawing, colour: &str) -> usize {
        drawing.shapes.matches(&format!("fill=\"{colour}\" stroke=\"none\"")).count()
    }

    #[test]
    fn draws_a_bar_for_each_number_but_none() {
        let drawing = columns(&[hour(3, 2), hour(0, 1), hour(0, 0)]);
        assert_eq!((bars_of(&drawing, "#0F5A52"), bars_of(&drawing, "#A3261B")), (1, 2), "{}", drawing.shapes);
        assert!(drawing.shapes.contains("06:00"));
        assert!(!drawing.shapes.contains("<svg") && !drawing.shapes.contains("</svg"));
    }

    #[test]
    fn draws_whatever_the_numbers_are() {
        for numbers in [vec![], vec![hour(0, 0)], vec![hour(u64::MAX / 4, 1)], vec![hour(1, u64::MAX / 4)]] {
            assert!(columns(&numbers).width == WIDTH);
        }
        for number in [0, 1, u64::MAX] {
            assert!(bars(&[("a".to_owned(), number)]).height == LINE);
        }
    }

    #[test]
    fn escapes_names_and_cuts_long_ones() {
        let drawing = bars(&[("<script>".repeat(9), 1)]);
        assert!(drawing.shapes.contains("&lt;script&gt;") && drawing.shapes.contains('…'));
        assert!(!drawing.shapes.contains("<script"));
    }

    #[test]
    fn shortens_numbers() {
        for (number, told) in [(0, "0"), (9999, "9999"), (10_000, "10k"), (9_999_999, "9999k"), (25_000_000, "25M")] {
            assert_eq!(short(number), told);
        }
    }
}
