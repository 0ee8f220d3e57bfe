import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../shared/display-width.ts';
import { columnsOf, fitTerminal, fitText, forPrograms } from './fit-terminal.ts';

describe('fitText', () => {
  it('goes on in the next line, two columns further in', () => {
    expect(fitText('the nearest rank of all\n  and more of it\n', 14)).toBe(
      'the nearest\n  rank of all\n  and more\n    of it\n',
    );
  });

  it('goes on under the text of a labelled line', () => {
    expect(fitText('    allowed: one of ttft, tpot\n', 24)).toBe('    allowed: one of\n             ttft, tpot\n');
  });

  it('keeps a command one that can be pasted, and its quoted words whole', () => {
    const line = "    try:     --gate 'p99(ttft)<500 ms' --name base";
    expect(fitText(line, 40).split('\n')).toEqual([
      "    try:     --gate 'p99(ttft)<500 ms' \\",
      '             --name base',
    ]);
  });

  it('takes no flag in front of a sentence for a command', () => {
    expect(fitText('  --port: got 8000, which is taken', 24)).toBe('  --port: got 8000,\n    which is taken');
  });

  it('leaves alone what fits, tables, a live line, and a word that is wider than the terminal', () => {
    for (const text of [
      'it fits',
      `| ${'a '.repeat(20)}|`,
      `+-${'--'.repeat(20)}+`,
      `\r[####----]  3/15  ${'1.5 req/s  '.repeat(4)}`,
      'outputs/a/long/path/of/a/report.html',
    ])
      expect(fitText(text, 20)).toBe(text);
  });

  it('counts wide characters twice, and colours not at all', () => {
    expect(fitText('天空 天空 天空', 9)).toBe('天空\n  天空\n  天空');
    expect(fitText('\u001b[33mSUSPECT\u001b[39m or not', 14)).toBe('\u001b[33mSUSPECT\u001b[39m or not');
  });

  it('keeps every word, in lines no wider than the terminal', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '天', '-', ':'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 40, max: 90 }), (words, columns) => {
        const text = fitText(words.join(' '), columns);
        expect(text.replace(/ \\\n/g, ' ').split(/\s+/).filter(Boolean)).toEqual(words);
        expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('fitTerminal', () => {
  const write = (stream: { readonly isTTY?: boolean; readonly columns?: number }): unknown[] => {
    const written: unknown[] = [];
    const sink = { ...stream, write: (content: unknown) => written.push(content) };
    const none = (): void => undefined;
    const process = { stdout: sink, stderr: sink, env: {}, cwd: () => '.', on: none, off: none, exit: none as never };
    const { stdout } = fitTerminal(process);
    stdout.write(`${'word '.repeat(20)}\n`);
    stdout.write(forPrograms('{"a": "b c"}'.repeat(10)));
    return written;
  };

  it('wraps texts on a terminal, at 80 columns where it does not say its width, and never bytes', () => {
    for (const stream of [{ isTTY: true, columns: 80 }, { isTTY: true, columns: 0 }, { isTTY: true }]) {
      const [text, bytes] = write(stream);
      expect(
        String(text)
          .split('\n')
          .map(({ length }) => length),
      ).toEqual([74, 26, 0]);
      expect(String(bytes)).toBe('{"a": "b c"}'.repeat(10));
    }
  });

  it('leaves files and pipes alone', () => {
    expect(write({ columns: 20 })[0]).toBe(`${'word '.repeat(20)}\n`);
    expect([columnsOf({ columns: 20 }), columnsOf({ isTTY: true }), columnsOf({ isTTY: true, columns: 120 })]).toEqual([
      undefined,
      80,
      120,
    ]);
  });
});
