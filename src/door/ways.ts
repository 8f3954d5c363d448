/** Which way a caller wants through the door, as TLS names it (ALPN): to the server, to its UI, or only to hear whether it is let in. */
export const WAYS = { server: 'h2', ui: 'runbook-ui', ask: 'runbook-ask' } as const;

/** What the door says to one who is let in. */
export const WELCOME = 'welcome ';
