/** One alert, whoever sent it. All text in it is from outside. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Since when it fires, or when it was resolved. ISO 8601, UTC, never ahead of the clock. */
  readonly at: string;
  readonly links: readonly string[];
  /** What distinguishes it from others. Default: its labels. */
  readonly identity?: string;
}

/** What one request holds. */
export interface ReadAlerts {
  readonly alerts: readonly Alert[];
  /** Parts that are no alert at all. */
  readonly invalid: number;
  /** Alerts that the sender left out: nobody knows how they are. */
  readonly truncated: number;
}

/** A sender's time. What cannot be, or lies ahead, is now. */
export function timeOf(text: string | undefined, now: Date): string {
  const time = Date.parse(text ?? '');
  // Go writes the year 1 for "none".
  return new Date(time > 0 && time <= now.getTime() ? time : now).toISOString();
}
