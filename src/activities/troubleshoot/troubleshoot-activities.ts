import type { Target } from '../../config/schema/target.ts';
import { type ExportKind, type ExportTried, tryExport } from './exports/try-export.ts';
import { slowStatements, type SlowStatements } from './slow-statements.ts';
import { type Ways, ways } from './ways.ts';

/** What only the troubleshooting runbooks look at. Everything here only reads. */
export function troubleshootActivities(target: Target) {
  return {
    /** What the application logs as slow, without the values that it was asked with. */
    async slowStatements(): Promise<SlowStatements> {
      return slowStatements(target);
    },

    /** Makes a CSV, a PDF or a PNG with the application's own Python, and throws it away. */
    async tryExport(kind: ExportKind): Promise<ExportTried> {
      return tryExport(target, kind);
    },

    /** The proxy, the network and the cache. */
    async ways(): Promise<Ways> {
      return ways(target);
    },
  };
}
