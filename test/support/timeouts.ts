/** How long a test waits for what must come: a machine with other work beside it may take many times the usual. */
export const TIMEOUT = { timeout: 90_000, interval: 25 };

/**
 * Milliseconds to wait for a lock of SQLite. It asks ten times a second only, so one who writes without a pause on a
 * busy disk keeps others out for seconds in rollback mode (seen: 5 s, with commits of 0.4 s).
 */
export const LOCK_TIMEOUT = 60_000;
