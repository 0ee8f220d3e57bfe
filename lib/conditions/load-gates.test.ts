import { describe, expect, it } from 'vitest';
import { checkGates } from './gates.ts';
import { loadGates } from './load-gates.ts';

const ofProfile = checkGates(['success_rate>=0.9', 'avg(ttft)<100'], 'profile', (gate) => gate).gates;

describe('loadGates', () => {
  it('puts the gates of the settings before those of the profile, each once', () => {
    const { gates } = loadGates(['p99(ttft)<500', 'avg(ttft)<100'], ofProfile, 'flag');
    expect(gates.map(({ source }) => source)).toEqual(['p99(ttft)<500', 'avg(ttft)<100', 'success_rate>=0.9']);
  });

  it('offers lines as the settings are given', () => {
    const paste = (style: 'flag' | 'env') => loadGates(['ttft<1'], [], style).problems[0]?.paste;
    expect(paste('flag')).toBe("--gate 'p99(ttft)<1'");
    expect(paste('env')).toBe("-e GATES='p99(ttft)<1'");
  });
});
