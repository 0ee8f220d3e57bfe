import { formatFlag } from '../config/describe-problem.ts';
import { parseHttpUrl } from '../config/http-url.ts';
import { headerPairs } from '../config/list-types.ts';
import { createFlagSet, type Settings } from '../config/node-flags.ts';
import type { FlagSpec } from '../config/parameter.ts';
import { accept, oneWord, refuse } from '../config/value-type.ts';
import type { Problem } from '../shared/errors.ts';

const pushUrl = oneWord<string>('url', 'a URL that begins with http:// or https://', (plain) => {
  const parsed = parseHttpUrl(plain);
  if (parsed.state === 'refused') return parsed;
  return parsed.value.userinfo === null
    ? accept(plain.trim())
    : refuse('user information, which goes into the headers');
});

const FLAGS = createFlagSet({
  pushPrometheus: {
    group: 'Results',
    type: pushUrl,
    example: ['http://127.0.0.1:9091'],
    help: "Sends each run's headline numbers to a Prometheus Pushgateway after it; a failure is reported and does not change the exit code.",
  },
  pushPrometheusHeaders: {
    type: headerPairs,
    secret: true,
    default: {},
    example: ['x-team=search'],
    help: 'HTTP headers for that gateway; no other key goes there.',
  },
  pushOtlp: {
    type: pushUrl,
    example: ['http://127.0.0.1:4318'],
    help: 'The same to an OpenTelemetry collector, as OTLP/HTTP JSON.',
  },
  pushOtlpHeaders: {
    type: headerPairs,
    secret: true,
    default: {},
    example: ['x-team=search'],
    help: 'HTTP headers for that collector; no other key goes there.',
  },
});

/** The settings of what is sent after a run. */
export const PUSH_FLAGS = FLAGS.specs;

/** Where the numbers of a run go, with the headers for that place alone. */
export interface PushPlace {
  readonly form: 'prometheus' | 'otlp';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The places that settings name; what is wrong is added to `problems`.
 *
 * @param flags those that were typed: headers for a place that nobody names are a mistake there, and of use to other runs in the
 *   environment
 */
export function planPush(settings: Settings, flags: Settings, problems: Problem[]): readonly PushPlace[] {
  for (const place of PUSH_FLAGS) {
    if ((flags[`${place.env}_HEADERS`] ?? '') !== '' && (settings[place.env] ?? '') === '')
      problems.push(describeNowhere(place));
  }
  const { pushPrometheus, pushPrometheusHeaders, pushOtlp, pushOtlpHeaders } = FLAGS.read(settings, problems);
  return [
    { form: 'prometheus' as const, url: pushPrometheus, headers: pushPrometheusHeaders },
    { form: 'otlp' as const, url: pushOtlp, headers: pushOtlpHeaders },
  ].flatMap(({ url, ...place }) => (url === null ? [] : [{ ...place, url }]));
}

function describeNowhere(place: FlagSpec): Problem {
  const { env, flag, type } = place;
  return {
    key: `${env} (--${flag})`,
    got: `nothing, beside --${flag}-headers`,
    allowed: type.allowed,
    paste: formatFlag(place),
  };
}

/** The settings that nobody else needs to see: headers may be keys. */
export function withoutPush<Value>(settings: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !PUSH_FLAGS.some(({ env }) => env === name)));
}
