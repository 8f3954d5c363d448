import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt } from '../../replay/strikes.ts';
import { giveSecret, NAME } from './with-secret.ts';

const approved = {
  input: { secret: NAME },
  approve: ['generate'],
  prepare: (target) => giveSecret(target),
} satisfies Partial<Story>;

export const stories: readonly Story[] = [
  { ...approved, ending: 'done' },
  { ...approved, ending: 'undone', strike: failing('secrets.expectAccepted') },
  { ...approved, ending: 'stopped', strike: stoppingAt('secrets.expectAccepted') },
  {
    ...approved,
    ending: 'left',
    strike: failing('secrets.expectAccepted', 'secrets.forget'),
  },
];
