import type * as vscode from 'vscode';
import type { ExplainSettings } from './explainDialogue';
import type { Clock, ExplainModel, ExplanationStore, Logger } from '../conversation/ports';

export interface ExplainThreadDependencies {
  readonly explainModel: ExplainModel;
  readonly settings: () => ExplainSettings;
  /** Called when a model has answered: more can be found out about it now. */
  readonly answered: (asked: Pick<ExplainSettings, 'model' | 'profile'>) => void;
  readonly store: ExplanationStore;
  readonly origin: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What became of the code since it was explained. */
export type CodeState = 'same' | 'changed' | 'lost';

export interface ThreadPlace {
  readonly id: string;
  readonly uri: vscode.Uri;
  readonly controller: vscode.CommentController;
  readonly createdAt: number;
  readonly typing: { readonly isTyping: boolean };
}
