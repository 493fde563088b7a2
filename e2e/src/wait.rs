//! Waiting for what is to be seen, never for a time.

use std::{cell::RefCell, time::Duration};

use tokio::time;

/// After this long a test gives up. Nothing is measured by it.
pub const GIVE_UP: Duration = Duration::from_secs(30);

/// How long to do nothing between two looks.
const PAUSE: Duration = Duration::from_millis(30);

/// Looks until there is something. Each `Err` says what is seen instead.
///
/// # Panics
/// If it does not come; with what was seen last.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Result<T, String>) -> T {
    until_for(GIVE_UP, what, look).await
}

/// The same, for what may take longer.
///
/// # Panics
/// If it does not come in that time; with what was seen last.
pub async fn until_for<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let seen = RefCell::new(String::new());
    let looking = async {
        loop {
            match look().await {
                Ok(found) => return found,
                Err(instead) => *seen.borrow_mut() = instead,
            }
            time::sleep(PAUSE).await;
        }
    };
    match time::timeout(limit, looking).await {
        Ok(found) => found,
        Err(_) => panic!("gave up waiting for {what}; what was seen last:\n{}", seen.take()),
    }
}

/// What `future` gives.
///
/// # Panics
/// If it takes too long.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match time::timeout(GIVE_UP, future).await {
        Ok(value) => value,
        Err(_) => panic!("gave up waiting for {what}"),
    }
}
