/** The catalogue. An export's name is the file's, the CLI's word, and Temporal's workflow type. */
export { dailyBackup as 'daily-backup' } from './backup/daily-backup.ts';
export { databaseRecovery as 'database-recovery' } from './recovery/database-recovery.ts';
export { repair } from './recovery/repair.ts';
