use crate::Point;

/// The order in which to go to all `stops`, as their indexes, from `start` or else from the first: always to the
/// nearest that is left, then improved by turning parts around as long as that makes the way shorter (2-opt, Croes
/// 1958). Distances are straight lines, and nobody has to come back.
#[must_use]
pub fn route(start: Option<Point>, stops: &[Point]) -> Vec<usize> {
    let order = nearest_first(start, stops);
    untangled(start, stops, order)
}

/// The length of a way in metres, in straight lines.
#[must_use]
pub fn route_metres(start: Option<Point>, way: &[Point]) -> f64 {
    let points: Vec<Point> = start.into_iter().chain(way.iter().copied()).collect();
    points.windows(2).map(|pair| if let [a, b] = pair { a.metres_to(*b) } else { 0.0 }).sum()
}

fn nearest_first(start: Option<Point>, stops: &[Point]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..stops.len()).collect();
    let mut order = Vec::with_capacity(stops.len());
    let mut here = start.or_else(|| stops.first().copied());
    while let Some(at) = here {
        let far = |index: usize| stops.get(index).map_or(f64::INFINITY, |stop| stop.metres_to(at));
        let nearest = left.iter().enumerate().min_by(|(_, a), (_, b)| far(**a).total_cmp(&far(**b)));
        let Some((place, _)) = nearest else { break };
        let index = left.remove(place);
        order.push(index);
        here = stops.get(index).copied();
    }
    order
}

/// Turns parts of the way around while that makes it shorter by more than a centimetre.
fn untangled(start: Option<Point>, stops: &[Point], mut order: Vec<usize>) -> Vec<usize> {
    const ENOUGH: f64 = 0.01;
    // Without a start the first stop is where the crew is, and stays first.
    let fixed = usize::from(start.is_none());
    let length = |order: &[usize]| {
        let way: Vec<Point> = order.iter().filter_map(|index| stops.get(*index).copied()).collect();
        route_metres(start, &way)
    };
    let mut best = length(&order);
    let mut better = true;
    while better {
        better = false;
        for from in fixed..order.len() {
            for to in from + 1..order.len() {
                let mut turned = order.clone();
                if let Some(part) = turned.get_mut(from..=to) {
                    part.reverse();
                }
                let metres = length(&turned);
                if metres + ENOUGH < best {
                    (order, best, better) = (turned, metres, true);
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point() -> impl Strategy<Value = Point> {
        (50_800_000..51_100_000_i32, 6_700_000..7_200_000_i32).prop_map(|(lat, lon)| Point { lat, lon })
    }

    fn way(stops: &[Point], order: &[usize]) -> Vec<Point> {
        order.iter().map(|index| stops[*index]).collect()
    }

    proptest! {
        #[test]
        fn every_stop_is_visited_once_and_untangling_never_makes_the_way_longer(
            start in proptest::option::of(point()), stops in proptest::collection::vec(point(), 0..14)
        ) {
            let greedy = nearest_first(start, &stops);
            let order = route(start, &stops);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..stops.len()).collect::<Vec<_>>());
            let (before, after) = (way(&stops, &greedy), way(&stops, &order));
            prop_assert!(route_metres(start, &after) <= route_metres(start, &before) + 1e-6);
        }
    }

    #[test]
    fn a_way_along_a_street_is_walked_from_one_end_to_the_other() {
        let stops: Vec<Point> = [3, 1, 4, 2, 5]
            .iter()
            .map(|step| Point { lat: 50_900_000, lon: 6_900_000 + step * 1000 })
            .collect();
        let start = Point { lat: 50_900_000, lon: 6_900_000 };
        assert_eq!(route(Some(start), &stops), [1, 3, 0, 2, 4]);
        assert_eq!(route(None, &[]), Vec::<usize>::new());
    }
}
