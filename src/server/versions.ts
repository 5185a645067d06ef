import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** The oldest Ollama that Cria is made for. */
const oldest = '0.9.0';

interface Defect {
  /** The first version with the defect, and the first without it. */
  readonly from: string;
  readonly until: string;
  readonly sentence: () => string;
}

const defects: readonly Defect[] = [
  {
    from: '0.0.1',
    until: oldest,
    sentence: () => t('older than {0}, the oldest supported version', oldest),
  },
  {
    from: '0.0.1',
    until: '0.12.6',
    sentence: () => t('silently truncates prompts that are too long'),
  },
  {
    from: '0.30.0',
    until: '0.30.1',
    sentence: () => t('reports wrong prompt token counts'),
  },
  {
    from: '0.0.1',
    until: '0.32.15',
    sentence: () => t('hangs when it cannot parse an answer'),
  },
  {
    from: '0.0.1',
    until: '0.34.1',
    sentence: () => t('ends repetitive answers without reporting it'),
  },
];

export interface KnownDefects {
  readonly sentences: readonly string[];
  /** The first version without any of them. */
  readonly mendedIn: string;
}

/** What is known to be wrong with a version; nothing for one that cannot be read, such as a development build. */
export function findKnownDefects(version: string): KnownDefects | undefined {
  const asked = parseNumbers(version);
  if (asked === undefined || asked.every((part) => part === 0)) return undefined;
  const known = defects.filter(
    ({ from, until }) => !isBefore(asked, from) && isBefore(asked, until),
  );
  // They are in the order of the versions that fixed them.
  const mendedIn = known.at(-1)?.until;
  if (mendedIn === undefined) return undefined;
  return { sentences: known.map(({ sentence }) => sentence()), mendedIn };
}

/** Whether it is so old that something will go wrong. */
export function isTooOld(version: string): boolean {
  const asked = parseNumbers(version);
  return asked !== undefined && asked.some((part) => part > 0) && isBefore(asked, oldest);
}

function parseNumbers(version: string): readonly number[] | undefined {
  const [, ...parts] = /^v?(\d+)\.(\d+)\.(\d+)/u.exec(version) ?? [];
  return parts.length === 3 ? parts.map(Number) : undefined;
}

function isBefore(one: readonly number[], other: string): boolean {
  const parts = other.split('.').map(Number);
  const index = parts.findIndex((part, place) => part !== one[place]);
  return index >= 0 && (one[index] ?? 0) < (parts[index] ?? 0);
}
