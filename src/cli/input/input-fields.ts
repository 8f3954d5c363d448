import { z } from 'zod';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';

export interface InputField {
  /** As in the runbook's input. */
  readonly key: string;
  /** As commander writes it: `--backup <backup>`. */
  readonly flag: string;
  readonly description: string;
  readonly required: boolean;
  readonly choices?: string[];
  /** What the target has to choose from, such as `backups`. */
  readonly lists?: string;
}

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: string[];
  readonly lists?: string;
}

/** The command line's flags for a runbook: one a key of its input. */
export function inputFields({ input }: RunbookFacts): InputField[] {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input' });
  return Object.entries(properties as Record<string, Property>).map(([key, property]) => {
    const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return {
      key,
      flag: property.type === 'boolean' ? `--${name}` : `--${name} <${name}>`,
      description: property.description ?? '',
      required: required.includes(key),
      ...(property.enum && { choices: property.enum }),
      ...(property.lists && { lists: property.lists }),
    };
  });
}
