import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { targetIn } from '../support/target.ts';
import { runbook } from './support/runbook.ts';

let targets: string;
let service: Server;
let host: string;
const heard: string[] = [];

beforeAll(async () => {
  service = createServer((request, response) => {
    heard.push(request.url!);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  host = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  targets = mkdtempSync(join(tmpdir(), 'notify-'));
  const target = targetIn(targets, {
    name: 'shop',
    contacts: {
      operations: { members: ['ops-1'], email: 'ops@example.com' },
      development: {
        members: ['ann', 'ben'],
        rotation: { every: '7d', since: '2026-01-04T05:00:00Z' },
        overrides: [{ from: '2026-01-06T05:00:00Z', until: '2026-01-08T05:00:00Z', member: 'dan' }],
      },
    },
    channels: {
      email: { kind: 'smtp', url: 'env:NOT_SET_AT_ALL' },
      pager: { kind: 'webhook', url: 'env:PAGER', rings: true },
      watch: { kind: 'healthchecks', url: 'env:CHECK', for: ['development'] },
    },
  });
  writeFileSync(join(targets, 'shop.yaml'), stringify(target));
});
afterAll(() => {
  service.close();
  rmSync(targets, { recursive: true });
});

const notify = (...args: string[]) =>
  runbook(['notify', ...args], {
    RUNBOOK_TARGETS: targets,
    PAGER: `http://${host}/s3cret`,
    CHECK: `http://${host}/check`,
  });
const type = (...args: string[]) => notify('test', ...args);

describe('runbook notify test', () => {
  test.concurrent('--urgent tells what each channel answered, and ends with 0 when one took it', async () => {
    const { exitCode, stdout, stderr } = await type('--to', 'operations', '--urgent');

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      'FAILED     email    Cannot read the secret "env:NOT_SET_AT_ALL": it is not set',
      `delivered  pager    HTTP 200 from ${host}`,
    ]);
    expect(heard.filter((path) => path === '/s3cret')).toHaveLength(1);
  });

  test.concurrent('rings nowhere, and ends with 1 when nobody was notified', async () => {
    const { exitCode, stdout } = await type('--to', 'operations', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      {
        channel: 'email',
        delivered: false,
        detail: 'Cannot read the secret "env:NOT_SET_AT_ALL": it is not set',
      },
    ]);
  });

  test.concurrent('asks who was meant by a contact that is not there', async () => {
    const { exitCode, stdout, stderr } = await type('--to', 'operation');

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Error: Cannot find contact "operation": did you mean "operations"?');
  });

  test.concurrent('has a check outside write it down, and raise no alarm', async () => {
    const { exitCode, stdout } = await type('--to', 'development');

    // That it has written it down notifies nobody.
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`^delivered  watch  (ann|ben)  HTTP 200 from ${host}$`));
    expect(heard.filter((path) => path.startsWith('/check'))).toEqual(['/check/log']);
  });
});

describe('runbook notify on-call', () => {
  const at = (time: string, ...more: string[]) => notify('on-call', '--at', time, ...more);

  test.concurrent('tells who is on call, by what, and until when', async () => {
    const { exitCode, stdout, stderr } = await at('2026-01-05T00:00:00+03:00');

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      'CONTACT      ON CALL  BY',
      'operations   ops-1    no rotation',
      'development  ann      turn  until 2026-01-06 05:00:00 UTC',
    ]);
  });

  test.concurrent('--json tells it to programs', async () => {
    const { stdout } = await at('2026-01-07T00:00:00Z', '--json');

    expect(JSON.parse(stdout)).toEqual([
      { contact: 'operations', members: ['ops-1'] },
      {
        contact: 'development',
        members: ['ann', 'ben'],
        member: 'dan',
        by: 'override',
        until: '2026-01-08T05:00:00.000Z',
      },
    ]);
  });

  test.concurrent('refuses a time whose zone nobody knows', async () => {
    const { exitCode, stdout, stderr } = await at('2026-01-07T00:00:00');

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Error: Cannot read --at "2026-01-07T00:00:00": Expected a time with');
  });
});
