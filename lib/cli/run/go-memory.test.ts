import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { goMemorySettings } from './go-memory.ts';

describe('goMemorySettings', () => {
  it('lets the heap grow fivefold between collections, up to half of the memory', () => {
    expect(goMemorySettings({}, 8e9)).toEqual({ GOGC: '400', GOMEMLIMIT: '4000000000' });
  });

  it('leaves what the user has set', () => {
    expect(goMemorySettings({ GOGC: '50' })).toEqual({});
    expect(goMemorySettings({ GOMEMLIMIT: '1GiB' })).toEqual({});
  });

  it('goes by the memory of the machine, or less in a container', () => {
    const limit = Number(goMemorySettings({})['GOMEMLIMIT']);
    expect(limit).toBeGreaterThan(0);
    expect(limit).toBeLessThanOrEqual(totalmem() / 2 + 1);
  });
});
