import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { refusalOf } from './refusal-of.ts';

/** In bytes: SQLite takes no longer statement. */
const LONGEST = 1_000_000_000;

/** Gives lines that are no terminal's to the sqlite3 program, as they are, byte for byte. */
export async function feed(
  from: AsyncIterable<Buffer>,
  to: Writable,
  refuse: (why: string) => void,
): Promise<void> {
  for await (const line of linesOf(from)) {
    if (!to.writable) break;
    const why = refusalOf(line);
    if (why === undefined) {
      if (!to.write(Buffer.from(line, 'latin1')))
        await Promise.race([once(to, 'drain'), once(to, 'close')]);
      continue;
    }
    refuse(why);
  }
  to.end();
}

/** With their ends. One letter is one byte. */
async function* linesOf(from: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of from) {
    const text = chunk.toString('latin1');
    let begin = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
      yield [...parts, text.slice(begin, end + 1)].join('');
      parts = [];
      length = 0;
      begin = end + 1;
    }
    parts.push(text.slice(begin));
    length += text.length - begin;
    if (length > LONGEST) throw new RangeError('A line is longer than SQLite takes');
  }
  if (length > 0) yield parts.join('');
}
