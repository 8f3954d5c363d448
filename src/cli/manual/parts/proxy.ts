import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Part } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** To have the proxy refuse new users, and to wait for those who are there. None, when the target does not say how. */
export function refused({ name, app, proxy }: Target): Part[] {
  if (!proxy?.drain) return [];
  const { include, grace } = proxy.drain;
  const program = commandOf(proxy.drain);
  const first = quoted(`# Durable Runbooks, target ${name}: closed since %s by hand\\n`);
  const seconds = Math.ceil(inMilliseconds(grace) / 1000);
  const used = `ss -Htn state established "sport = :${portOf(app)}"`;
  return [
    {
      say: 'Have the proxy refuse new users. What keeps it from that is said, and it lets them through as before',
      type: [
        `door=${quoted(include)}`,
        `(printf ${first} "$(date -u +%Y-%m-%dT%H:%M:%SZ)" && printf 'add_header Retry-After "300" always;\\nreturn 503;\\n') > "$door"`,
        `${program} -T 2>&1 | grep -F ${quoted(`target ${name}: closed`)} && ${program} -s reload || : > "$door"`,
      ],
    },
    {
      say: `Wait until nobody is connected, ${grace} at most: who is there then is cut`,
      type: [`for second in $(seq ${seconds}); do test -n "$(${used})" || break; sleep 1; done`],
    },
  ];
}

/** To let users through again, and to see that they get what they came for. */
export function letThrough({ proxy }: Target): Part[] {
  if (!proxy?.drain) return [];
  const { include } = proxy.drain;
  const program = commandOf(proxy.drain);
  return [
    {
      say: 'Let users through the proxy again, and see that they get 200',
      type: [
        `: > ${quoted(include)} && ${program} -t && ${program} -s reload`,
        `sleep 1 && curl -ksS -o /dev/null -w '%{http_code} through the proxy\\n' ${quoted(proxy.url)}`,
      ],
    },
  ];
}

function portOf({ port, url }: Target['app']): number {
  const { port: named, protocol } = new URL(url);
  return port ?? Number(named || (protocol === 'https:' ? 443 : 80));
}

function commandOf({ command }: { readonly command: readonly string[] }): string {
  return command.map(quoted).join(' ');
}
