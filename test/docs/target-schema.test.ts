import { globSync, readFileSync } from 'node:fs';
import fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { targetSchema, targetSchemaText } from './target-schema.ts';

type Schema = Record<string, unknown>;

const templates = globSync('targets/*.yaml');

/** What a validator says of a file, by the schema as an editor reads it. Empty: it fits. */
async function faultsOf(content: unknown): Promise<string[]> {
  const app = fastify({
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        allErrors: true,
        strict: false,
        formats: { cidrv4: true, cidrv6: true, starts_with: true },
      },
    },
  });
  app.post('/', async (request) => {
    const fits = request.compileValidationSchema(
      JSON.parse(readFileSync('docs/target.schema.json', 'utf8')),
    );
    const isValid = fits(request.body);
    return isValid
      ? []
      : (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
  const { body } = await app.inject({ method: 'POST', url: '/', payload: content as object });
  await app.close();
  return JSON.parse(body) as string[];
}

describe('docs/target.schema.json', () => {
  test('is what the schema of targets says: else npm run docs', () => {
    expect(JSON.parse(readFileSync('docs/target.schema.json', 'utf8'))).toEqual(
      JSON.parse(targetSchemaText()),
    );
  });

  test('describes every key', () => {
    const silent: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, one] of Object.entries(
        (schema as { properties?: Schema }).properties ?? {},
      )) {
        if (typeof (one as Schema)['description'] !== 'string') silent.push(`${path}.${key}`);
      }
      for (const [key, one] of Object.entries(schema)) walk(one, `${path}/${key}`);
    };

    walk(targetSchema(), '');

    expect(silent).toEqual([]);
  });

  test.each(templates)('fits %s, which names it', async (file) => {
    const text = readFileSync(file, 'utf8');

    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../docs/target.schema.json');
    expect(await faultsOf(parse(text))).toEqual([]);
  });

  test('does not fit a key that is mistyped, a kind that there is not, or a file without an application', async () => {
    const ahgd = parse(readFileSync('targets/ahgd.yaml', 'utf8')) as Schema;
    const { app: _, ...without } = ahgd;

    expect(await faultsOf({ ...ahgd, databse: ahgd['database'] })).not.toEqual([]);
    expect(await faultsOf({ ...ahgd, runtime: { kind: 'compos' } })).not.toEqual([]);
    expect(await faultsOf(without)).not.toEqual([]);
    expect(
      await faultsOf({ ...ahgd, backups: { ...(ahgd['backups'] as Schema), minimun: 2 } }),
    ).not.toEqual([]);
  });
});
