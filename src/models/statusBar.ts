import type { ConnectionProbe } from '../conversation/ports';
import type { Disposable } from '../ui/disposables';
import { failureNotice } from '../ui/failureMessages';
import type { SettingsReader } from '../settings/settingsReader';
import { serverPlace } from '../ui/serverNames';
import { drawStatus, type Status, type StatusItem } from '../ui/statusItem';

/** Shows the model and whether its server answers, as far as it is known: it asks nothing itself. */
export function keepStatusBar(
  item: StatusItem,
  settings: Pick<SettingsReader, 'current' | 'onChanged'>,
  connection: ConnectionProbe,
): Disposable {
  const status = (): Status => {
    const { model } = settings.current;
    const { state, origin } = connection;
    if (state.kind !== 'failed') return { model, origin, place: serverPlace(state, origin) };
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
