import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { blankInCompose } from '../../../src/activities/lifecycle/checklist/blank-in-compose.ts';
import type { ComposeRuntime } from '../../../src/config/schema/runtime.ts';
import { withhold } from '../../../src/os/process/inherited-environment.ts';
import { test } from '../../support/target.ts';
import { line } from './support/checklist.ts';

const runtime = {
  kind: 'compose',
  service: 'app',
  stopGrace: '10s',
  environment: [],
  profiles: [],
} satisfies ComposeRuntime;
const withFile = (directory: string, text: string) =>
  writeFileSync(join(directory, 'docker-compose.yml'), `services:\n  app:\n    image: x\n${text}`);

beforeEach(() => {
  for (const name of ['SMTP_PASSWORD', 'CACHE_URL', 'TEMPORAL_API_KEY', 'PLAIN'])
    vi.stubEnv(name, 'canary-4711');
  withhold(['SMTP_PASSWORD', 'CACHE_URL', 'NOT_SET']);
});

afterEach(() => {
  withhold([]);
  vi.unstubAllEnvs();
});

describe('blankInCompose', () => {
  test.for([
    ['${SMTP_PASSWORD}', '    command: run ${SMTP_PASSWORD}', ['SMTP_PASSWORD']],
    ['$NAME', '    command: run $CACHE_URL', ['CACHE_URL']],
    ['a demand', '    command: "${SMTP_PASSWORD:?needed}"', ['SMTP_PASSWORD']],
    ['an empty default', '    command: ${SMTP_PASSWORD:-}', ['SMTP_PASSWORD']],
    ['a default', '    command: ${SMTP_PASSWORD:-none}', []],
    ['a name in a list', '    environment:\n      - SMTP_PASSWORD', ['SMTP_PASSWORD']],
    ['a name without a value', '    environment:\n      SMTP_PASSWORD:', ['SMTP_PASSWORD']],
    ['what is meant for us', '    command: $TEMPORAL_API_KEY', ['TEMPORAL_API_KEY']],
    ['what it does inherit', '    command: $PLAIN ${PLAIN}', []],
    ['what nobody has set', '    command: $NOT_SET', []],
    ['a dollar of its own', '    command: $$SMTP_PASSWORD', []],
    ['a comment', '    # $SMTP_PASSWORD', []],
  ] as const)('tells %s', ([, text, names], { directory }) => {
    withFile(directory, text);

    expect(blankInCompose(directory, runtime)).toEqual(names);
  });

  test('is content when an environment file gives the value', ({ directory }) => {
    withFile(directory, '    command: $SMTP_PASSWORD');
    writeFileSync(join(directory, '.env'), 'SMTP_PASSWORD=its own\n');

    expect(blankInCompose(directory, runtime)).toEqual([]);
  });
});

describe('the startup checklist', () => {
  test('names what would be empty in a new container, never its value, and keeps nothing from starting', async ({
    target,
    directory,
  }) => {
    withFile(directory, '    command: $SMTP_PASSWORD');

    const found = await line({ ...target, directory, runtime }, 'Environment variables');

    expect(found).toMatchObject({ state: 'unknown' });
    expect(found.finding).toBe(
      'SMTP_PASSWORD is a secret of this worker, and empty in a container that it makes: where the application needs it, write it into .env',
    );
  });
});
