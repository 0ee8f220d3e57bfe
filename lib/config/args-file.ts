import { MASK } from '../shared/mask-secrets.ts';
import { formatModels } from './model-list.ts';
import { concurrencyOf } from './open-loop.ts';
import type { Parameter } from './parameter.ts';
import { type ConfigKey, PARAMETERS, type RunConfig } from './parameters.ts';
import { maskHeaders, maskJson, maskUrl } from './secrets.ts';

/**
 * The configuration as `benchmark_args.json` holds it: evalscope's key names, values that were not given as null, `parallel` as
 * the tables have it (null for an open loop without a cap), and no secret: the API key, headers and parameters that look secret,
 * and user information in the URL are masked.
 *
 * @param mask takes the secrets out of texts that a user wrote, of `createSecretMasker`
 */
export function renderConfigForArgsFile(
  config: RunConfig,
  mask: (text: string) => string,
  parameters: readonly Parameter<ConfigKey>[] = PARAMETERS,
): Record<string, unknown> {
  return Object.fromEntries(
    parameters.map((parameter) => [
      parameter.argsKey ?? parameter.flag.replace(/-/g, '_'),
      showForFile(parameter, config, mask),
    ]),
  );
}

const FREE_TEXTS: readonly string[] = ['prompt', 'stop', 'extraArgs', 'queryTemplate', 'gates'];

function showForFile(parameter: Parameter<ConfigKey>, config: RunConfig, mask: (text: string) => string): unknown {
  const value = config[parameter.name];
  if (parameter.secret === true) return value === null ? null : MASK;
  if (parameter.name === 'url') return config.urls.map(maskUrl).join(',');
  if (parameter.name === 'parallel') return concurrencyOf(config);
  if (parameter.name === 'model') return formatModels(config.models);
  if (parameter.name === 'headers') return maskHeaders(config.headers);
  if (parameter.name === 'serverMetricsHeaders') return maskHeaders(config.serverMetricsHeaders);
  if (parameter.name === 'serverMetrics' || parameter.name === 'gpuMetrics') {
    const pages = config[parameter.name];
    return typeof pages === 'string' ? pages : pages.map(maskUrl);
  }
  // What a user writes as text and the request body holds may contain the key, too. Other texts are words of ours, or paths.
  return maskJson(value, FREE_TEXTS.includes(parameter.name) ? mask : undefined);
}
