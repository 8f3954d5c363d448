import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { judge } from '../parts/judge-figures.ts';
import { lookAtSecurity as look } from '../parts/security/look-at-security.ts';

/**
 * It reads, and changes nothing. What nobody can know, such as failed logins where no log records any, is unknown and never none. A
 * critical finding opens an incident of kind "security", which the next good run closes.
 */
export const securityMonitoring = defineRunbook({
  name: 'security-monitoring',
  title: 'Security monitoring',
  purpose:
    'See failed logins, suspicious lines, loose permissions, security updates that wait, and ports and configuration that are new',
  family: 'security',
  severity: 'sev2',
  kind: 'reads',
  expected: '10m',
  lateness: '20h',

  input: z.object({}),

  plan: {
    logins: 'Check for failed login attempts',
    suspicious: 'Check for suspicious activity',
    permissions: 'Check critical file permissions',
    updates: 'Check for security updates',
    changes: 'Compare ports and configuration with the last run',
    verdict: 'Judge the whole',
  },

  async run({ step, asked }) {
    const logins = await look(step.logins, (security) => security.logins());
    const suspicious = await look(step.suspicious, (security) => security.suspicious());
    const permissions = await look(step.permissions, (security) => security.permissions());
    const updates = await look(step.updates, (security) => security.updates());
    const changes = await look(step.changes, (security) => security.changes());

    const all = [logins, suspicious, permissions, updates, changes];
    const verdict = await judge(
      step.verdict,
      all.flatMap(({ figures }) => figures),
      asked,
    );
    return {
      ...verdict,
      failedLogins: logins.sources,
      suspicious: suspicious.counts,
      securityUpdates: updates.security,
      opened: changes.opened,
      changed: changes.changed,
    };
  },
});
