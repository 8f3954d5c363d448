import { userInfo } from 'node:os';

/** Whose rights this process has, by name. Under a number that no name belongs to, as in a container: `uid-<number>`. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.()}`;
  }
}
