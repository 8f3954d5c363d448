import { comparePages, playRunbooks } from './matrix.ts';

comparePages(await playRunbooks());
