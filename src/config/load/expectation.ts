import type { z } from 'zod';
import type { KeyPath } from './target-file.ts';

/** What a value must be, for what the schema says only in its own terms. */
export function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value')
    return `Expected ${issue.values.map((value) => `"${String(value)}"`).join(' or ')}`;
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.message;
  if (issue.code === 'invalid_format') return FORMATS[issue.format] ?? issue.message;
  return issue.message;
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'Expected a list',
  boolean: 'Expected true or false',
  int: 'Expected a whole number',
  number: 'Expected a number',
  object: 'Expected keys and values',
  record: 'Expected keys and values',
};

const FORMATS: Readonly<Record<string, string>> = {
  url: 'Expected a URL, such as "http://localhost:8501"',
  email: 'Expected an e-mail address, such as "ops@example.com"',
  date: 'Expected a date, such as "2026-12-25"',
  datetime: 'Expected a time, such as "2026-01-04T09:00:00Z"',
};

/** A secret that someone wrote into the file must not be repeated on a terminal or in a log. */
export function isQuotable(path: KeyPath, value: unknown): boolean {
  return (
    typeof value !== 'object' &&
    !path.some((key) => ['channels', 'environment', 'cache'].includes(String(key)))
  );
}
