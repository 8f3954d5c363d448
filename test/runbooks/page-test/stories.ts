import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';

export const stories: readonly Story[] = [
  {
    ending: 'done',
    prepare: (target: SqliteTarget) =>
      void (target.contacts = { operations: { members: ['ops-1'] } }),
  },
];
