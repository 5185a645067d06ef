import * as vscode from 'vscode';
import type { Conversations } from '../conversation/conversations';
import type { Handlers } from '../shared/dispatch';
import type { FromWebview } from '../shared/protocol';
import type { Prompts } from '../prompts/registerPrompts';
import type { Bridge } from './bridge';
import type { InPanel, Settle } from './requests';
import { startAnew } from './startAnew';

interface PlanRequestDependencies {
  readonly conversations: Conversations;
  readonly connection: { readonly origin: string };
  readonly prompts: Pick<Prompts, 'all'>;
  readonly write: (text: string) => void;
}

/** What the page asks for when a conversation grows too long. */
export function planRequests(
  bridge: Bridge,
  { conversations, connection, prompts, write }: PlanRequestDependencies,
  settle: Settle,
  inPanel: InPanel,
): Pick<Handlers<FromWebview>, 'forgetFrom' | 'startAnew' | 'raiseContext' | 'wantPrompts'> {
  const tellPrompts = async (): Promise<void> => bridge.prompts(await prompts.all());
  return {
    wantPrompts: () => settle('wantPrompts', tellPrompts()),
    forgetFrom: ({ turnId }) => conversations.current.forgetFrom(turnId),
    startAnew: () => settle('startAnew', startAnew(conversations, connection.origin, write)),
    raiseContext: () =>
      inPanel('raiseContext', () => vscode.commands.executeCommand('cria.setContextLength')),
  };
}
