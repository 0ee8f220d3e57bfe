import { MASK } from '../shared/mask-secrets.ts';
import type { Parameter } from './parameter.ts';
import { PARAMETERS } from './parameters.ts';
import type { RunConfig } from './run-config.ts';
import { maskHeaders, maskJson, maskUrl } from './secrets.ts';

/**
 * The configuration as `benchmark_args.json` holds it: evalscope's key names, values that were not given as null,
 * and no secret: the API key, headers and parameters that look secret, and user information in the URL are masked.
 */
export function renderConfigForArgsFile(config: RunConfig): Record<string, unknown> {
  return Object.fromEntries(
    PARAMETERS.map((parameter) => [
      parameter.argsKey ?? parameter.flag.replace(/-/g, '_'),
      showForFile(parameter, config),
    ]),
  );
}

function showForFile(parameter: Parameter, config: RunConfig): unknown {
  const value = config[parameter.name];
  if (parameter.secret === true) return value === null ? null : MASK;
  if (parameter.name === 'url') return maskUrl(config.url);
  if (parameter.name === 'headers') return maskHeaders(config.headers);
  return maskJson(value);
}
