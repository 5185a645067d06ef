import * as vscode from 'vscode';
import type { LoadedModel, ModelCard } from '../conversation/modelKeeper';
import type { InstalledModel } from '../conversation/ports';
import { bytes, joined, sizeOnDisk, split, tokens } from '../ui/format';
import type { Estimate } from './modelInfo';
import { fitText } from './modelItems';

const { t } = vscode.l10n;

export interface Details {
  readonly model: InstalledModel;
  readonly card: ModelCard;
  readonly loaded: LoadedModel | undefined;
  readonly estimate: Estimate | undefined;
  readonly capabilities: readonly string[] | undefined;
}

/** All that is known of a model, as Markdown. */
export function detailsText({ model, card, loaded, estimate, capabilities }: Details): string {
  const trained = model.contextLength ?? card.trainedContext;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('Parameters'), joined([model.parameterSize, model.quantization])],
    [t('Family'), joined([card.family, card.format])],
    [t('Size on disk'), model.cloud ? t('none: it runs on ollama.com') : sizeOnDisk(model)],
    [t('Can'), capabilities?.join(', ')],
    [t('Longest context'), trained === undefined ? undefined : tokens(trained)],
    [
      t('Context of its own file'),
      card.configuredContext === undefined ? undefined : tokens(card.configuredContext),
    ],
    [
      t('Context now'),
      loaded?.contextLength === undefined ? undefined : tokens(loaded.contextLength),
    ],
    [
      t('In memory'),
      loaded && joined([bytes(loaded.sizeBytes), split(loaded.sizeBytes, loaded.gpuBytes)]),
    ],
    [t('Needs'), estimate && fitText(estimate)],
  ];
  const lines = facts.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [`- **${label}**: ${value}`],
  );
  const sections: readonly (readonly [string, string | undefined])[] = [
    [t('Its own parameters'), card.parameters],
    [t('Its own system prompt'), card.system],
    [t('Template'), card.template],
    [t('Licence'), card.licence],
  ];
  const blocks = sections.flatMap(([label, text]) =>
    text === undefined || text === '' ? [] : [`\n## ${label}\n\n${fenced(text)}`],
  );
  return [`# ${model.name}`, '', ...lines, ...blocks, ''].join('\n');
}

/** As it is, however many backticks are in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}
