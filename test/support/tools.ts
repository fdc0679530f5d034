import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

/** Where Debian keeps programs that an unprivileged PATH may lack. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** The full path of a program, or undefined when it is not installed. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...systemFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The full path of a program that a test cannot do without. Where it is missing the test is skipped with a reason
 * that names the Debian package; under `CI=true`, where everything must run, it fails instead.
 * The caller returns at once when the answer is undefined.
 */
export function requireTool(t: TestContext, name: string, debianPackage: string): string | undefined {
  const path = findTool(name);
  if (path === undefined) missing(t, `${name} is not installed (Debian package ${debianPackage})`);
  return path;
}

/** Skips the test for `reason`, or fails it under `CI=true`. */
export function missing(t: TestContext, reason: string): void {
  if (process.env.CI === 'true') throw new Error(reason);
  t.skip(reason);
}

/** The configuration that Debian's package installs; undefined where it is missing (see `missing`). */
export function requireStockConfig(t: TestContext): string | undefined {
  const path = '/etc/kamailio/kamailio.cfg';
  if (existsSync(path)) return path;
  missing(t, `${path} is not there (Debian package kamailio)`);
  return undefined;
}
