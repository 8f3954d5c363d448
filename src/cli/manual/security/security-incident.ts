import { join, resolve } from 'node:path';
import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** A block without an end is forgotten, and cuts off somebody else a year later. */
export const securityIncident: Page = {
  parts: ({ logs, directory, state }) => {
    const evidence = quoted(join(state, 'security', 'by-hand'));
    const files = logs.map(({ file }) => `${quoted(resolve(directory, file))}*`);
    return [
      {
        say: 'Call security: the contact of "when: security" in the target. Do not wait for what follows',
      },
      {
        say: 'Keep evidence before anything is changed, and send the sums away: to somebody else, by mail',
        type: [
          `mkdir -p -m 700 ${evidence}`,
          ...(files.length > 0 ? [`cp -a -- ${files.join(' ')} ${evidence}/`] : []),
          `ss -tnap > ${evidence}/connections.txt; ps -eo pid,ppid,user,lstart,comm > ${evidence}/processes.txt`,
          `cd ${evidence} && sha256sum -- * | tee SHA256SUMS`,
        ],
      },
      {
        say: 'Block an address for a day; the kernel ends it. Never your own, a gateway, a name server, a proxy. "runbook security blocks end" lifts it',
        type: [
          'nft add table inet durable_runbooks',
          `nft 'add set inet durable_runbooks blocked4 { type ipv4_addr; flags timeout; }'`,
          `nft 'add chain inet durable_runbooks refuse { type filter hook prerouting priority -150; policy accept; }'`,
          'nft add rule inet durable_runbooks refuse ip saddr @blocked4 counter drop',
          `nft 'add element inet durable_runbooks blocked4 { ADDRESS timeout 24h }'`,
        ],
      },
      {
        say: 'Write down date, type, description, what was done, and that it is under investigation',
      },
    ];
  },
};
