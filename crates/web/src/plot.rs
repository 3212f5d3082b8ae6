//! Plots as plain shapes: pure functions from figures to what a template draws. Colours come from the styles by the
//! number of the series, and every plot carries its figures as a table, so that nobody depends on seeing it.

/// The size of a chart in units of its drawing.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 280.0;
/// Room for the numbers on the left, and for the names below.
const LEFT: f64 = 52.0;
const BELOW: f64 = 34.0;
const ABOVE: f64 = 12.0;
/// Names below a chart, at most; more would run into each other.
const NAMES: usize = 13;

/// Figures in groups, such as months, with one number for every series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// What a group is, for the head of the table.
    pub group: String,
    /// The names of the series.
    pub series: Vec<String>,
    /// The groups in order: name and one number for each series.
    pub groups: Vec<(String, Vec<i64>)>,
}

/// How the figures of a [`Chart`] are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Columns beside each other.
    Columns,
    /// Lines with a dot for every number.
    Lines,
}

/// A rectangle of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The number of its series, from 0.
    pub series: usize,
    /// Left edge, or middle of a dot.
    pub x: f64,
    /// Upper edge, or middle of a dot.
    pub y: f64,
    /// Width; 0 for a dot.
    pub width: f64,
    /// Height; 0 for a dot.
    pub height: f64,
    /// What it says when pointed at.
    pub tip: String,
}

/// A chart over groups in order, such as months.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Tells it apart on its page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What is to be seen, in a sentence.
    pub text: String,
    /// Its width in units of the drawing.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Left edge of the drawing's area.
    pub left: f64,
    /// Columns or dots.
    pub marks: Vec<Mark>,
    /// Lines: series and the `points` of a polyline.
    pub lines: Vec<(usize, String)>,
    /// Horizontal lines and their numbers.
    pub ticks: Vec<(f64, i64)>,
    /// Names below: middle and text.
    pub names: Vec<(f64, String)>,
    /// The figures, for the table and the legend.
    pub figures: Figures,
}

impl Chart {
    /// Draws figures that are not negative.
    #[must_use]
    pub fn new(id: &str, shape: Shape, title: String, text: String, figures: Figures) -> Self {
        let ticks = ticks(figures.groups.iter().flat_map(|(_, numbers)| numbers).copied().max().unwrap_or(0));
        let top = ticks.last().copied().unwrap_or(1);
        let field = (WIDTH - LEFT, HEIGHT - BELOW - ABOVE);
        let y = |number: i64| rounded(ABOVE + field.1 * (1.0 - ratio(number, top)));
        let step = field.0 / float(figures.groups.len().max(1));
        let mut chart = Self {
            id: id.to_owned(),
            title,
            text,
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            marks: Vec::new(),
            lines: Vec::new(),
            ticks: ticks.iter().map(|tick| (y(*tick), *tick)).collect(),
            names: names(&figures, step),
            figures,
        };
        match shape {
            Shape::Columns => chart.columns(step, y),
            Shape::Lines => chart.line(step, y),
        }
        chart
    }

    fn columns(&mut self, step: f64, y: impl Fn(i64) -> f64) {
        let width = step * 0.8 / float(self.figures.series.len().max(1));
        for (place, (name, numbers)) in self.figures.groups.iter().enumerate() {
            for (series, number) in numbers.iter().enumerate() {
                let x = LEFT + step * (float(place) + 0.1) + width * float(series);
                let tip = self.tip(name, series, *number);
                let height = rounded(HEIGHT - BELOW - y(*number));
                let (x, width) = (rounded(x), rounded(width * 0.92));
                self.marks.push(Mark { series, x, y: y(*number), width, height, tip });
            }
        }
    }

    fn line(&mut self, step: f64, y: impl Fn(i64) -> f64) {
        for series in 0..self.figures.series.len() {
            let mut points = Vec::new();
            for (place, (name, numbers)) in self.figures.groups.iter().enumerate() {
                let Some(number) = numbers.get(series).copied() else { continue };
                let x = rounded(LEFT + step * (float(place) + 0.5));
                points.push(format!("{x},{}", y(number)));
                let tip = self.tip(name, series, number);
                self.marks.push(Mark { series, x, y: y(number), width: 0.0, height: 0.0, tip });
            }
            self.lines.push((series, points.join(" ")));
        }
    }

    fn tip(&self, group: &str, series: usize, number: i64) -> String {
        let series = self.figures.series.get(series).map_or("", String::as_str);
        format!("{group}, {series}: {number}")
    }
}

/// Every group's name while there is room, else every second, third …
fn names(figures: &Figures, step: f64) -> Vec<(f64, String)> {
    let every = figures.groups.len().div_ceil(NAMES).max(1);
    let named = figures.groups.iter().enumerate().step_by(every);
    named.map(|(place, (name, _))| (rounded(LEFT + step * (float(place) + 0.5)), name.clone())).collect()
}

/// Round numbers from 0 to at least the greatest, three to six of them.
fn ticks(greatest: i64) -> Vec<i64> {
    let greatest = greatest.max(1);
    let steps = (0..18).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i64.pow(power)));
    let step = steps.into_iter().find(|step| greatest <= step * 5).unwrap_or(greatest);
    let last = greatest.unsigned_abs().div_ceil(step.unsigned_abs());
    (0..=last).filter_map(|number| i64::try_from(number).ok()).map(|number| number * step).collect()
}

/// One bar of a list of bars: a row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// What it is about.
    pub name: String,
    /// A page with more, or nothing.
    pub href: String,
    /// The numbers that are drawn, one for each series; what is not known is not drawn.
    pub numbers: Vec<Option<i64>>,
    /// The same in words people use.
    pub texts: Vec<String>,
    /// A mark to compare with, such as a promise.
    pub mark: Option<i64>,
}

/// Bars below each other, which are a table at the same time: readable at every width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    /// Tells it apart on its page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What is to be seen, in a sentence.
    pub text: String,
    /// The head of the first column.
    pub group: String,
    /// The heads of the columns with numbers.
    pub series: Vec<String>,
    /// The rows.
    pub bars: Vec<Bar>,
}

impl Bars {
    /// The names of the series that are drawn.
    #[must_use]
    pub fn drawn(&self) -> Vec<&String> {
        let drawn = self.bars.iter().map(|bar| bar.numbers.len()).max().unwrap_or(0);
        self.series.iter().take(drawn).collect()
    }

    /// The length of a number in thousandths of the longest bar or mark.
    #[must_use]
    pub fn length(&self, number: &i64) -> i64 {
        let all = self.bars.iter().flat_map(|bar| bar.numbers.iter().flatten().chain(&bar.mark));
        let longest = all.copied().max().unwrap_or(0).max(1);
        number.clamp(&0, &longest).saturating_mul(1000) / longest
    }
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than three digits")]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(numbers: &[i64]) -> Figures {
        let groups = numbers.iter().enumerate().map(|(place, number)| (place.to_string(), vec![*number]));
        Figures { group: "Monat".into(), series: vec!["neu".into()], groups: groups.collect() }
    }

    #[test]
    fn ticks_are_round_and_reach_the_greatest() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(7), [0, 2, 4, 6, 8]);
        assert_eq!(ticks(1_234), [0, 500, 1_000, 1_500]);
        for greatest in [1, 3, 9, 10, 11, 99, 12_345, 9_999_999] {
            let ticks = ticks(greatest);
            assert!(ticks.last().is_some_and(|last| *last >= greatest) && ticks.len() <= 6, "{greatest}");
        }
    }

    #[test]
    fn columns_stand_on_the_ground_and_are_as_high_as_their_numbers() {
        let chart = Chart::new("a", Shape::Columns, String::new(), String::new(), figures(&[0, 5, 10]));
        let heights: Vec<f64> = chart.marks.iter().map(|mark| mark.height).collect();
        assert_eq!(heights, [0.0, 117.0, 234.0]);
        assert!(chart.marks.iter().all(|mark| (mark.y + mark.height - (HEIGHT - BELOW)).abs() < 0.11));
        assert_eq!(chart.marks.last().map(|mark| mark.tip.as_str()), Some("2, neu: 10"));
    }

    #[test]
    fn a_line_goes_through_every_number_and_names_never_crowd() {
        let chart = Chart::new("a", Shape::Lines, String::new(), String::new(), figures(&[1; 120]));
        assert_eq!((chart.marks.len(), chart.lines.len()), (120, 1));
        assert!(chart.names.len() <= NAMES);
    }

    #[test]
    fn the_longest_bar_is_the_whole_and_a_mark_counts() {
        let bar = |number, mark| Bar { numbers: vec![number], mark, ..Bar::default() };
        let bars = Bars { bars: vec![bar(Some(50), None), bar(None, Some(200))], ..Bars::default() };
        assert_eq!((bars.length(&50), bars.length(&200), bars.length(&999)), (250, 1000, 1000));
        assert_eq!(Bars::default().length(&5), 1000);
    }
}
