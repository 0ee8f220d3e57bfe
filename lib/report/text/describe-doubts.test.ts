import { describe, expect, it } from 'vitest';
import { describeDoubts, groupByCause } from './describe-doubts.ts';

const at = (parallel: number, verdict: string, ...reasons: string[]) => ({
  ...{ varies: 'parallel' as const, parallel, rate: null, validity: { verdict, reasons } },
});

describe('describeDoubts', () => {
  it('has a line for each cause, which names the loads and says what is said of the first', () => {
    const cpu = (percent: number) => `the client used ${percent} % of this machine's CPU`;
    const client = (metric: string, told: string) => `${metric}: client delay may account for up to ${told}`;
    const points = [
      at(1, 'VALID'),
      at(2, 'SUSPECT', cpu(81)),
      at(4, 'SUSPECT', client('TTFT', '4.4 of 63.1 ms (p99)'), cpu(90)),
      // Two runs of one load, as a look and a probe that resolves.
      ...[at(8, 'SUSPECT', cpu(92)), at(8, 'SUSPECT', cpu(93))],
      at(
        16,
        'SUSPECT',
        client('TTFT', '1.0 of 5.0 ms (mean), 4.0 of 9.0 ms (p99)'),
        client('ITL', '2.0 of 3.0 ms (p50)'),
        cpu(95.5),
      ),
      at(32, 'INVALID', cpu(99)),
    ];
    expect(describeDoubts(points)).toEqual([
      "Measurement at parallel 2, parallel 4, parallel 8 and 1 more: SUSPECT: the client used 81 % of this machine's CPU",
      'Measurement at parallel 4, parallel 16: SUSPECT: TTFT: client delay may account for up to 4.4 of 63.1 ms (p99)',
      'Measurement at parallel 16: SUSPECT: ITL: client delay may account for up to 2.0 of 3.0 ms (p50)',
      "Measurement at parallel 32: INVALID: the client used 99 % of this machine's CPU",
    ]);
  });

  it('takes for one cause what a text is told by', () => {
    const remarks = ['p99(ttft)<200', 'p99(ttft)<300', 'p99(ttft)<200'].map((text, i) => ({
      ...{ name: `run ${i + 1}`, text },
    }));
    expect(groupByCause(remarks, (text) => text)).toEqual(['run 1, run 3: p99(ttft)<200', 'run 2: p99(ttft)<300']);
  });
});
