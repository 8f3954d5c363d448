import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  cpSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const REPOSITORY = resolve(import.meta.dirname, '..');

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const stack: {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
} = parse(readFileSync(join(REPOSITORY, 'docker-compose.yml'), 'utf8'), { merge: true });
const services = Object.entries(stack.services);

describe('docker-compose.yml', () => {
  test.for(services)('confines %s, and opens it to this host only', ([, service]) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test.for(services)('gives %s secrets as files, and mounts what is there', ([, service]) => {
    const { environment = {}, secrets = [], volumes = [] } = service;
    for (const [name, value] of Object.entries(environment))
      if (/PASSWORD|SECRET|TOKEN|PWD/.test(name)) {
        expect(name).toMatch(/_FILE$/);
        expect(secrets.map((one) => `/run/secrets/${one}`)).toContain(value);
      }
    for (const secret of secrets) expect(Object.keys(stack.secrets)).toContain(secret);
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      const isThere = from.startsWith('.')
        ? existsSync(join(REPOSITORY, from))
        : Object.hasOwn(stack.volumes, from);
      expect([volume, isThere]).toEqual([volume, true]);
    }
  });

  test('starts nothing before that on which it stands is well, or done', () => {
    const wrong = services.flatMap(([name, { depends_on: needed = {} }]) =>
      Object.entries(needed)
        .filter(([other, { condition }]) => {
          const { restart, healthcheck } = stack.services[other]!;
          return restart === 'on-failure'
            ? condition !== 'service_completed_successfully'
            : condition !== 'service_healthy' || !healthcheck;
        })
        .map(([other]) => `${name} -> ${other}`),
    );

    expect(wrong).toEqual([]);
  });

  test('gets its secrets made, each once, where nobody else can enter', () => {
    const clone = mkdtempSync(join(tmpdir(), 'clone-'));
    mkdirSync(join(clone, 'deploy/compose'), { recursive: true });
    const script = join(clone, 'deploy/compose/make-secrets');
    cpSync(join(REPOSITORY, 'deploy/compose/make-secrets'), script);
    const read = () =>
      readdirSync(join(clone, 'secrets')).map((name) => [
        name,
        readFileSync(join(clone, 'secrets', name), 'utf8'),
      ]);

    execFileSync(script);
    const first = read();
    execFileSync(script);
    const about = (name: string) => statSync(join(clone, name)).mode & 0o777;

    expect(read()).toEqual(first);
    expect(first.map(([name]) => `./secrets/${name}`).toSorted()).toEqual(
      Object.values(stack.secrets)
        .map(({ file }) => file)
        .toSorted(),
    );
    const {
      alertmanager_token: token,
      gateway_tokens: tokens,
      ...others
    } = Object.fromEntries(first);
    expect(tokens).toBe(`alertmanager:${token}`);
    expect(new Set(Object.values(others)).size).toBe(3);
    expect(token).toMatch(/^[0-9a-f]{48}\n$/);
    expect([about('secrets'), about('secrets/gateway_secret')]).toEqual([0o700, 0o444]);
    rmSync(clone, { recursive: true });
  });
});
