import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

const KINDS = ['INFO', 'ERROR', 'traceback', 'WARNING', 'INFO', 'ERROR in INFO'] as const;

/** What is in a log by the one who wrote it. */
interface Expected {
  errors: number;
  warnings: number;
  /** Errors that came with an exception. */
  exceptions: number;
}

/** Writes a log as Python does, rotates it in every way, and knows what was written. */
export function openWrittenLog(file: string, random: () => number) {
  const expected: Expected = { errors: 0, warnings: 0, exceptions: 0 };
  let half = '';
  let rotations = 0;

  return {
    expected,

    /** So many entries. With `torn`, the last line is not whole until more is written. */
    write(count: number, torn = false): void {
      const text = half + Array.from({ length: count }, entry).join('');
      const cut = torn ? Math.max(1, text.length - 12) : text.length;
      half = text.slice(cut);
      appendFileSync(file, text.slice(0, cut));
    },

    rotate(kind: (typeof ROTATIONS)[number]): void {
      if (!existsSync(file) || statSync(file).size === 0) return;
      rotations += 1;
      // A line is written by one write: a rotation tears none.
      appendFileSync(file, half);
      half = '';
      const stamp = `20260105_${String(rotations).padStart(6, '0')}`;
      if (kind === 'ours') renameSync(file, `${file}.${stamp}`);
      else if (kind === 'packed') {
        renameSync(file, `${file}.${stamp}`);
        execFileSync('gzip', [`${file}.${stamp}`]);
      } else if (kind === 'zstd') {
        shift();
        execFileSync('zstd', ['-q', '--rm', `${file}.1`]);
      } else if (kind === 'numbered') shift();
      else if (kind === 'recreated') {
        // Another inode takes the old name at once, and the old inode comes back for the next file.
        shift();
        writeFileSync(file, '');
      } else {
        shiftOthers();
        copyFileSync(file, `${file}.1`);
        truncateSync(file, 0);
      }
    },
  };

  function shift(): void {
    shiftOthers();
    renameSync(file, `${file}.1`);
  }

  function shiftOthers(): void {
    for (let number = 30; number >= 1; number -= 1)
      for (const ending of ['', '.zst'])
        if (existsSync(`${file}.${number}${ending}`))
          renameSync(`${file}.${number}${ending}`, `${file}.${number + 1}${ending}`);
  }

  function entry(): string {
    const stamp = new Date(Date.now() - 60_000)
      .toISOString()
      .replace('T', ' ')
      .replace('.', ',')
      .slice(0, 23);
    const kind = KINDS[Math.floor(random() * KINDS.length)]!;
    const number = Math.floor(random() * 1e9);
    if (kind === 'WARNING') {
      expected.warnings += 1;
      return `${stamp} - app.data - WARNING - Slow ${number}\n`;
    }
    if (kind === 'ERROR' || kind === 'traceback') {
      expected.errors += 1;
      const line = `${stamp} - app.data - ERROR - Query ${number} failed\n`;
      if (kind === 'ERROR') return line;
      expected.exceptions += 1;
      return `${line}Traceback (most recent call last):\n  File "a.py", line ${number}, in load\n    raise ValueError(x)\nValueError: ERROR ${number}\n`;
    }
    const text =
      kind === 'INFO' ? `Loaded ${number}` : `ERROR and WARNING are only words ${number}`;
    return `${stamp} - app.data - INFO - ${text}\n`;
  }
}

export const ROTATIONS = [
  'ours',
  'packed',
  'zstd',
  'numbered',
  'recreated',
  'copytruncate',
] as const;

/** The same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
