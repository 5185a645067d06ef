import type { ConnectionProbe } from '../conversation/ports';
import type { Disposable } from '../workspace/disposables';
import { failureNotice } from '../workspace/failures';
import type { SettingsReader } from '../workspace/settings';
import { drawStatus, type Status, type StatusItem } from './statusItem';

/** Shows the model and whether its server answers, as far as it is known: it asks nothing itself. */
export function keepStatusBar(
  item: StatusItem,
  settings: Pick<SettingsReader, 'current' | 'onChanged'>,
  connection: ConnectionProbe,
): Disposable {
  const status = (): Status => {
    const { model } = settings.current;
    const { state, origin } = connection;
    if (state.kind !== 'failed') return { model, origin };
    return { model, origin, problem: failureNotice(state.failure, model, origin).sentence };
  };
  const draw = (): void =>
    drawStatus(item, settings.current['statusBar.visible'] ? status() : undefined);
  const unsubscribe = connection.onChanged(draw);
  const subscription = settings.onChanged(draw);
  draw();
  return {
    dispose() {
      unsubscribe();
      subscription.dispose();
    },
  };
}
