import { wrongType } from './fields.ts';

const SYSTEM_TAGS = [
  'check',
  'error',
  'error_code',
  'expected_response',
  'group',
  'iter',
  'method',
  'name',
  'proto',
  'scenario',
  'service',
  'status',
  'subproto',
  'tls_version',
  'url',
  'vu',
] as const;

export type SystemTag = (typeof SYSTEM_TAGS)[number];

const DEFAULT_SYSTEM_TAGS = SYSTEM_TAGS.filter((tag) => tag !== 'iter' && tag !== 'vu');

/** The system tags that samples carry: k6's default set, or the list in `options.systemTags`; unknown names are left out. */
export function readSystemTags(value: unknown): ReadonlySet<SystemTag> {
  if (value === undefined || value === null) return new Set(DEFAULT_SYSTEM_TAGS);
  if (!Array.isArray(value)) throw wrongType('systemTags', value, '[]string');
  if (value.length === 0) return new Set(DEFAULT_SYSTEM_TAGS);
  return new Set(SYSTEM_TAGS.filter((tag) => value.includes(tag)));
}
