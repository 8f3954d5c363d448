import { describe } from 'vitest';
import { test } from '../support/run.ts';
import { compareDocument, playEveryRunbook } from './matrix.ts';

const results = playEveryRunbook('all');

describe('docs/fault-matrix.md', () => {
  test('tells what was seen', () => compareDocument(results));
});
