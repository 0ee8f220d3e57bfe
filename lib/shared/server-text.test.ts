import { describe, expect, it } from 'vitest';
import { createMasker, MASK } from './mask-secrets.ts';
import { cleanServerText, cleanServerTexts } from './server-text.ts';

const KEY = ['sk', 'Zq7xVb93LmN0'].join('-');
const mask = createMasker([KEY]);

describe('cleanServerText', () => {
  it('masks before it cuts, so that no half of a key is left', () => {
    for (let before = 480; before <= 500; before += 1) {
      const cleaned = cleanServerText(`${'x'.repeat(before)}${KEY} and more`, mask);
      expect(cleaned.length).toBeLessThanOrEqual(500);
      expect(cleaned).toMatch(/^x{480,}\**/);
      expect(cleaned).not.toContain('sk-Z');
    }
  });

  it('leaves nothing of a key at the place to which a page is searched', () => {
    expect(cleanServerText(`${'*'.repeat(0)}${`${KEY} `.repeat(3000)}`, mask)).not.toContain('Zq7');
  });

  it('does not cut a character in two', () => {
    expect(cleanServerText(`${'x'.repeat(499)}🙂`, mask)).toBe('x'.repeat(499));
  });
});

describe('cleanServerTexts', () => {
  it('cleans every text of a record, in whatever field it came', () => {
    const record = { finish_reason: KEY, failure: { detail: `a ${KEY}` }, notes: [KEY], ttft_ms: 1, response: KEY };
    expect(cleanServerTexts(record, mask, ['response'])).toEqual({
      finish_reason: MASK,
      failure: { detail: `a ${MASK}` },
      notes: [MASK],
      ttft_ms: 1,
      response: KEY,
    });
  });

  it('hands over the very array of gaps', () => {
    const gaps = [1, 2];
    expect(cleanServerTexts({ chunk_gaps_ms: gaps }, mask).chunk_gaps_ms).toBe(gaps);
  });
});
