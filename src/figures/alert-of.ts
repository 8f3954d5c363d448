import type { Severity } from '../config/schema/values/severity.ts';
import type { Figure } from './figure.ts';

/** What is wrong when figures are critical: one incident, however many of them say so. */
export interface FigureAlert {
  /** As rules of the target's `alerts` match it; the same names as those of deploy/prometheus. */
  readonly alertname: string;
  /**
   * Where one name has several incidents: a disk, or a fault that must page although another of its name is known already. Small
   * letters, or the place.
   */
  readonly part?: string;
  /** Where the target's rules say none. */
  readonly severity: Severity;
  /** What is said of the target "shop". */
  readonly title: string;
  /** Its figures are proofs: asked again within seconds, and believed at the third time. */
  readonly proof?: true;
  /** Its figure was counted by whoever made it: each one is believed at once, the bad and the good. */
  readonly counted?: true;
  /** While one of these is wrong, it follows from that, and nobody is notified of it by itself. */
  readonly follows: readonly string[];
}

export const DISK_FULL = 'DiskFull';
export const DOWN = 'ApplicationDown';

/** By the beginnings of the names of series. The first that fits counts. */
const alerts: readonly (readonly [readonly string[], FigureAlert])[] = [
  [
    ['sample.'],
    {
      alertname: 'NothingMeasured',
      severity: 'sev2',
      title: 'Nothing can be measured',
      counted: true,
      follows: [],
    },
  ],
  [
    ['disk.'],
    { alertname: DISK_FULL, severity: 'sev2', title: 'A disk is nearly full', follows: [] },
  ],
  [
    ['disks.'],
    { alertname: 'DiskHung', severity: 'sev2', title: 'A disk does not answer', follows: [] },
  ],
  [
    ['app.health', 'app.page', 'app.hung', 'app.script'],
    {
      alertname: DOWN,
      severity: 'sev1',
      title: 'The application is down',
      proof: true,
      follows: [DISK_FULL],
    },
  ],
  [
    ['proxy.'],
    {
      alertname: 'ProxyDown',
      severity: 'sev1',
      title: 'The application cannot be reached through its proxy',
      proof: true,
      follows: [DISK_FULL, DOWN],
    },
  ],
  [
    ['response.failures'],
    {
      alertname: 'HighErrorRate',
      severity: 'sev1',
      title: 'Too many requests fail',
      follows: [DISK_FULL, DOWN],
    },
  ],
  [
    ['response.', 'data.query'],
    {
      alertname: 'SlowResponses',
      severity: 'sev2',
      title: 'The application is slow',
      follows: [DISK_FULL, DOWN, 'HighErrorRate'],
    },
  ],
  [
    ['data.', 'database.mode', 'database.writeLock', 'database.waits'],
    {
      alertname: 'DatabaseTrouble',
      part: 'unusable',
      severity: 'sev2',
      title: 'The database cannot be used as it should',
      follows: [DISK_FULL, DOWN],
    },
  ],
  [
    ['database.'],
    {
      alertname: 'DatabaseTrouble',
      severity: 'sev2',
      title: 'Something is wrong with the database',
      follows: [DISK_FULL, DOWN],
    },
  ],
  [
    ['redis.memory', 'redis.hitRatio'],
    {
      alertname: 'CacheDown',
      part: 'use',
      severity: 'sev3',
      title: 'The cache is of little use',
      follows: [DISK_FULL, DOWN],
    },
  ],
  [
    ['redis.'],
    {
      alertname: 'CacheDown',
      severity: 'sev3',
      title: 'Something is wrong with the cache',
      follows: [DISK_FULL],
    },
  ],
  [
    ['memory.'],
    { alertname: 'HighMemory', severity: 'sev3', title: 'Memory runs out', follows: [] },
  ],
  [
    ['cpu.'],
    { alertname: 'HighCpu', severity: 'sev3', title: 'The processors are busy', follows: [] },
  ],
  [
    ['certificate.'],
    {
      alertname: 'Certificate',
      severity: 'sev3',
      title: 'Something is wrong with the certificate',
      follows: [DOWN],
    },
  ],
  [
    ['logs.'],
    {
      alertname: 'LogErrors',
      severity: 'sev3',
      title: 'The application logs errors',
      follows: [DISK_FULL, DOWN],
    },
  ],
];

const OTHER: FigureAlert = {
  alertname: 'FigureCritical',
  severity: 'sev3',
  title: 'A figure is critical',
  follows: [DISK_FULL, DOWN],
};

/** Those that are there whatever is measured. */
export const fixedAlerts: readonly FigureAlert[] = alerts
  .map(([, alert]) => alert)
  .filter(({ alertname }) => alertname !== DISK_FULL);

export function alertOf({ name }: Pick<Figure, 'name'>): FigureAlert {
  const found = alerts.find(([begins]) => begins.some((begin) => name.startsWith(begin)))?.[1];
  if (!found) return { ...OTHER, part: name };
  const [, place] = /^disk\.\S+ (.+)$/.exec(name) ?? [];
  return place === undefined ? found : { ...found, part: place };
}

/** Names its incident among those of the target. */
export function keyOf({ alertname, part }: Pick<FigureAlert, 'alertname' | 'part'>): string {
  return part === undefined ? alertname : `${alertname} ${part}`;
}

/** What an application does, and what it works on: it says nothing while somebody has taken it down. */
export function isOfApplication({ name }: Pick<Figure, 'name'>): boolean {
  return /^(?:app|proxy|response|data|database|redis|logs|smoke)\./.test(name);
}
