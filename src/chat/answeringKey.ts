import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { ConversationSession } from '../conversation/session';
import { DisposableStore, type Disposable } from '../ui/disposables';

/** Keeps the context key `cria.answering` true while the conversation that is shown runs. */
export function trackAnswering(conversations: Conversations): Disposable {
  const owned = new DisposableStore();
  let unsubscribe: (() => void) | undefined;
  let known = false;
  const update = (running: boolean): void => {
    if (running === known) return;
    known = running;
    void vscode.commands.executeCommand('setContext', 'cria.answering', running);
  };
  const follow = (session: ConversationSession): void => {
    unsubscribe?.();
    unsubscribe = session.on((event) => {
      if (event.type === 'event' && event.event.kind !== 'textAppended') update(session.running);
    });
    update(session.running);
  };
  follow(conversations.current);
  owned.addCall(conversations.onCurrentChanged(follow));
  owned.addCall(() => unsubscribe?.());
  return owned;
}
