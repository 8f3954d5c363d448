import type { Target } from '../../config/schema/target.ts';
import { findOnSystemPath } from '../../os/process/find-on-system-path.ts';

interface MissingTool {
  readonly finding: string;
  readonly hint: string;
}

interface Wanted {
  readonly program: string;
  readonly package: string;
  /** Below which it is looked for. */
  readonly root: string;
  /** What cannot be done without it. */
  readonly without: string;
}

/** Programs of the host that security-updates and security-incident will want, and that are not there. */
export function missingTools({
  updates,
  security: { block },
  schedules,
}: Pick<Target, 'updates' | 'security' | 'schedules'>): MissingTool[] {
  const repack: Wanted = {
    program: 'dpkg-repack',
    package: 'dpkg-repack',
    root: updates?.root ?? '/',
    without: 'a version that no archive has any more cannot come back after an update',
  };
  const nft: Wanted = {
    program: 'nft',
    package: 'nftables',
    root: '/',
    without: 'security-incident can block nobody',
  };
  const blocksHere = block.kind === 'nft' && block.command === undefined;
  const wanted = [
    ...(updates && updates.packages !== 'none' ? [repack] : []),
    ...(blocksHere && schedules['security-monitoring'] !== undefined ? [nft] : []),
  ];
  return wanted
    .filter(({ program, root }) => findOnSystemPath(program, root) === undefined)
    .map(({ program, package: name, without }) => ({
      finding: `"${program}" is not installed: ${without}`,
      hint: `apt-get install ${name}`,
    }));
}
