//! A QR code for a terminal.

use fast_qr::{ECL, QRBuilder, QRCode};

/// Light modules around the code; readers want four, two suffice on a screen.
const QUIET: usize = 2;

/// Draws a text as a QR code of half blocks, black on white whatever the terminal's colours are. `None` if the text is
/// too long for a code.
pub fn draw(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * QUIET;
    let rows = (0..side).step_by(2).map(|row| {
        let cells: String = (0..side).map(|column| cell(&code, row, column)).collect();
        format!("  \x1b[30;107m{cells}\x1b[0m\n")
    });
    Some(rows.collect())
}

/// Two modules, one above the other.
fn cell(code: &QRCode, row: usize, column: usize) -> char {
    match (is_dark(code, row, column), is_dark(code, row + 1, column)) {
        (false, false) => ' ',
        (true, false) => '▀',
        (false, true) => '▄',
        (true, true) => '█',
    }
}

fn is_dark(code: &QRCode, row: usize, column: usize) -> bool {
    let inside = |place: usize| (QUIET..QUIET + code.size).contains(&place);
    inside(row) && inside(column) && code[row - QUIET][column - QUIET].value()
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn the_finder_patterns_stand_in_three_corners_within_a_quiet_zone() {
        let drawn = draw("https://192.168.1.5:8443").expect("short enough");
        let rows: Vec<Vec<char>> = drawn
            .lines()
            .map(|line| {
                line.trim_start_matches("  \x1b[30;107m")
                    .trim_end_matches("\x1b[0m")
                    .chars()
                    .collect()
            })
            .collect();
        let width = rows[0].len();
        assert!(rows.iter().all(|row| row.len() == width));
        assert!(rows[0].iter().all(|&cell| cell == ' '), "quiet zone above");
        let top: String = rows[1].iter().collect();
        assert!(top.starts_with("  █▀▀▀▀▀█ "), "{top:?}");
        assert!(top.ends_with(" █▀▀▀▀▀█  "), "{top:?}");
    }

    #[test]
    fn a_text_that_no_code_holds_is_not_drawn() {
        assert_eq!(draw(&"x".repeat(4000)), None);
    }
}
