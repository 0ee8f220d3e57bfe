import { expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { findUnkeepable } from './kept-connections.ts';

it('refuses kept connections for streams of k6 alone', () => {
  const kept = { CONNECTIONS: 'kept' };
  expect(findUnkeepable(configOf(kept), false, 'env')).toMatchObject([
    { key: 'CONNECTIONS (--connections)', paste: '-e CONNECTIONS=new' },
  ]);
  expect(findUnkeepable(configOf(kept), false, 'flag')[0]?.paste).toBe('--connections kept --engine node');
  expect(findUnkeepable(configOf(kept), true, 'env')).toEqual([]);
  expect(findUnkeepable(configOf({ ...kept, STREAM: 'off' }), false, 'env')).toEqual([]);
  expect(findUnkeepable(configOf({}), false, 'env')).toEqual([]);
});
