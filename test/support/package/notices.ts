import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HumanError } from '../humanError';

/** What esbuild says of one bundle, as far as it is needed here. */
interface Build {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The licences under which code may be part of the package. */
const allowed: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'CC-BY-4.0',
]);

const packageOf = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u;

/** The folders of the packages from which the bundles of this `metafile.json` took something. */
export function bundledPackages(metafile: string): readonly string[] {
  const builds = Object.values(JSON.parse(metafile) as Record<string, Build>);
  const inputs = builds.flatMap((build) => Object.keys(build.inputs));
  const folders = inputs.map((input) => packageOf.exec(input)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/**
 * Names these packages with their versions, licences and licence texts.
 *
 * @throws HumanError when the licence of one is not among those allowed, or has no text
 */
export function thirdPartyNotices(folders: readonly string[]): string {
  const notices = folders.map(noticeOf).sort();
  const intro = `Cria contains code, styles and fonts of these ${notices.length} packages.\n`;
  return [intro, ...notices].join(`\n${'='.repeat(80)}\n\n`);
}

function noticeOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const licence = manifest.license ?? 'none';
  // Of several licences to choose from, one that is allowed is enough.
  const chosen = licence
    .replaceAll(/[()]/gu, '')
    .split(' OR ')
    .find((one) => allowed.has(one));
  if (chosen === undefined) {
    throw new HumanError(`${manifest.name} may not be bundled: its licence is ${licence}.`);
  }
  return `${manifest.name} ${manifest.version} (${chosen})\n\n${licenceTexts(folder).join('\n\n')}\n`;
}

function licenceTexts(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((name) => /^(?:licen[cs]e|notice)/iu.test(name));
  if (files.length === 0) throw new HumanError(`${folder} has no text of its licence.`);
  return files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
}
