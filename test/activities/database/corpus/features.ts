import { contentFeatures } from './content-features.ts';
import { foreignFeatures } from './foreign-features.ts';
import type { Feature } from './make-database.ts';
import { schemaFeatures } from './schema-features.ts';

/** Every kind of database that is tried. */
export const features: Readonly<Record<string, Feature>> = {
  ...contentFeatures,
  ...schemaFeatures,
  ...foreignFeatures,
};
