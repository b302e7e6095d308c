//! Which order in the rows lets the fewest cables cross: a ring is drawn as a ring.

use crate::view::map::place::Link;

/// With more cables than this nobody counts crossings on a map any more, and counting them takes too long for a key.
const MOST: usize = 64;

/// Exchanges neighbours in the rows as long as fewer cables cross then. Where none cross, all stays as it is.
pub fn untangle(rows: &mut [Vec<usize>], links: &[Link], row_of: &[usize]) {
    if links.len() > MOST {
        return;
    }
    let mut place = vec![0; row_of.len()];
    for row in rows.iter() {
        for (at, item) in row.iter().enumerate() {
            place[*item] = at;
        }
    }
    let mut crossings = tangles(links, row_of, &place);
    let mut better = crossings > 0;
    while better {
        better = false;
        for row in rows.iter_mut() {
            for at in 1..row.len() {
                let (left, right) = (row[at - 1], row[at]);
                place.swap(left, right);
                let now = tangles(links, row_of, &place);
                if now < crossings {
                    row.swap(at - 1, at);
                    (crossings, better) = (now, true);
                } else {
                    place.swap(left, right);
                }
            }
        }
    }
}

/// Pairs of cables between the same two rows that cross, and nodes that cables within a row have to go round.
fn tangles(links: &[Link], row_of: &[usize], place: &[usize]) -> usize {
    // Rows and places of the upper and the lower end.
    let ends = |link: &Link| {
        let end = |item: usize| (row_of[item], place[item]);
        let (a, b) = (end(link.a), end(link.b));
        if a <= b { (a, b) } else { (b, a) }
    };
    let all: Vec<_> = links.iter().map(ends).collect();
    let mut count = 0;
    for (at, (upper, lower)) in all.iter().enumerate() {
        if upper.0 == lower.0 {
            count += (lower.1 - upper.1).saturating_sub(1);
            continue;
        }
        let crosses = |other: &&((usize, usize), (usize, usize))| {
            let ((row, above), (low, below)) = **other;
            (row, low) == (upper.0, lower.0)
                && (above < upper.1 && below > lower.1 || above > upper.1 && below < lower.1)
        };
        count += all[at + 1..].iter().filter(crosses).count();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(rows: &[&[usize]], links: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let mut rows: Vec<Vec<usize>> = rows.iter().map(|row| row.to_vec()).collect();
        let mut row_of = vec![0; rows.iter().map(Vec::len).sum()];
        for (at, row) in rows.iter().enumerate() {
            for item in row {
                row_of[*item] = at;
            }
        }
        let links: Vec<Link> = links.iter().map(|(a, b)| Link { a: *a, b: *b }).collect();
        untangle(&mut rows, &links, &row_of);
        rows
    }

    #[test]
    fn a_ring_of_six_crosses_nowhere() {
        // 0 above, 1 2 3 in the middle, 4 5 below: 0-1-4-3-5-2-0.
        let links = [(0, 1), (1, 4), (4, 3), (3, 5), (5, 2), (2, 0)];
        assert_eq!(sorted(&[&[0], &[1, 2, 3], &[4, 5]], &links), [vec![0], vec![1, 3, 2], vec![4, 5]]);
    }

    #[test]
    fn what_does_not_cross_keeps_the_order_of_the_file() {
        assert_eq!(sorted(&[&[1, 0], &[3, 2]], &[(1, 3), (0, 2)]), [vec![1, 0], vec![3, 2]]);
        // Two spines and two leaves cross once, whatever the order.
        let fabric = [(0, 2), (0, 3), (1, 2), (1, 3)];
        assert_eq!(sorted(&[&[0, 1], &[2, 3]], &fabric), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn nodes_joined_in_a_row_stand_side_by_side() {
        assert_eq!(sorted(&[&[0, 1, 2]], &[(0, 2)]), [vec![1, 0, 2]]);
    }
}
