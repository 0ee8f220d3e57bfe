/** A member name of a module of k6, checked against k6's own types: a renamed function is a compile error. */
type Members<M> = readonly Extract<keyof M, string>[];

const K6 = ['check', 'fail', 'group', 'randomSeed', 'sleep'] as const satisfies Members<typeof import('k6')>;
const METRICS = ['Counter', 'Gauge', 'Rate', 'Trend'] as const satisfies Members<typeof import('k6/metrics')>;
const EXECUTION = ['instance', 'scenario', 'test', 'vu'] as const satisfies Members<typeof import('k6/execution')>;
const DATA = ['SharedArray'] as const satisfies Members<typeof import('k6/data')>;
const SECRETS = ['get', 'source'] as const satisfies Members<typeof import('k6/secrets')['default']>;
const HTTP = [
  'asyncRequest',
  'del',
  'get',
  'head',
  'options',
  'patch',
  'post',
  'put',
  'request',
] as const satisfies Members<typeof import('k6/http')>;

export type HttpFunction = (typeof HTTP)[number];

/** The modules of k6 that the engine has, each with its named exports; the default export holds the same. */
export const MODULE_MEMBERS = {
  k6: K6,
  'k6/metrics': METRICS,
  'k6/execution': EXECUTION,
  'k6/data': DATA,
  'k6/http': HTTP,
  'k6/secrets': SECRETS,
  'k6/x/sse': ['open'],
} as const;

export type ModuleName = keyof typeof MODULE_MEMBERS;

/** The module objects of one VU: the default exports. */
export type ModuleObjects = Readonly<Record<ModuleName, object>>;
