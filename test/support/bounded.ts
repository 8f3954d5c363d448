/** CI has 90 minutes: what can be played in turns is, other parts on every day. Elsewhere all is played. */
export const isBounded = process.env['CI'] !== undefined;

/** Counts the hours: CI runs several times a day. */
export const thisHour = Math.floor(Date.now() / 3_600_000);

/** Counts the days: what is chosen rotates by it. */
export const today = Math.floor(Date.now() / 86_400_000);
