import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createChangedLines } from './changed-lines.ts';
import { textOfPage } from './node-page-text.ts';

const FOLDER = new URL('../../tests/fixtures/metrics/', import.meta.url);
const PAGES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(new URL(name, FOLDER)));

/** A histogram of so many buckets. */
const histogram = (name: string, length: number): string =>
  [
    `# HELP ${name} Größe.`,
    `# TYPE ${name} histogram`,
    ...Array.from({ length }, (_, i) => `${name}_bucket{le="${i}"} ${i}`),
    `${name}_count ${length}`,
  ].join('\n');

it('leaves long blocks out that are passed over, and keeps the last line', () => {
  const { isOther, changed } = createChangedLines([]);
  const mine = 'vllm:time_to_first_token_seconds';
  const page = `${histogram('other', 100)}\nx{a="é"} 1\n# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 1\n${histogram(mine, 100)}\n`;
  const bytes = Buffer.from(page);
  // The last line of the first histogram is of another family: it is judged line by line.
  expect(textOfPage(bytes, isOther)).toBe(page);
  changed(page);
  const last = `${mine}_count 100\n`;
  const [before] = page.split(`# TYPE ${mine} `);
  expect(textOfPage(bytes, isOther)).toBe(`${before}${last}`);
  expect(textOfPage(bytes, undefined)).toBe(page);
});

it('changes nothing of what is read from pages that follow each other, whole, cut, or failed', () => {
  const text = fc.oneof(
    fc.constantFrom(...PAGES),
    fc
      .array(
        fc.tuple(
          fc.constantFrom('other_seconds', 'vllm:time_to_first_token_seconds', 'vllm:num', 'mine', 'a'),
          fc.nat({ max: 60 }),
          fc.constantFrom(
            '',
            '\n',
            '\r\n',
            '\n\n',
            '\n# EOF',
            '\nvllm:num_requests_running{a="é"} 3',
            '\nmine_total 4',
          ),
        ),
      )
      .map((parts) => Buffer.from(parts.map(([name, length, end]) => `${histogram(name, length)}${end}`).join('\n'))),
  );
  const page = fc.tuple(text, fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(fc.array(page, { maxLength: 5 }), fc.subarray(['mine', 'other_seconds_count']), (pages, names) => {
      const [whole, short] = [createChangedLines(names), createChangedLines(names)];
      for (const [bytes, share] of pages) {
        const cut = bytes.subarray(0, Math.round(share * bytes.length));
        expect(short.changed(textOfPage(cut, short.isOther))).toEqual(whole.changed(cut.toString()));
      }
    }),
  );
});
