//! A fixed number of workers that threads borrow one at a time.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, PoisonError};

/// Workers that are free, and the bell that rings when one comes back.
pub(crate) struct Pool<T> {
    free: Mutex<Vec<T>>,
    returned: Condvar,
}

/// A borrowed worker; it goes back when dropped, even while a panic unwinds.
pub(crate) struct Borrowed<'a, T> {
    pool: &'a Pool<T>,
    worker: Option<T>,
}

impl<T> Pool<T> {
    pub fn new(workers: Vec<T>) -> Self {
        Self {
            free: Mutex::new(workers),
            returned: Condvar::new(),
        }
    }

    /// Borrows a worker; waits until one is free.
    pub fn take(&self) -> Borrowed<'_, T> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(worker) = free.pop() {
                return Borrowed {
                    pool: self,
                    worker: Some(worker),
                };
            }
            free = self
                .returned
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Deref for Borrowed<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.worker.as_ref().expect("present until dropped")
    }
}

impl<T> DerefMut for Borrowed<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.worker.as_mut().expect("present until dropped")
    }
}

impl<T> Drop for Borrowed<'_, T> {
    fn drop(&mut self) {
        self.pool
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(self.worker.take());
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn never_more_borrowed_than_there_are() {
        let pool = Pool::new(vec![(), ()]);
        let (busy, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _worker = pool.take();
                        most.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        thread::yield_now();
                        busy.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert_eq!(pool.free.lock().expect("not poisoned").len(), 2);
    }

    #[test]
    fn a_panic_gives_the_worker_back() {
        let pool = Pool::new(vec![7]);
        let panicked = thread::scope(|scope| {
            scope
                .spawn(|| {
                    let _worker = pool.take();
                    panic!("on purpose");
                })
                .join()
        });
        assert!(panicked.is_err());
        assert_eq!(*pool.take(), 7);
    }
}
