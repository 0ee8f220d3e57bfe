import { loadConfig } from '../../lib/config/load-config.ts';
import type { RunConfig } from '../../lib/config/parameters.ts';

/** A checked configuration out of settings; throws what is wrong with them. */
export function configOf(settings: Readonly<Record<string, string>> = {}): RunConfig {
  const { config, problems } = loadConfig({ MODEL: 'm', ...settings }, () => '');
  if (config === null) throw new Error(JSON.stringify(problems));
  return config;
}
