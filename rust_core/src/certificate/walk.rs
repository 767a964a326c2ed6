//! Fillings one after the other, cut off by one list of whole-number prices of the resources: quick steps, where splitting
//! boxes takes few slow ones.
use super::sack::{Answer, Item};

/// Items in the order they are decided, what each copy adds beyond its load's price, and what those after can add at most.
struct Walk<'a> {
    items: Vec<(&'a Item, i128)>,
    rest: Vec<i128>,
    price: i128,
    /// The price in units of the gains.
    limit: i128,
    steps: usize,
    budget: usize,
}

/// Whether no filling of `free` with at most `most` copies is worth more than `price`, in at most `budget` steps.
///
/// `rates` are prices of the resources and `unit` of them make one of value; any are lawful, good ones cut off much.
pub(super) fn walk(
    items: &[Item],
    most: &[u64],
    free: &[i64],
    price: i128,
    rates: &[i128],
    unit: i128,
    budget: usize,
) -> Answer {
    let load = |item: &Item| item.load.iter().zip(rates).map(|(w, r)| i128::from(*w) * r).sum::<i128>();
    let mut order: Vec<(usize, i128)> = (0..items.len()).map(|at| (at, load(&items[at]))).collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let capped: Vec<Item> =
        order.iter().map(|&(at, _)| Item { most: most[at], ..items[at].clone() }).collect();
    let decided: Vec<(&Item, i128)> =
        capped.iter().zip(&order).map(|(item, o)| (item, i128::from(item.value) * unit - o.1)).collect();
    let mut rest = vec![0; decided.len() + 1];
    for (at, (item, gain)) in decided.iter().enumerate().rev() {
        rest[at] = rest[at + 1] + gain.max(&0) * i128::from(item.most);
    }
    let room: i128 = rates.iter().zip(free).map(|(r, f)| r * i128::from(*f)).sum();
    let mut walk = Walk { items: decided, rest, price, limit: price * unit, steps: 0, budget };
    walk.from(0, &mut free.to_vec(), 0, room)
}

impl Walk<'_> {
    /// `bound`: the price of all the room and the gains of what is taken.
    fn from(&mut self, at: usize, free: &mut [i64], value: i128, bound: i128) -> Answer {
        self.steps += 1;
        if value > self.price {
            return Answer::No;
        }
        if bound + self.rest[at] <= self.limit || at == self.items.len() {
            return Answer::Yes;
        }
        if self.steps > self.budget {
            return Answer::Unknown;
        }
        let (item, gain) = self.items[at];
        let room = item.load.iter().zip(free.iter()).filter(|(w, _)| **w > 0).map(|(w, f)| (f / w) as u64);
        let most = room.fold(item.most, u64::min);
        for taken in 0..=most {
            let copies = if gain > 0 { most - taken } else { taken };
            let added = i128::from(copies);
            if bound + added * gain + self.rest[at + 1] <= self.limit {
                // What follows adds still less.
                break;
            }
            let shift = |free: &mut [i64], sign: i64| {
                free.iter_mut().zip(&item.load).for_each(|(f, w)| *f -= sign * w * copies as i64);
            };
            shift(free, 1);
            let below = self.from(at + 1, free, value + added * i128::from(item.value), bound + added * gain);
            shift(free, -1);
            if below != Answer::Yes {
                return below;
            }
        }
        Answer::Yes
    }
}
