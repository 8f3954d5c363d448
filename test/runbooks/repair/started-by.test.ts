import { describe } from 'vitest';
import { cleansUpAfter } from './started-by.ts';

describe('whoever started it', () => {
  cleansUpAfter('an incident', 'repair');
});
