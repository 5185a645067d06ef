import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cached } from './cache';
import { HumanError } from './humanError';
import { runCommand } from './runCommand';

export interface PinnedPackage {
  name: string;
  /** One exact version. */
  version: string;
  /** The registry's `dist.integrity` of that version, `sha512-…`; without it the registry is asked. */
  integrity?: string;
}

/**
 * The unpacked contents of an npm package, from the cache or from the configured registry. Nothing
 * of it is run, and its dependencies are not installed.
 *
 * @param prepare what else belongs to the finished folder (say, its dependencies)
 */
export function fetchNpmPackage(
  pinned: PinnedPackage,
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const name = `${pinned.name.replace('/', '+')}-${pinned.version}`;
  return cached(path.join('npm', name), async (folder) => {
    await unpackNpmPackage(pinned, folder);
    await prepare(folder);
  });
}

/** Downloads with the npm client, verifies and unpacks into `folder`. */
export async function unpackNpmPackage(pinned: PinnedPackage, folder: string): Promise<void> {
  const spec = `${pinned.name}@${pinned.version}`;
  const expected = pinned.integrity ?? (await registryIntegrity(spec));
  const download = path.join(folder, '.download');
  await mkdir(download, { recursive: true });
  const args = ['pack', spec, '--silent', '--ignore-scripts', '--pack-destination', download];
  const printed = await runCommand('npm', args);
  const archive = path.join(download, path.basename(printed.trim().split('\n').at(-1) ?? ''));
  await verifyIntegrity(archive, spec, expected);
  await runCommand('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
  await rm(download, { recursive: true });
}

async function registryIntegrity(spec: string): Promise<string> {
  const printed = (await runCommand('npm', ['view', spec, 'dist.integrity', '--silent'])).trim();
  if (printed === '') throw new HumanError(`The npm registry gives no checksum for ${spec}.`);
  return printed;
}

async function verifyIntegrity(archive: string, spec: string, expected: string): Promise<void> {
  const actual = `sha512-${await hashFile(archive, 'sha512', 'base64')}`;
  if (actual === expected) return;
  throw new HumanError(
    `The download of ${spec} is not what was expected: ${actual} instead of ${expected}.`,
  );
}

/** Reads a file of any size once and gives its digest. */
export async function hashFile(
  file: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest(encoding);
}
