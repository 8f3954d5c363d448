import { z } from 'zod';
import { Sections } from '../../src/config/schema/sections.ts';

/** A key of a target's file: `app.ready.within`, of each log `logs[].file`, of each contact `contacts.*.email`. */
export interface TargetField {
  readonly path: string;
  /** As YAML has it. Missing: there is none, and the key is either needed or stands for something that is not there. */
  readonly default?: string;
}

type Schema = z.core.JSONSchema.BaseSchema;

/** Every key that has a value of its own. One figure for each severity, and the two limits of a metric, are one. */
export function targetFields(): TargetField[] {
  const found = new Map<string, TargetField>();
  walk(z.toJSONSchema(Sections, { io: 'input', unrepresentable: 'any' }), '', found);
  const paths = [...found.keys()];
  return [...found.values()].filter(
    ({ path }) =>
      !paths.some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[`)),
  );
}

function walk(schema: Schema, path: string, found: Map<string, TargetField>): void {
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    walk(one, path, found);
  if (typeof schema.items === 'object') walk(schema.items as Schema, `${path}[]`, found);
  const { additionalProperties: others } = schema;
  if (typeof others === 'object') walk(others, `${path}.*`, found);
  for (const [key, one] of Object.entries(schema.properties ?? {})) {
    if (/^sev[1-4]$/.test(key) && path !== 'severity') continue;
    if (path.startsWith('metrics.')) continue;
    const below = (path === '' ? key : `${path}.${key}`).replace(/^severity\.sev\d/, 'severity.*');
    const { default: standard } = one as Schema;
    const known = found.get(below)?.default;
    const shown = known ?? shownDefault(standard);
    found.set(below, { path: below, ...(shown !== undefined && { default: shown }) });
    walk(one as Schema, below, found);
  }
}

function shownDefault(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${String(one)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
