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
    contacts: { operations: { members: ['ops-1'], email: 'ops@example.com' } },
    channels: {
      email: { kind: 'smtp', url: 'env:NOT_SET_AT_ALL' },
      pager: { kind: 'webhook', url: 'env:PAGER', rings: true },
    },
  });
  writeFileSync(join(targets, 'shop.yaml'), stringify(target));
});
afterAll(() => {
  service.close();
  rmSync(targets, { recursive: true });
});

const type = (...args: string[]) =>
  runbook(['notify', 'test', ...args], {
    RUNBOOK_TARGETS: targets,
    PAGER: `http://${host}/s3cret`,
  });

describe('runbook notify test', () => {
  test.concurrent('--urgent tells what each channel answered, and ends with 0 when one took it', async () => {
    const { exitCode, stdout, stderr } = await type('--to', 'operations', '--urgent');

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      'FAILED     email    Cannot read the secret "env:NOT_SET_AT_ALL": it is not set',
      `delivered  pager    HTTP 200 from ${host}`,
    ]);
    expect(heard).toEqual(['/s3cret']);
  });

  test.concurrent('rings nowhere, and ends with 1 when nobody was told', async () => {
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
});
