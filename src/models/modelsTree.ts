import * as vscode from 'vscode';
import type {
  ConnectionProbe,
  InstalledModel,
  LoadedModel,
  ModelServer,
} from '../conversation/ports';
import { asLabel } from '../shared/hiddenCharacters';
import type { Clock } from '../shared/clock';
import { DisposableStore } from '../ui/disposables';
import { failureNotice } from '../ui/failureMessages';
import { describeNotListed, serverPlace } from '../ui/serverNames';
import { bytes, joined, sizeOnDisk, split, tokens, until } from '../ui/formatNumbers';
import type { Download, Downloads } from './downloads';
import { progressText } from './pullModel';
import type { ModelInfo } from './modelDetails';
import { findLoaded } from './modelFacts';
import { Polling } from './polling';
import { describeServed, statusText } from './modelItems';

const { t } = vscode.l10n;

/** How long what is loaded stays true, while the view can be seen. */
const refreshMs = 5_000;

/** An entry of the view; commands from its menu get it and read `model`. */
export class ModelEntry extends vscode.TreeItem {
  readonly model: string;

  constructor(model: string, collapsible: vscode.TreeItemCollapsibleState) {
    super(asLabel(model), collapsible);
    this.model = model;
    this.id = `model ${model}`;
  }
}

/** The part of VS Code's view that this needs. */
export interface ShownTree {
  readonly isVisible: () => boolean;
  readonly onVisibility: (listener: () => void) => vscode.Disposable;
  /** Redraws the whole view, or one entry. */
  readonly redraw: (entry?: vscode.TreeItem) => void;
  /** A sentence above the entries; empty: none. */
  readonly say: (message: string) => void;
}

export interface TreeDependencies {
  readonly connection: ConnectionProbe;
  readonly info: ModelInfo;
  readonly downloads: Downloads;
  readonly server: Pick<ModelServer, 'admin' | 'takesLoadOptions'>;
  readonly clock: Clock;
}

/** The models of the server: what is loaded and for how long, what is downloaded, and what each takes. */
export class ModelsTree implements vscode.Disposable {
  readonly #deps: TreeDependencies;
  readonly #shown: ShownTree;
  readonly #owned = new DisposableStore();
  readonly #entries = new Map<string, ModelEntry>();
  #loaded: readonly LoadedModel[] = [];
  /** What was drawn of it: how long a model stays grows less though nothing else changes. */
  #drawn = '[]';
  #unwatch: (() => void) | undefined;
  readonly #polling: Polling;

  constructor(deps: TreeDependencies, shown: ShownTree) {
    this.#deps = deps;
    this.#shown = shown;
    this.#polling = new Polling({
      clock: deps.clock,
      intervalMs: refreshMs,
      poll: () => this.#poll(),
    });
    this.#owned.add(shown.onVisibility(() => this.#visibilityChanged()));
    this.#owned.addCall(deps.connection.onChanged(() => shown.redraw()));
    this.#owned.addCall(
      deps.downloads.onChanged((download) => shown.redraw(download && this.#entry(download))),
    );
    this.#visibilityChanged();
  }

  /** The models, or what is known of one of them. */
  async children(entry?: vscode.TreeItem): Promise<readonly vscode.TreeItem[]> {
    if (entry) return entry instanceof ModelEntry ? this.#facts(entry.model) : [];
    const { connection, downloads } = this.#deps;
    if (connection.state.kind === 'unknown') await connection.check();
    const { state } = connection;
    if (state.kind === 'failed') {
      this.#shown.say(failureNotice(state.failure, '', connection.origin).sentence);
    }
    if (state.kind !== 'connected') return [];
    this.#shown.say(
      joined([serverPlace(state, connection.origin), describeNotListed(state.models)]),
    );
    const pulled = new Set(downloads.all.map(({ model }) => model));
    return [
      ...downloads.all.map((download) => this.#downloadEntry(download)),
      ...this.#sorted(state.models)
        .filter(({ name }) => !pulled.has(name))
        .map((model) => this.#modelEntry(model)),
    ];
  }

  /** Asks again, and draws what is different. */
  async refresh(): Promise<void> {
    const state = await this.#deps.connection.check();
    this.#loaded = state.kind === 'connected' ? await this.#deps.info.loaded() : [];
    const now = JSON.stringify(this.#loaded.map((model) => [model, this.#until(model)]));
    if (now !== this.#drawn) this.#shown.redraw();
    this.#drawn = now;
  }

  dispose(): void {
    this.#stop();
    this.#owned.dispose();
  }

  #visibilityChanged(): void {
    this.#stop();
    if (!this.#shown.isVisible()) return;
    this.#unwatch = this.#deps.connection.watch();
    this.#polling.start();
  }

  /** A server that does not respond is probed by the connection itself, at growing intervals. */
  async #poll(): Promise<void> {
    if (this.#deps.connection.state.kind !== 'failed') await this.refresh();
  }

  #stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#polling.stop();
  }

  #sorted(models: readonly InstalledModel[]): readonly InstalledModel[] {
    const isLoaded = ({ name }: InstalledModel): number => (this.#findLoaded(name) ? 0 : 1);
    return [...models].sort(
      (one, other) => isLoaded(one) - isLoaded(other) || one.name.localeCompare(other.name),
    );
  }

  #modelEntry(model: InstalledModel): ModelEntry {
    const entry = this.#createEntry(model.name, vscode.TreeItemCollapsibleState.Collapsed);
    const loaded = this.#findLoaded(model.name);
    if (!this.#deps.server.takesLoadOptions) return this.#servedEntry(entry, model);
    entry.contextValue = loaded ? 'model loaded' : model.cloud ? 'model cloud' : 'model';
    entry.iconPath = loaded
      ? new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('charts.green'))
      : new vscode.ThemeIcon(model.cloud ? 'cloud' : 'circle-outline');
    entry.description = joined(
      loaded
        ? [bytes(loaded.sizeBytes), split(loaded.sizeBytes, loaded.gpuBytes), this.#until(loaded)]
        : [model.cloud ? t('runs on ollama.com') : sizeOnDisk(model)],
    );
    const label = joined([asLabel(model.name), loaded ? t('loaded') : '', entry.description]);
    entry.accessibilityInformation = { label };
    entry.tooltip = label;
    return entry;
  }

  /** A model that the server manages: only a router unloads it on request. */
  #servedEntry(entry: ModelEntry, model: InstalledModel): ModelEntry {
    const isLoaded = model.status === 'loaded';
    const canUnload = isLoaded && this.#deps.server.admin.unload !== undefined;
    entry.contextValue = canUnload ? 'served loaded' : 'served';
    entry.iconPath = isLoaded
      ? new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('charts.green'))
      : new vscode.ThemeIcon(model.status === 'failed' ? 'warning' : 'circle-outline');
    entry.description = describeServed(model);
    entry.tooltip = joined([asLabel(model.name), entry.description]);
    entry.accessibilityInformation = { label: entry.tooltip };
    return entry;
  }

  #downloadEntry(download: Download): ModelEntry {
    const entry = this.#createEntry(download.model, vscode.TreeItemCollapsibleState.None);
    entry.contextValue = `download ${download.state}`;
    const icons = { running: 'sync~spin', paused: 'debug-pause', failed: 'warning' };
    entry.iconPath = new vscode.ThemeIcon(icons[download.state]);
    entry.description = asLabel(progressText(download));
    return entry;
  }

  /** The entry of a download that moved on, with what it says now. */
  #entry(download: Download): ModelEntry | undefined {
    if (download.origin !== this.#deps.connection.origin) return undefined;
    return this.#entries.has(download.model) ? this.#downloadEntry(download) : undefined;
  }

  #createEntry(name: string, collapsible: vscode.TreeItemCollapsibleState): ModelEntry {
    const entry = this.#entries.get(name) ?? new ModelEntry(name, collapsible);
    entry.collapsibleState = collapsible;
    this.#entries.set(name, entry);
    return entry;
  }

  async #facts(name: string): Promise<readonly vscode.TreeItem[]> {
    const { connection, info } = this.#deps;
    const { state } = connection;
    const model = state.kind === 'connected' && state.models.find((one) => one.name === name);
    if (!model) return [];
    const card = await info.learn(model);
    const loaded = this.#findLoaded(name);
    const trained = model.contextLength ?? card?.trainedContext;
    const facts: readonly (readonly [string, string | undefined])[] = [
      [t('Size on disk'), sizeOnDisk(model)],
      [
        t('Memory in use'),
        loaded && joined([bytes(loaded.sizeBytes), split(loaded.sizeBytes, loaded.gpuBytes)]),
      ],
      [t('State'), model.status && statusText(model.status)],
      [t('Keep-alive'), this.#keepAlive(loaded)],
      [t('Current context length'), this.#contextText(model, loaded)],
      [t('Adapter of'), this.#deps.server.takesLoadOptions ? undefined : model.createdFrom],
      [t('Maximum context length'), trained === undefined ? undefined : tokens(trained)],
      [t('Parameters'), joined([model.parameterSize, model.quantization])],
      [t('Capabilities'), info.capabilities(model)?.join(', ')],
    ];
    return facts.flatMap(([label, value]) =>
      value === undefined || value === '' ? [] : [fact(label, value)],
    );
  }

  #keepAlive(loaded: LoadedModel | undefined): string | undefined {
    if (!this.#deps.server.takesLoadOptions) return t('decided by the server');
    return loaded && this.#until(loaded);
  }

  #contextText(model: InstalledModel, loaded: LoadedModel | undefined): string | undefined {
    const length = loaded?.contextLength ?? model.servedContext;
    if (this.#deps.server.takesLoadOptions)
      return length === undefined ? undefined : tokens(length);
    const served = length === undefined ? t('unknown') : tokens(length);
    return t('{0} (decided by the server)', served);
  }

  #until(loaded: LoadedModel): string {
    return until(loaded.expiresAt, this.#deps.clock.wallMs());
  }

  #findLoaded(name: string): LoadedModel | undefined {
    const { state } = this.#deps.connection;
    const models = state.kind === 'connected' ? state.models : [];
    const model = models.find((one) => one.name === name) ?? { name };
    return findLoaded(model, this.#loaded);
  }
}

function fact(label: string, value: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = asLabel(value);
  item.tooltip = `${label}: ${asLabel(value)}`;
  return item;
}
