/** The catalogue. An export's name is the file's, the CLI's word, and Temporal's workflow type. */
export { adoptBackup as 'adopt-backup' } from './backup/adopt-backup.ts';
export { dailyBackup as 'daily-backup' } from './backup/daily-backup.ts';
export { pruneBackups as 'prune-backups' } from './backup/prune-backups.ts';
export { restoreDrill as 'restore-drill' } from './backup/restore-drill.ts';
export { databaseMaintenance as 'database-maintenance' } from './maintenance/database-maintenance.ts';
export { databaseRecovery as 'database-recovery' } from './recovery/database-recovery.ts';
export { systemRecovery as 'system-recovery' } from './recovery/system-recovery.ts';
export { applicationDown as 'application-down' } from './incident/application-down.ts';
export { databaseIssue as 'database-issue' } from './incident/database-issue.ts';
export { performanceDegraded as 'performance-degraded' } from './incident/performance-degraded.ts';
export { automation } from './maintenance/automation.ts';
export { logRotation as 'log-rotation' } from './maintenance/log-rotation.ts';
export { maintenanceWindow as 'maintenance-window' } from './maintenance/maintenance-window.ts';
export { repair } from './recovery/repair.ts';
export { weeklyBackup as 'weekly-backup' } from './backup/weekly-backup.ts';
export { databaseLocked as 'database-locked' } from './troubleshooting/database-locked.ts';
