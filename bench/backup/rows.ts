import type { Timed } from './timed.ts';
import type { Written } from './while-written.ts';

/** Rows that an application commits a second while a backup is taken. */
export const RATES = [0, 20, 200];

type Seen = Timed & Partial<Written> & { readonly bytes: number };

export interface Row extends Seen {
  readonly what: 'back up' | 'back up, integrity_check' | 'verify' | 'restore and prove' | 'down';
  readonly who: string;
  /** Rows that an application commits a second meanwhile. */
  readonly rate: number;
}

/** How many times as long the other takes. What never ended counts with its limit: at least so much. */
export function compare(rows: readonly Row[], limit: number) {
  const wall = (what: Row['what'], who: string, rate = 0) =>
    rows.find((row) => row.what === what && row.who === who && row.rate === rate);
  const check = wall('verify', 'integrity_check')!.wall;
  const pairs = [
    ...RATES.map((rate) => ({
      name: `verified backup, ${rate} writes/s, against seed B and integrity_check`,
      other: wall('back up', 'seed B', rate),
      more: check,
      us: wall('back up', 'ours', rate),
    })),
    ...RATES.map((rate) => ({
      name: `backup, ${rate} writes/s, against Litestream's snapshot, which is not verified`,
      other: wall('back up', 'Litestream', rate),
      more: 0,
      us: wall('back up', 'ours', rate),
    })),
    {
      name: 'verification',
      other: wall('verify', 'integrity_check'),
      more: 0,
      us: wall('verify', 'ours'),
    },
    ...['seed B', 'Litestream', 'Litestream, full check'].map((who) => ({
      name: `restore with proof, against ${who}`,
      other: wall('restore and prove', who),
      more: 0,
      us: wall('restore and prove', 'ours'),
    })),
    {
      name: 'downtime of a recovery, against seed A',
      other: wall('down', 'seed A'),
      more: 0,
      us: wall('down', 'ours'),
    },
  ];
  return pairs.flatMap(({ name, other, more, us }) => {
    if (!other || !us) return [];
    const text = other.ended ? '' : `at least: it had not ended after ${limit} s`;
    return [{ name, value: us.wall, ratio: (other.wall + more) / us.wall, text }];
  });
}

export function textOf({ wall, cpu, ended, bytes, p99 }: Row): string {
  if (!ended) return `not ended after ${wall.toFixed(0)} s`;
  return [
    `${wall.toFixed(1)} s`,
    ...(Number.isNaN(cpu) ? [] : [`CPU ${cpu.toFixed(1)} s`]),
    ...(bytes > 0 ? [`${(bytes / 2 ** 20).toFixed(0)} MiB`] : []),
    ...(p99 === undefined ? [] : [`p99 ${p99.toFixed(0)} ms`]),
  ].join(', ');
}
