import { countText } from '../../../config/text/count-text.ts';
import type { LogFile } from '../../../config/schema/logs.ts';
import { openItself } from '../../../os/files/held/open-plain.ts';
import type { Figure } from '../../../figures/figure.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';

/** A's daily check looks at so many. */
const LINES = 100;
const MAX_BYTES = 256 * 1024;

/** What tells an error in a line of each format. A's own `grep -i error` takes "0 errors" for one. */
const errors: Readonly<Record<LogFile['format'], RegExp>> = {
  // The first level of a line is its own: another one belongs to its message.
  python: /^(?:(?!\b(?:DEBUG|INFO|WARNING)\b).)*?\b(?:ERROR|CRITICAL|FATAL)\b/,
  json: /"(?:level|levelname|severity)"\s*:\s*"(?:error|critical|fatal)"/i,
  access: /" 5\d\d /,
  text: /\b(?:error|critical|fatal)\b/i,
};

/** `logs.errors <file>`: among the last 100 lines. `logs.age <file>`: since it was written to. */
export async function logs(sampling: Sampling): Promise<readonly Figure[]> {
  const { logs: files } = sampling.target;
  const each = await Promise.all(files.map((file) => inspect(sampling, file)));
  return each.flat();
}

async function inspect(sampling: Sampling, { file, format }: LogFile): Promise<Figure[]> {
  const [name, age] = [`logs.errors ${file}`, `logs.age ${file}`];
  const tail = await tailOf(file).catch((error: Error) => error);
  if (tail instanceof Error)
    return [
      unknown(sampling, name, 'count', file, tail.message),
      unknown(sampling, age, 'seconds', file, tail.message),
    ];
  const { lines, changedAt } = tail;
  const value = lines.filter((line) => errors[format].test(line)).length;
  const seconds = Math.max(0, (Date.now() - changedAt) / 1000);
  const note = `${countText(value, 'error')} in the last ${countText(lines.length, 'line')}`;
  return [
    measured(
      sampling,
      name,
      { value, unit: 'count', source: file, note },
      limitsOf(sampling.target, 'errorsInLog'),
    ),
    measured(sampling, age, {
      value: seconds,
      unit: 'seconds',
      source: file,
      note: `Written to ${Math.round(seconds)} s ago`,
    }),
  ];
}

/** The file is in the application's hands: no link is followed, nothing is waited for, and no more than its end is read. */
async function tailOf(file: string): Promise<{ lines: string[]; changedAt: number }> {
  await using handle = await openItself(file).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new Error(
      code === 'ENOENT'
        ? 'The log is missing'
        : code === 'ELOOP'
          ? 'The log is a symbolic link, which is not followed'
          : code === undefined
            ? message
            : `The log cannot be read (${code})`,
    );
  });
  const stat = await handle.stat();
  if (!stat.isFile()) throw new Error('The log is no file');
  const length = Math.min(stat.size, MAX_BYTES);
  const { buffer, bytesRead } = await handle.read(
    Buffer.alloc(length),
    0,
    length,
    stat.size - length,
  );
  const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
  // What follows the last line end is no line yet, and what comes before the first is cut.
  if (lines.at(-1) === '') lines.pop();
  return { lines: lines.slice(-LINES), changedAt: stat.mtimeMs };
}
