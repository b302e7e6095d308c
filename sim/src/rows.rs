//! Rows by key, for the tables every frame asks: a look-up touches the row and nothing else of size.
//!
//! An [`indexmap::IndexMap`] keeps an order, at the price of two more places in memory a look-up; where many bridges
//! and tunnels share a cache that was half their time. These rows have an order that differs between machines, so
//! whoever walks over them has to say so, and to sort what comes of it.

use std::collections::HashMap;
use std::hash::Hash;

use rustc_hash::FxBuildHasher;

/// The rows.
#[derive(Clone, Debug)]
pub struct Rows<K, V>(HashMap<K, V, FxBuildHasher>);

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Copy + Eq + Hash, V> Rows<K, V> {
    /// The row of a key.
    #[inline]
    pub fn get(&self, key: K) -> Option<&V> {
        self.0.get(&key)
    }

    /// The row of a key, to be changed.
    #[inline]
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        self.0.get_mut(&key)
    }

    /// Writes a row; returns the one that was there.
    pub fn insert(&mut self, key: K, row: V) -> Option<V> {
        self.0.insert(key, row)
    }

    /// Removes a row.
    pub fn remove(&mut self, key: K) -> Option<V> {
        self.0.remove(&key)
    }

    /// Removes the rows of which the test says no, in an order that differs between machines.
    pub fn retain(&mut self, mut test: impl FnMut(K, &mut V) -> bool) {
        self.0.retain(|key, row| test(*key, row));
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All rows, in an order that differs between machines: sort what comes of it.
    pub fn unordered(&self) -> impl Iterator<Item = (K, &V)> {
        self.0.iter().map(|(key, row)| (*key, row))
    }

    /// Rough heap size in bytes.
    pub fn heap_bytes(&self) -> usize {
        // A byte of the hash beside each place.
        self.0.capacity() * (size_of::<(K, V)>() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_go_and_are_replaced() {
        let mut rows: Rows<u64, &str> = Rows::default();
        assert_eq!((rows.insert(1, "a"), rows.insert(1, "b"), rows.insert(2, "c")), (None, Some("a"), None));
        assert_eq!((rows.get(1), rows.get(3), rows.len()), (Some(&"b"), None, 2));
        rows.retain(|key, _| key != 1);
        let mut all: Vec<(u64, &str)> = rows.unordered().map(|(key, row)| (key, *row)).collect();
        all.sort_unstable();
        assert_eq!((all, rows.remove(2), rows.is_empty()), (vec![(2, "c")], Some("c"), true));
    }
}
