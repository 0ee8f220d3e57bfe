import { expect, it } from 'vitest';
import type { Problem } from '../shared/errors.ts';
import { planPush } from './push-flags.ts';

it('refuses headers that are typed for a place that nobody names, and lets those of the environment be', () => {
  const problemsOf = (environment: Record<string, string>, flags: Record<string, string>): readonly string[] => {
    const problems: Problem[] = [];
    planPush({ ...environment, ...flags }, flags, problems);
    return problems.map(({ key, got }) => `${key}: ${got}`);
  };
  const headers = { PUSH_OTLP_HEADERS: 'x-team=search', PUSH_PROMETHEUS_HEADERS: 'x-team=search' };
  expect(problemsOf({}, headers)).toEqual([
    'PUSH_PROMETHEUS (--push-prometheus): nothing, beside --push-prometheus-headers',
    'PUSH_OTLP (--push-otlp): nothing, beside --push-otlp-headers',
  ]);
  expect(problemsOf(headers, {})).toEqual([]);
  expect(problemsOf({ PUSH_OTLP: 'http://127.0.0.1:4318' }, { PUSH_OTLP_HEADERS: 'x-team=search' })).toEqual([]);
});
