import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { environment, expectSettings } from '../../src/config/environment.ts';
import { answerLink } from '../../src/notify/channels/links.ts';
import { runbook } from '../cli/support/runbook.ts';

describe('a secret of ours in a file', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    file = join(directory, 'secret');
    vi.stubEnv('RUNBOOK_GATEWAY_SECRET_FILE', file);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  test('is read each time, without what ends its line', () => {
    writeFileSync(file, 'a secret of sixteen\n');
    const first = environment().gatewaySecret;
    writeFileSync(file, 'another one of sixteen');

    expect([first, environment().gatewaySecret]).toEqual([
      'a secret of sixteen',
      'another one of sixteen',
    ]);
    expect(expectSettings).not.toThrow();
  });

  test.for([
    [
      'is there besides the variable',
      'x',
      'RUNBOOK_GATEWAY_SECRET and RUNBOOK_GATEWAY_SECRET_FILE are both set',
    ],
    ['is not there', undefined, 'Cannot read RUNBOOK_GATEWAY_SECRET_FILE: "FILE" is not there'],
    ['is empty', ' \n', 'Cannot read RUNBOOK_GATEWAY_SECRET_FILE: "FILE" is empty'],
  ] as const)('that %s is told to who starts', ([how, content, message]) => {
    if (content !== undefined) writeFileSync(file, content);
    if (how.startsWith('is there')) vi.stubEnv('RUNBOOK_GATEWAY_SECRET', 'x');

    expect(expectSettings).toThrow(message.replace('FILE"', `${file}"`));
  });

  test('that is gone takes the links from a message, and keeps nobody from being told', () => {
    vi.stubEnv('RUNBOOK_GATEWAY_URL', 'https://ops.example.com');
    const at = '2026-01-05T02:00:00.000Z';
    const question = {
      run: 'daily-backup/shop/20260105_020000',
      until: '2026-01-05T03:00:00.000Z',
    };
    const page = { question, at } as Parameters<typeof answerLink>[0];
    writeFileSync(file, 'a secret of sixteen\n');
    const before = answerLink(page, 'ana');
    rmSync(file);

    expect(before).toMatch(/^https:\/\/ops\.example\.com\/answer\/./);
    expect(answerLink(page, 'ana')).toBeUndefined();
  });

  test('that cannot be read ends a worker, a gateway and dev before anything is started', async () => {
    const env = { RUNBOOK_GATEWAY_SECRET_FILE: file };
    for (const verb of [['worker'], ['gateway'], ['dev']]) {
      const { exitCode, stderr } = await runbook(verb, env);
      expect([exitCode, stderr.split('\n')[0]]).toEqual([
        2,
        `Error: Cannot read RUNBOOK_GATEWAY_SECRET_FILE: "${file}" is not there`,
      ]);
    }
  });
});
