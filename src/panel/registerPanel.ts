import * as vscode from 'vscode';
import type { ConversationPlace } from '../conversation/ports';
import type { Notice } from '../shared/protocol';
import { registerCommand } from '../workspace/commands';
import { DisposableStore, type Disposable } from '../workspace/disposables';
import { trackAnswering } from './answeringKey';
import { ChatView, type ChatViewDependencies } from './chatView';
import { registerCopyCommands } from './copyCommands';
import { storeNotice } from './storeNotice';
import { registerTurnCommands } from './turnCommands';

export interface Panel extends Disposable {
  /** Shows the panel with the caret in the message, or at a place of the conversation. */
  open(place?: ConversationPlace): Promise<void>;
  /** Shows the panel and puts this into the message, where the caret is. */
  write(text: string): Promise<void>;
  /** Shows or clears a notice above the composer. */
  say(notice: Notice | undefined): void;
}

/** The chat view and the commands about it. */
export function registerPanel(deps: ChatViewDependencies): Panel {
  const { conversations, logger } = deps;
  const owned = new DisposableStore();
  const view = owned.add(new ChatView(deps));
  owned.add(vscode.window.registerWebviewViewProvider('cria.chat', view));
  owned.add(trackAnswering(conversations));
  owned.add(registerTurnCommands(deps));
  owned.add(registerCopyCommands(logger));
  owned.addCall(conversations.onNotice((notice) => view.say(storeNotice(notice))));
  owned.add(registerCommand('cria.openChat', logger, () => view.open()));
  owned.add(
    registerCommand('cria.newConversation', logger, async () => {
      conversations.startNew();
      await view.open();
    }),
  );
  owned.add(registerCommand('cria.stop', logger, () => conversations.current.stop()));
  return {
    open: (place) => view.open(place),
    write: (text) => view.write(text),
    say: (notice) => view.say(notice),
    dispose: () => owned.dispose(),
  };
}
