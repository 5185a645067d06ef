import * as v from 'valibot';
import * as vscode from 'vscode';
import { asIconLabel, asLabel } from '../shared/hiddenCharacters';
import {
  getOverrides,
  type ModelOverrides,
  settingDescriptors,
} from '../settings/settingDescriptors';
import type { SettingsReader } from '../settings/settingsReader';
import { type FocusReturn, type QuickInputs, withQuickInputs } from '../ui/dialogs';

const { t } = vscode.l10n;

/** Writes values for one model into the person's settings; undefined takes one away. */
export async function saveOverride(
  { current }: SettingsReader,
  model: string,
  change: { [K in keyof ModelOverrides]: ModelOverrides[K] | undefined },
): Promise<void> {
  const merged = { ...getOverrides(current, model), ...change };
  const own = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  const others = Object.fromEntries(
    Object.entries(current.models).filter(([, value]) => value !== getOverrides(current, model)),
  );
  const models = Object.keys(own).length === 0 ? others : { ...others, [model]: own };
  const config = vscode.workspace.getConfiguration('cria');
  const isEmpty = Object.keys(models).length === 0;
  await config.update('models', isEmpty ? undefined : models, vscode.ConfigurationTarget.Global);
}

interface FieldItem extends vscode.QuickPickItem {
  readonly field: keyof ModelOverrides | 'none';
}

/** Shows the values of one model until the person is done with them. */
export function overridesEditor(
  settings: SettingsReader,
  model: string,
  changeContextLength: () => Promise<unknown>,
  focusReturn: FocusReturn,
): Promise<void> {
  return withQuickInputs(
    (inputs) => edit(inputs, settings, model, changeContextLength),
    focusReturn,
  );
}

async function edit(
  inputs: QuickInputs,
  settings: SettingsReader,
  model: string,
  changeContextLength: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const chosen = await inputs.pick(fieldItems(settings, model), {
      title: t('Settings for {0}', asLabel(model)),
      placeholder: t('These override the general settings for this model'),
    });
    if (!chosen) return;
    if (chosen.field === 'none') {
      const nothing = { contextLength: undefined, temperature: undefined };
      await saveOverride(settings, model, {
        ...nothing,
        thinking: undefined,
        keepAlive: undefined,
      });
    } else if (chosen.field === 'contextLength') await changeContextLength();
    else await editField(inputs, settings, model, chosen.field);
  }
}

function fieldItems({ current }: SettingsReader, model: string): readonly FieldItem[] {
  const own = getOverrides(current, model);
  const item = (field: keyof ModelOverrides, label: string): FieldItem => ({
    field,
    label,
    description:
      field in own
        ? t('{0} (this model)', asIconLabel(JSON.stringify(own[field])))
        : t('{0} (general setting)', asIconLabel(JSON.stringify(current[field]))),
  });
  const fields = [
    item('contextLength', t('Context length')),
    item('temperature', t('Temperature')),
    item('thinking', t('Thinking')),
    item('keepAlive', t('Keep-alive')),
  ];
  const isSet = Object.keys(own).length > 0;
  return isSet ? [...fields, { field: 'none', label: t('Reset All') }] : fields;
}

async function editField(
  inputs: QuickInputs,
  settings: SettingsReader,
  model: string,
  field: 'temperature' | 'thinking' | 'keepAlive',
): Promise<void> {
  const title = t('{0} for {1}', field, asLabel(model));
  if (field === 'thinking') {
    const levels = settingDescriptors.thinking.schema.options.map((label) => ({ label }));
    const thinking = await inputs.pick(levels, { title });
    const parsed = v.safeParse(settingDescriptors.thinking.schema, thinking?.label);
    if (parsed.success) await saveOverride(settings, model, { thinking: parsed.output });
    return;
  }
  const schema =
    field === 'temperature'
      ? settingDescriptors.temperature.schema
      : settingDescriptors.keepAlive.schema;
  const read = (text: string): unknown => (/^-?[\d.]+$/u.test(text.trim()) ? Number(text) : text);
  const own = getOverrides(settings.current, model)[field];
  const text = await inputs.text({
    title,
    value: own === undefined || own === null ? '' : String(own),
    prompt:
      field === 'temperature'
        ? t('0 to 2. Leave empty to use the general setting.')
        : t(
            'Seconds, or a duration such as 30m. -1 keeps the model loaded. Leave empty to use the general setting.',
          ),
    validate: (value) =>
      value === '' || v.is(schema, read(value)) ? undefined : t('Invalid value.'),
  });
  if (text === undefined) return;
  const parsed = text === '' ? undefined : v.parse(schema, read(text));
  await saveOverride(settings, model, { [field]: parsed });
}
