import { adoptBackup } from './backup/adopt-backup.ts';
import { dailyBackup } from './backup/daily-backup.ts';
import { pruneBackups } from './backup/prune-backups.ts';
import { restoreDrill } from './backup/restore-drill.ts';
import { sendOffsite } from './backup/send-offsite.ts';
import { weeklyBackup } from './backup/weekly-backup.ts';
import { healthCheck } from './health/health-check.ts';
import { logReview } from './health/log-review.ts';
import { performanceCheck } from './health/performance-check.ts';
import { performanceReport } from './health/performance-report.ts';
import { applicationDown } from './incident/application-down.ts';
import { contain } from './incident/contain.ts';
import { databaseIssue } from './incident/database-issue.ts';
import { liftContainment } from './incident/lift-containment.ts';
import { pageTest } from './incident/page-test.ts';
import { performanceDegraded } from './incident/performance-degraded.ts';
import { rebuildApplication } from './lifecycle/rebuild-application.ts';
import { restartApplication } from './lifecycle/restart-application.ts';
import { scaleApplication } from './lifecycle/scale-application.ts';
import { startApplication } from './lifecycle/start-application.ts';
import { stopApplication } from './lifecycle/stop-application.ts';
import { automation } from './maintenance/automation.ts';
import { databaseMaintenance } from './maintenance/database-maintenance.ts';
import { logRotation } from './maintenance/log-rotation.ts';
import { maintenanceWindow } from './maintenance/maintenance-window.ts';
import { migrateToPostgres } from './maintenance/migrate-to-postgres.ts';
import { procedureReview } from './maintenance/procedure-review.ts';
import type { Page } from './page.ts';
import { databaseRecovery } from './recovery/database-recovery.ts';
import { repair } from './recovery/repair.ts';
import { rollback } from './recovery/rollback.ts';
import { systemRecovery } from './recovery/system-recovery.ts';
import { rotateSecrets } from './security/rotate-secrets.ts';
import { securityUpdates } from './security/security-updates.ts';
import { securityChecklist } from './security/security-checklist.ts';
import { securityIncident } from './security/security-incident.ts';
import { securityMonitoring } from './security/security-monitoring.ts';
import { applicationNotStarting } from './troubleshooting/application-not-starting.ts';
import { databaseLocked } from './troubleshooting/database-locked.ts';
import { exportFailures } from './troubleshooting/export-failures.ts';
import { highMemory } from './troubleshooting/high-memory.ts';
import { slowDashboard } from './troubleshooting/slow-dashboard.ts';
import { slowPerformance } from './troubleshooting/slow-performance.ts';

/** What is typed by hand for each runbook, by its name. */
export const pages: Readonly<Record<string, Page>> = {
  'adopt-backup': adoptBackup,
  'application-down': applicationDown,
  'application-not-starting': applicationNotStarting,
  automation,
  contain,
  'daily-backup': dailyBackup,
  'database-issue': databaseIssue,
  'database-locked': databaseLocked,
  'database-maintenance': databaseMaintenance,
  'database-recovery': databaseRecovery,
  'export-failures': exportFailures,
  'health-check': healthCheck,
  'high-memory': highMemory,
  'lift-containment': liftContainment,
  'log-review': logReview,
  'log-rotation': logRotation,
  'maintenance-window': maintenanceWindow,
  'migrate-to-postgres': migrateToPostgres,
  'page-test': pageTest,
  'performance-check': performanceCheck,
  'performance-degraded': performanceDegraded,
  'performance-report': performanceReport,
  'procedure-review': procedureReview,
  'prune-backups': pruneBackups,
  'rebuild-application': rebuildApplication,
  repair,
  'restart-application': restartApplication,
  'restore-drill': restoreDrill,
  rollback,
  'rotate-secrets': rotateSecrets,
  'scale-application': scaleApplication,
  'security-updates': securityUpdates,
  'security-checklist': securityChecklist,
  'security-incident': securityIncident,
  'security-monitoring': securityMonitoring,
  'send-offsite': sendOffsite,
  'slow-dashboard': slowDashboard,
  'slow-performance': slowPerformance,
  'start-application': startApplication,
  'stop-application': stopApplication,
  'system-recovery': systemRecovery,
  'weekly-backup': weeklyBackup,
};
