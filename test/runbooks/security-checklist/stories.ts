import type { Story } from '../../replay/story.ts';

export const stories: readonly Story[] = [{ ending: 'done' }];
