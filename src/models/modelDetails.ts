import { totalmem } from 'node:os';
import * as vscode from 'vscode';
import { fence } from '../conversation/prompt';
import { toInertMarkdown } from '../shared/text';
import type {
  ConnectionProbe,
  InstalledModel,
  LoadedModel,
  Logger,
  ModelCard,
  ModelServer,
  RequestProfile,
} from '../conversation/ports';
import { isThisMachine } from '../shared/urlPolicy';
import { bytes, joined, sizeOnDisk, split, tokens } from '../ui/formatNumbers';
import {
  contextInForce,
  estimateMemory,
  type Fit,
  getFit,
  type Need,
} from '../conversation/memoryEstimate';
import type { Machine } from './modelFacts';

const { t } = vscode.l10n;

export interface Details {
  readonly model: InstalledModel;
  readonly card: ModelCard;
  readonly loaded: LoadedModel | undefined;
  readonly estimate: Estimate | undefined;
  readonly capabilities: readonly string[] | undefined;
}

/** All that is known of a model, as Markdown. */
export function formatDetails({ model, card, loaded, estimate, capabilities }: Details): string {
  const trained = model.contextLength ?? card.trainedContext;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('Parameters'), joined([model.parameterSize, model.quantization])],
    [t('Family'), joined([card.family, card.format])],
    [t('Size on disk'), model.cloud ? t('none (runs on ollama.com)') : sizeOnDisk(model)],
    [t('Capabilities'), capabilities?.join(', ')],
    [t('Maximum context length'), trained === undefined ? undefined : tokens(trained)],
    [
      t('Context length in Modelfile'),
      card.configuredContext === undefined ? undefined : tokens(card.configuredContext),
    ],
    [
      t('Current context length'),
      loaded?.contextLength === undefined ? undefined : tokens(loaded.contextLength),
    ],
    [
      t('Memory in use'),
      loaded && joined([bytes(loaded.sizeBytes), split(loaded.sizeBytes, loaded.gpuBytes)]),
    ],
    [t('Estimate'), estimate && !isMeasured(loaded, estimate) ? fitText(estimate) : undefined],
  ];
  const lines = facts.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [`- **${label}**: ${toInertMarkdown(value)}`],
  );
  const sections: readonly (readonly [string, string | undefined])[] = [
    [t('Default parameters'), card.parameters],
    [t('Default system prompt'), card.system],
    [t('Template'), card.template],
    [t('License'), card.licence],
  ];
  const blocks = sections.flatMap(([label, text]) =>
    text === undefined || text === '' ? [] : [`\n## ${label}\n\n${fence(text.trimEnd(), 'text')}`],
  );
  return [`# ${toInertMarkdown(model.name)}`, '', ...lines, ...blocks, ''].join('\n');
}

/** What is in use is known better than any estimate. */
function isMeasured(loaded: LoadedModel | undefined, { contextLength }: Estimate): boolean {
  return loaded?.contextLength === contextLength;
}

export interface ModelInfoOptions {
  readonly server: ModelServer;
  readonly connection: ConnectionProbe;
  readonly getProfile: (model: string) => RequestProfile;
  readonly logger: Logger;
  /** Bytes of memory of the machine that the extension runs on. */
  readonly memoryBytes?: number;
}

export interface Estimate {
  readonly contextLength: number;
  readonly need: Need;
  readonly memoryBytes: number;
  readonly fit: Fit;
}

/** What is known of the models, put together from what the server tells and from what is set. */
export class ModelInfo {
  readonly #options: ModelInfoOptions;
  readonly #cards = new Map<string, ModelCard>();

  constructor(options: ModelInfoOptions) {
    this.#options = options;
  }

  /** The models in memory; none on a server that does not tell. */
  async loaded(): Promise<readonly LoadedModel[]> {
    try {
      return (await this.#options.server.admin.loaded?.()) ?? [];
    } catch (error) {
      this.#options.logger.debug(`What is loaded could not be had: ${String(error)}`);
      return [];
    }
  }

  /** What has been reported of it so far. */
  card(model: InstalledModel): ModelCard | undefined {
    return this.#cards.get(this.#key(model));
  }

  /** Asks for what is not known yet; a server that does not tell leaves it unknown. */
  async learn(model: InstalledModel): Promise<ModelCard | undefined> {
    const known = this.card(model);
    if (known) return known;
    try {
      const card = await this.#options.server.admin.card?.(model.name);
      if (card) this.#cards.set(this.#key(model), card);
      return card;
    } catch (error) {
      this.#options.logger.debug(`${model.name} could not be shown: ${String(error)}`);
      return undefined;
    }
  }

  /** Whether it fits at the context in force; undefined where its size or the machine is not known. */
  estimate(model: InstalledModel, contextLength?: number): Estimate | undefined {
    if (model.cloud || model.size === 0 || !isThisMachine(this.#options.connection.origin))
      return undefined;
    const card = this.card(model);
    const set = contextLength ?? this.#options.getProfile(model.name).contextLength;
    const length = contextInForce(set, card);
    const need = estimateMemory(model.size, card, length);
    const memoryBytes = this.#options.memoryBytes ?? totalmem();
    return { contextLength: length, need, memoryBytes, fit: getFit(need, memoryBytes) };
  }

  /** A Mac with Apple silicon has a GPU; elsewhere the models in memory tell whether one is used. */
  async machine(): Promise<Machine> {
    if (!isThisMachine(this.#options.connection.origin)) {
      return { memoryBytes: undefined, hasGpu: undefined };
    }
    const loaded = await this.loaded();
    const isAppleSilicon = process.platform === 'darwin' && process.arch === 'arm64';
    const isUsed = loaded.length === 0 ? undefined : loaded.some(({ gpuBytes }) => gpuBytes > 0);
    return {
      memoryBytes: this.#options.memoryBytes ?? totalmem(),
      hasGpu: isAppleSilicon || isUsed,
    };
  }

  /** What it can do; servers before 0.30 say so only when they are asked for the one model. */
  capabilities(model: InstalledModel): readonly string[] | undefined {
    return model.capabilities ?? this.card(model)?.capabilities;
  }

  /** A model that was changed has another digest; one at another address may be another model. */
  #key({ name, digest }: InstalledModel): string {
    return `${this.#options.connection.origin} ${name} ${digest ?? ''}`;
  }
}

/** Whether a model fits this machine, in words: what matters most comes first. */
export function fitText({ need, memoryBytes, contextLength, fit }: Estimate): string {
  const about = need.countsContext
    ? t('about {0} of memory at {1}', bytes(need.bytes), tokens(contextLength))
    : t('at least {0} of memory', bytes(need.bytes));
  switch (fit) {
    case 'fits':
      return about;
    case 'tight':
      return t('Barely fits: {0}; this machine has {1}', about, bytes(memoryBytes));
    case 'tooLarge':
      return t('Too large: {0}; this machine has {1}', about, bytes(memoryBytes));
  }
}
