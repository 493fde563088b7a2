//! Graphs: both axes logarithmic, a line for each of those compared.

use std::fmt::Write;

use crate::report::{Graph, Line};

/// In CSS pixels.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 56.0;

/// Told apart by people who do not tell red from green, on white and on black.
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// How far the names of two lines are apart at least.
const NAME_HEIGHT: f64 = 16.0;

/// The graph as a file. It takes the reader's colours.
pub(crate) fn draw(graph: &Graph) -> String {
    let xs = Axis::of(
        graph.lines.iter().flat_map(|it| &it.points).map(|it| it.0),
        LEFT,
        WIDTH - RIGHT,
    );
    let ys = Axis::of(
        graph.lines.iter().flat_map(|it| &it.points).map(|it| it.1),
        HEIGHT - BOTTOM,
        TOP,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <style>text {{ fill: #333 }} .grid {{ stroke: #8884 }} svg {{ background: #fff }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} svg {{ background: #16181c }} }}</style>\n\
         <title>{title}</title>\n<text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{title}</text>\n",
        title = escaped(&graph.title),
    );
    for tick in xs.ticks() {
        let x = xs.place(tick);
        let (top, bottom) = (TOP, HEIGHT - BOTTOM);
        put(
            &mut svg,
            &format!("<path class=\"grid\" d=\"M{x:.1} {top}V{bottom}\"/>"),
        );
        put(
            &mut svg,
            &format!(
                "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                bottom + 18.0,
                short(tick)
            ),
        );
    }
    for tick in ys.ticks() {
        let y = ys.place(tick);
        put(
            &mut svg,
            &format!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{}\"/>", WIDTH - RIGHT),
        );
        put(
            &mut svg,
            &format!(
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 8.0,
                y + 4.0,
                short(tick)
            ),
        );
    }
    put(
        &mut svg,
        &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            HEIGHT - 14.0,
            escaped(&graph.x)
        ),
    );
    put(
        &mut svg,
        &format!("<text x=\"{LEFT}\" y=\"40\">{}</text>", escaped(&graph.y)),
    );
    lines(&mut svg, &graph.lines, &xs, &ys);
    svg.push_str("</svg>\n");
    svg
}

fn lines(svg: &mut String, lines: &[Line], xs: &Axis, ys: &Axis) {
    let mut names = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let places: Vec<String> = line
            .points
            .iter()
            .map(|(x, y)| format!("{:.1} {:.1}", xs.place(*x), ys.place(*y)))
            .collect();
        put(
            svg,
            &format!(
                "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" d=\"M{}\"/>",
                places.join("L")
            ),
        );
        for (x, y) in &line.points {
            put(
                svg,
                &format!(
                    "<circle fill=\"{colour}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>",
                    xs.place(*x),
                    ys.place(*y)
                ),
            );
        }
        if let Some((_, y)) = line.points.last() {
            names.push((ys.place(*y), &line.name, *colour));
        }
    }
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP;
    for (y, name, colour) in names {
        let y = y.max(free);
        free = y + NAME_HEIGHT;
        let x = WIDTH - RIGHT + 10.0;
        put(
            svg,
            &format!(
                "<text x=\"{x}\" y=\"{:.1}\" style=\"fill: {colour}\">{}</text>",
                y + 4.0,
                escaped(name)
            ),
        );
    }
}

/// A logarithmic axis between two places.
struct Axis {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// From the power of ten below the least of these to the one above the most.
    fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (least, most) = values
            .filter(|it| *it > 0.0)
            .fold((f64::INFINITY, 0.0_f64), |(least, most), it| {
                (least.min(it), most.max(it))
            });
        let (least, most) = if least <= most { (least, most) } else { (1.0, 10.0) };
        let least = least.log10().floor();
        Self {
            least,
            most: most.log10().ceil().max(least + 1.0),
            from,
            to,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.max(f64::MIN_POSITIVE).log10() - self.least) / (self.most - self.least);
        self.from + share * (self.to - self.from)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        (self.least as i32..=self.most as i32).map(|power| 10_f64.powi(power))
    }
}

fn short(value: f64) -> String {
    match value {
        it if it >= 1e6 => format!("{} M", it / 1e6),
        it if it >= 1e3 => format!("{} k", it / 1e3),
        it => format!("{it}"),
    }
}

fn put(svg: &mut String, element: &str) {
    writeln!(svg, "{element}").expect("a string takes all");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_goes_over_whole_powers_of_ten() {
        let axis = Axis::of([20.0, 300.0].into_iter(), 0.0, 100.0);
        assert_eq!(axis.ticks().collect::<Vec<_>>(), [10.0, 100.0, 1000.0]);
        assert_eq!(
            (axis.place(10.0), axis.place(100.0), axis.place(1000.0)),
            (0.0, 50.0, 100.0)
        );
        let alone = Axis::of([10.0].into_iter(), 0.0, 1.0);
        assert_eq!(alone.ticks().count(), 2);
        assert_eq!(Axis::of(std::iter::empty(), 0.0, 1.0).ticks().count(), 2);
    }

    #[test]
    fn every_line_is_drawn_and_named() {
        let line = |name: &str| Line {
            name: name.to_owned(),
            points: vec![(1.0, 2.0), (10.0, 2.0)],
        };
        let svg = draw(&Graph {
            name: "growth".to_owned(),
            title: "Cost & size".to_owned(),
            x: "rows".to_owned(),
            y: "ms".to_owned(),
            lines: vec![line("ours"), line("<theirs>")],
        });
        assert!(svg.contains("Cost &amp; size") && svg.contains("&lt;theirs&gt;"));
        assert_eq!(svg.matches("<circle").count(), 4);
    }
}
