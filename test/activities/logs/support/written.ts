import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { generationsOf } from '../../../../src/activities/logs/file/generations.ts';

export interface Written {
  /** Lines that are whole, each counted once. */
  readonly lines: number;
  readonly twice: number;
  readonly torn: number;
}

/** What is in a log and all that was rotated of it, of a writer's numbered lines. */
export function writtenIn(live: string): Written {
  const files = generationsOf(live).toReversed();
  const texts = files.map(({ plain, packed }) =>
    plain ? readFileSync(plain, 'utf8') : gunzipSync(readFileSync(packed!)).toString(),
  );
  if (existsSync(live)) texts.push(readFileSync(live, 'utf8'));
  const seen = new Set<string>();
  let [twice, torn] = [0, 0];
  for (const text of texts) {
    if (text !== '' && !text.endsWith('\n')) torn += 1;
    for (const line of text.split('\n').slice(0, -1)) {
      const number = /^(\d+) x+$/.exec(line)?.[1];
      if (number === undefined || line.length !== 1023) torn += 1;
      else if (seen.has(number)) twice += 1;
      else seen.add(number);
    }
  }
  return { lines: seen.size, twice, torn };
}

/** Lines as a writer makes them, from `first` to before `end`. */
export function fillLog(file: string, first: number, end: number): void {
  const lines = Array.from({ length: end - first }, (_, index) =>
    `${first + index} `.padEnd(1023, 'x'),
  );
  writeFileSync(file, `${lines.join('\n')}\n`, { flag: 'a' });
}
