/** How long a test waits for what must come: a machine with other work beside it may take many times the usual. */
export const PATIENCE = { timeout: 90_000, interval: 25 };
