/** What the watchdog looks at. The order is that of the looks. */
export const subjects = [
  'server',
  'worker',
  'runs',
  'pages',
  'schedules',
  'clock',
  'disk',
] as const;
export type Subject = (typeof subjects)[number];

/** One look. `unknown`: it could not be made, which is never ok. */
export interface Finding {
  readonly subject: Subject;
  readonly state: 'ok' | 'wrong' | 'unknown';
  /** A sentence for somebody who was just woken. */
  readonly text: string;
  /** What to type. */
  readonly hint?: string;
}

/** Whoever hears of these is woken: nothing runs, or nobody is told. */
const grave: ReadonlySet<Subject> = new Set(['server', 'worker', 'runs', 'pages']);

export function isGrave(subject: Subject): boolean {
  return grave.has(subject);
}
