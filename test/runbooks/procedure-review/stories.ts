import { Procedures } from '../../../src/config/schema/oversight/procedures.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';

export const stories: readonly Story[] = [
  {
    ending: 'done',
    prepare: (target: Target) => {
      target.contacts = { operations: { members: ['ops-1'] } };
      target.procedures = Procedures.parse({ owner: 'operations', reviewed: '2026-06-18' });
    },
  },
];
