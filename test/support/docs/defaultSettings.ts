import {
  settingDescriptors,
  settingKeys,
  type Settings,
} from '../../../src/settings/settingDescriptors';

/** What every setting is where the user has set nothing. */
export const defaultSettings = Object.fromEntries(
  settingKeys.map((key) => [key, settingDescriptors[key].manifest.default]),
) as Settings;
