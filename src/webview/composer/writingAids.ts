import type { FromWebview } from '../../shared/protocol';
import type { Store } from '../store';
import { moveFocus } from '../moveFocus';
import { Meter } from './contextMeter';
import { SlashCommands } from './slashCommands';

/** What helps while a message is written, and acts on what the page knows. */
export interface WritingAids {
  readonly slash: SlashCommands;
  readonly meter: Meter;
}

export function writingAids(store: () => Store, post: (message: FromWebview) => void): WritingAids {
  /** A prompt is about what is in the editor, where nothing is attached yet. */
  const attachForPrompt = (): void => {
    const { outbox, editor } = store();
    const source = editor.selection === undefined ? 'file' : 'selection';
    const hasSomething = editor.selection !== undefined || editor.file !== undefined;
    if (hasSomething && outbox.attachments.length === 0) post({ type: 'attach', source });
  };
  return {
    slash: new SlashCommands(post, attachForPrompt),
    meter: new Meter({
      attached: () => store().outbox.attachments,
      onDetach: (id) => post({ type: 'detach', id }),
      lastSaid: () => store().turns.findLast(({ role }) => role === 'user')?.id,
      onForget: (turnId) => post({ type: 'forgetFrom', turnId }),
      onStartAnew: () => post({ type: 'startAnew' }),
      onRaise: () => post({ type: 'raiseContext' }),
      moveFocus,
    }),
  };
}
