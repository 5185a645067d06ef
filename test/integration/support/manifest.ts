import { readFileSync } from 'node:fs';
import { inRepo } from '../../support/folders';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly default: unknown }>>;
    };
  };
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(inRepo('package.json'), 'utf8')) as Manifest;
}

/** The identifiers of every command that the manifest has. */
export function declaredCommands(): readonly string[] {
  return readManifest().contributes.commands.map(({ command }) => command);
}

/** Every setting of the manifest, with its default. */
export function declaredSettings(): readonly (readonly [key: string, fallback: unknown])[] {
  const { properties } = readManifest().contributes.configuration;
  return Object.entries(properties).map(([key, declared]) => [key, declared.default]);
}
