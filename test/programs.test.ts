import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS } from '../scripts/build.ts';

test('every process and thread that a module starts from beside itself is a program that the package has', () => {
  const started = globSync('src/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/new URL\(\s*`([\w./-]*\w)\$\{/g)].map(
      ([, name]) => `${join(dirname(file), name!)}.ts`,
    ),
  );

  expect(started).toContain('src/worker-process/job-process.ts');
  expect(started.filter((file) => !PROGRAMS.includes(file))).toEqual([]);
});
