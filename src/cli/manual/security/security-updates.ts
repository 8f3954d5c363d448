import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

const SECURITY_ONLY = `apt-get -s upgrade --with-new-pkgs | sed -n 's/^Inst \\([^ ]*\\) .*(\\([^ ]*\\) [^)]*[Ss]ecurity.*/\\1=\\2/p'`;
const ALL = `apt-get -s upgrade --with-new-pkgs | sed -n 's/^Inst \\([^ ]*\\) .*(\\([^ ]*\\) .*/\\1=\\2/p'`;

export const securityUpdates: Page = {
  parts: (target) => {
    const { updates, maintenance, directory } = target;
    const { dependencies } = maintenance ?? {};
    const { packages = 'none', code, advisories } = updates ?? {};
    const within = (command: readonly string[]) =>
      `cd ${quoted(directory)} && ${command.map(quoted).join(' ')}`;
    return [
      named(target),
      ...(packages === 'none'
        ? []
        : [
            {
              say: 'As root: end what is half configured, and write down which versions would come. A source that does not answer is an error here: the old lists say nothing',
              type: [
                'dpkg --configure -a && apt-get update -o APT::Update::Error-Mode=any && updated=yes',
                `test "\${updated-}" = yes && ${packages === 'all' ? ALL : SECURITY_ONLY} > "/root/packages-$stamp" && cat "/root/packages-$stamp"`,
              ],
            },
            {
              say: 'Keep every version from before: without its package there is no way back. What cannot be fetched any more: dpkg-repack makes it of what is installed',
              type: [
                `mkdir -p "/root/before-$stamp" && cd "/root/before-$stamp" && sed 's/=.*//' "/root/packages-$stamp" | while read -r name; do version=$(dpkg-query -W -f='\${Version}' "$name") && { apt-get download "$name=$version" || dpkg-repack "$name"; } || echo "NO WAY BACK: $name $version"; done; ls`,
              ],
            },
            {
              say: 'Install these very versions. A changed configuration file stays. An update of docker or containerd stops every container, so leave those out when that must not be now',
              type: [
                `test -s "/root/packages-$stamp" && DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -y --no-remove -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install $(cat "/root/packages-$stamp")`,
                'dpkg --audit',
              ],
            },
            answers(target),
            {
              say: 'If it does not work on them: dpkg --force-confold -i /root/before-*/*.deb brings the versions from before back',
            },
          ]),
      ...(dependencies
        ? [
            ...stopped(target),
            {
              say: 'Write down what is installed, which is the way back, and update it',
              type: [
                `(umask 077; ${within(dependencies.list)} > "/root/dependencies-$stamp") && test -s "/root/dependencies-$stamp" && ${within(dependencies.update)}`,
              ],
            },
            ...started(target),
            answers(target),
          ]
        : []),
      ...(code
        ? [
            {
              say: 'Scan the code. What stands under "errors" was not looked at, whatever the exit code says',
              type: [within([...code.command, '--recursive', '--format', 'json', ...code.paths])],
            },
          ]
        : []),
      ...(advisories
        ? [
            {
              say: 'Compare with known vulnerabilities. What was skipped is unknown, and not clean: --strict makes that an error',
              type: [
                within([
                  ...advisories.command,
                  '--strict',
                  ...(advisories.list === 'installed'
                    ? []
                    : ['--no-deps', '--disable-pip', '-r', advisories.list.file]),
                ]),
              ],
            },
          ]
        : []),
      {
        say: 'See what runs on replaced files, and whether a newer kernel is installed than the one that runs',
        type: [
          "grep -l '(deleted)' /proc/[0-9]*/maps 2> /dev/null | cut -d/ -f3 | xargs -r ps -o pid,args -p; uname -r; ls /boot/vmlinuz-* 2> /dev/null",
        ],
      },
    ];
  },
};
