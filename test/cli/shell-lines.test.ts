import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { execa, execaSync } from 'execa';
import { describe, expect } from 'vitest';
import { feed } from '../../src/cli/verbs/target/db/shell/feed.ts';
import { refusalOf } from '../../src/cli/verbs/target/db/shell/refusal-of.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { test } from '../support/target.ts';

const hasProgram = findOnPath('sqlite3') !== undefined;

describe('refusalOf', () => {
  test.each([
    'select 1;',
    '',
    '  -- .trace of nothing',
    "insert into t values ('x",
    '.tables',
    '. schema t',
    '.mode csv',
    ' .quit',
    '.dump t',
    '# .trace x',
  ])('lets %j through', (line) => {
    expect(refusalOf(line)).toBeUndefined();
  });

  test.each([
    '.trace x',
    '. trace x',
    '\t.trace x',
    '.tr x',
    '."trace" x',
    String.raw`."\164race" x`,
    '.tables\0',
    '.output x',
    '.once -x',
    '.read x',
    '.open x',
    '.',
    '.shell id',
    '.testcase x',
    '.echo on',
    '.neverknown',
    'create virtual table temp.z using ZIPFILE(x)',
    'using "zipfile"(x)',
    '\0.trace x',
  ])('keeps %j from the program', (line) => {
    expect(refusalOf(line)).toMatch(/^Cannot use /);
  });
});

describe('feed', () => {
  test('gives all other lines as they are, wherever chunks end', async () => {
    const sent = "select 'ä\u2028\r\n.not-a-command';\n\n.trace x\nselect 2;\r\n.tra";
    const bytes = Buffer.concat([Buffer.from(sent), Buffer.from('ce y\nselect \xff', 'latin1')]);
    const to = new PassThrough();
    const refused: string[] = [];

    await feed(Readable.from([...bytes].map((byte) => Buffer.from([byte]))), to, (why) =>
      refused.push(why),
    );

    expect(refused).toHaveLength(3);
    const got = Buffer.concat(await to.toArray()).toString('latin1');
    expect(got).toBe(
      Buffer.from("select 'ä\u2028\r\n\nselect 2;\r\n").toString('latin1') + 'select \xff',
    );
  });

  test.skipIf(!hasProgram)(
    'leaves no command of the program that writes a file',
    async ({ target, directory }) => {
      const room = join(directory, 'room');
      mkdirSync(room);
      writeFileSync(join(room, 'victim'), 'precious');
      const help = execaSync('sqlite3', [':memory:', '.help -all'], { reject: false }).stdout;
      const commands = [...help.matchAll(/^\.(\w+)/gm)].map(([, name]) => name!);
      const ends = new Set(['bail', 'exit', 'quit']);
      const lines = [...commands, 'iotrace', 'testcase', 'excel', 'www', 'dbtotxt', 'scratch']
        .filter((name) => !ends.has(name))
        .flatMap((name) =>
          ['victim', '"|touch made"', '>victim', 'on', '-x', 'main victim', '--all victim'].map(
            (of) => `.${name} ${of}`,
          ),
        );
      const hostile = [
        "create virtual table temp.z using zipfile('victim');",
        "insert into z (name, data) values ('x', 'y');",
        '.\0\ntrace victim\n\0\n.trace victim',
        '.print x\0\n.trace victim',
      ];
      const child = execa('sqlite3', ['-safe', '-readonly', target.database.file], {
        cwd: room,
        reject: false,
      });

      const text = [...lines, ...hostile, ';', '.print it goes on', ''].join('\n');
      await feed(Readable.from([Buffer.from(text)]), child.stdin, () => {});

      const { stdout } = await child;
      expect(commands.length).toBeGreaterThan(40);
      expect(stdout).toContain('it goes on');
      expect(readdirSync(room)).toEqual(['victim']);
      expect(readFileSync(join(room, 'victim'), 'utf8')).toBe('precious');
    },
  );
});
