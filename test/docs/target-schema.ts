import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Sections } from '../../src/config/schema/sections.ts';

type Schema = z.core.JSONSchema.BaseSchema & { properties?: Record<string, Schema> };

/** Of each key of docs/target-fields.md: what its last column says, without the marks of Markdown. */
function fieldTexts(page: string): ReadonlyMap<string, string> {
  const rows = page.matchAll(/^\| `([^`]+)`\s*\|[^|]*\|\s*(.+?)\s*\|$/gm);
  return new Map(
    [...rows].map(([, path, text]) => [path!, text!.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')]),
  );
}

/**
 * What editors show of a target's file, and complete in it: JSON Schema, draft 7, from the schema that reads it, each key with what
 * docs/target-fields.md says. Of a file that `extends` another only the names of its sections are judged: it may leave out what that has,
 * and take it away by a value that is empty.
 */
export function targetSchema(): Schema {
  const texts = fieldTexts(readFileSync('docs/target-fields.md', 'utf8'));
  const options = { io: 'input', unrepresentable: 'any', target: 'draft-7' } as const;
  const { $schema, ...strict } = z.toJSONSchema(Sections, options) as Schema;
  describe(strict, '', texts);
  const sections = Object.entries(strict.properties ?? {}).map(
    ([key, { description = '' }]) => [key, { description }] as const,
  );
  return {
    ...($schema !== undefined && { $schema }),
    title: 'A target of Durable Runbooks',
    type: 'object',
    if: { required: ['extends'] },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    then: {
      additionalProperties: false,
      properties: {
        extends: {
          type: 'string',
          description: 'the target from which all is taken that is not said here',
        },
        ...Object.fromEntries(sections),
      },
    },
    else: strict,
  };
}

function describe(schema: Schema, path: string, texts: ReadonlyMap<string, string>): void {
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    describe(one as Schema, path, texts);
  if (typeof schema.items === 'object') describe(schema.items as Schema, `${path}[]`, texts);
  const { additionalProperties: others } = schema;
  if (typeof others === 'object') describe(others as Schema, `${path}.*`, texts);
  for (const [key, one] of Object.entries(schema.properties ?? {})) {
    const below = path === '' ? key : `${path}.${key}`;
    const text = textOf(below, texts) ?? keysOf(one);
    if (text !== undefined && one.description === undefined) one.description = text;
    describe(one, below, texts);
  }
}

/** Severities and the two limits of a metric have one line for all. */
function textOf(path: string, texts: ReadonlyMap<string, string>): string | undefined {
  const known = [
    path,
    path.replace(/^severity\.sev\d/, 'severity.*'),
    path.replace(/\.sev[1-4]$/, ''),
    path.replace(/\.sev[1-4]\..*$/, ''),
    path.replace(/\.(?:warning|critical)$/, ''),
  ];
  return known.map((one) => texts.get(one)).find((text) => text !== undefined);
}

function keysOf(schema: Schema): string | undefined {
  const all = (one: Schema): string[] => [
    ...Object.keys(one.properties ?? {}),
    ...[...(one.anyOf ?? []), ...(one.oneOf ?? []), ...(one.allOf ?? [])].flatMap((part) =>
      all(part as Schema),
    ),
    ...(typeof one.items === 'object' ? all(one.items as Schema) : []),
    ...(typeof one.additionalProperties === 'object'
      ? all(one.additionalProperties as Schema)
      : []),
  ];
  const keys = [...new Set(all(schema))];
  return keys.length > 0 ? `has ${keys.join(', ')}` : undefined;
}

/** As it lies in docs/. */
export function targetSchemaText(): string {
  return `${JSON.stringify(targetSchema(), undefined, 2)}\n`;
}
