import {
  settingDescriptors,
  type SettingKey,
  settingKeys,
} from '../../../src/settings/settingDescriptors';

/** The `contributes.configuration.properties` of package.json, made from the descriptors. */
export function settingProperties(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    settingKeys.map((key, index) => [`cria.${key}`, settingProperty(key, index + 1)]),
  );
}

function settingProperty(key: SettingKey, order: number): object {
  const { manifest, from } = settingDescriptors[key];
  const { enum: values } = manifest;
  return {
    ...manifest,
    ...(Array.isArray(values) && {
      enumDescriptions: values.map((value) => `%config.${key}.${String(value)}%`),
    }),
    ...(from === 'user' ? { scope: 'application', ignoreSync: true } : { scope: 'window' }),
    order,
    markdownDescription: `%config.${key}%`,
  };
}

/** The settings whose workspace values count in trusted workspaces only (`restrictedConfigurations`). */
export function restrictedSettings(): readonly string[] {
  const restricted = settingKeys.filter((key) => settingDescriptors[key].from === 'trusted');
  return restricted.map((key) => `cria.${key}`);
}
