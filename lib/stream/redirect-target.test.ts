import { describe, expect, it } from 'vitest';
import { sameOriginTarget } from './redirect-target.ts';

describe('sameOriginTarget', () => {
  it.each([
    ['/b?c=d', 'http://h:8/b?c=d'],
    ['b', 'http://h:8/v1/b'],
    ['http://h:8/b#part', 'http://h:8/b'],
    ['HTTP://H:8/b', 'http://H:8/b'],
    ['//h:8/b', 'http://h:8/b'],
  ])('%s is within the origin', (location, target) => {
    expect(sameOriginTarget('http://h:8/v1/a', location)).toBe(target);
  });

  it.each(['http://h/b', 'https://h:8/b', 'http://other:8/b', '//other:8/b', 'ftp://h:8/b', 'http://[', ''])(
    '%j is not',
    (location) => {
      expect(sameOriginTarget('http://h:8/v1/a', location)).toBeNull();
    },
  );

  it('knows the ports of the schemes', () => {
    expect(sameOriginTarget('https://h/a', 'https://h:443/b')).toBe('https://h:443/b');
    expect(sameOriginTarget('http://h/a', 'http://h:443/b')).toBeNull();
  });
});
