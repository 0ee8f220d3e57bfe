import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STATISTIC_METRICS } from '../metrics/request-metrics.ts';
import { parseRegressionGates } from './differences.ts';
import { checkGates } from './gates.ts';
import { formatCondition, parseCondition } from './parse-condition.ts';
import { parseThresholdExpression } from './thresholds.ts';

const name = (text: string, tags: string | null = null) => ({ name: text, args: null, tags });
const bare = (text: string) => ({ measure: name(text), operator: null, limit: null });

describe('parseCondition', () => {
  it.each([
    ['p(99.9) < 5', { measure: name('p99.9'), operator: '<', limit: { value: 5, unit: '' } }],
    ['p99(ttft){a:b<c}>=+.5s', { measure: { name: 'p99', args: [bare('ttft')], tags: 'a:b<c' }, operator: '>=' }],
    ['p( 50 )(ttft)==1e3', { measure: { name: 'p50', args: [bare('ttft')] }, limit: { value: 1000 } }],
    ['fluidity(25ms)>=0.99', { measure: { name: 'fluidity', args: [{ value: 25, unit: 'ms' }] } }],
    ['p10(fluidity(25 ms))!==99%', { measure: { args: [{ measure: { name: 'fluidity' } }] }, operator: '!=' }],
    [
      'goodput(ttft<500, tpot<=50ms)===1',
      {
        measure: {
          args: [
            { measure: name('ttft'), operator: '<', limit: { value: 500, unit: '' } },
            { measure: name('tpot'), operator: '<=', limit: { value: 50, unit: 'ms' } },
          ],
        },
        operator: '==',
      },
    ],
    ['mean(tpot)>+0.5 ms', { limit: { value: 0.5, unit: 'ms' } }],
    ['avg<-Infinity', { limit: { value: Number.NEGATIVE_INFINITY } }],
    ['avg<NaN', { limit: { value: Number.NaN } }],
    ['avg<1e999', { limit: null }],
    ['p99(ttft)', { measure: { name: 'p99' }, operator: null, limit: null }],
    ['avg<5<6', { operator: '<', limit: null }],
    ['avg<5 or avg>9', { operator: '<', limit: null }],
    ['goodput(ttft 5, (x))>1', { measure: { name: 'goodput', args: [] }, operator: '>' }],
  ])('takes %s apart', (source, expected) => {
    expect(parseCondition(source)).toMatchObject(expected);
  });

  it.each(['', ' ', '<5', '500>p99(ttft)', '(ttft)<5', '{a:b}<3', 'hello you', 'p99(ttft)(tpot) 5'])(
    'reads nothing in %j',
    (source) => {
      expect(parseCondition(source)).toBeNull();
    },
  );
});

const OPERATOR = fc.constantFrom('<', '<=', '>', '>=', '==', '!=', '===', '!==');
const PERCENT = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0.5, 99.9, 99.99));
const STATISTIC = fc.oneof(
  fc.constantFrom('avg', 'mean', 'min', 'max', 'med', 'median'),
  PERCENT.map((percent) => `p${percent}`),
  PERCENT.map((percent) => `p(${percent})`),
);
const NUMBER = fc.constantFrom('0', '1', '0.5', '.25', '1.', '1e-1', '+0.75');
const METRIC = fc.constantFrom(...STATISTIC_METRICS.map(({ name }) => name));
/** What is near to a condition, and what is not. */
const GARBAGE = fc.oneof(
  fc.string(),
  fc
    .array(fc.oneof(STATISTIC, OPERATOR, NUMBER, METRIC, fc.constantFrom(...'(){},:% \n', 'goodput', 'ms', 'é')), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);

describe('conditions in general', () => {
  it('read back as what they are printed as', () => {
    fc.assert(
      fc.property(GARBAGE, (source) => {
        const condition = parseCondition(source);
        if (condition === null) return;
        const printed = formatCondition(condition);
        expect(formatCondition(parseCondition(printed) ?? condition)).toBe(printed);
      }),
    );
  });

  it('of every statistic, metric, operator and number are gates, and with blanks the same ones', () => {
    fc.assert(
      fc.property(STATISTIC, METRIC, OPERATOR, NUMBER, (statistic, metric, operator, number) => {
        const read = (source: string) =>
          checkGates([source], '', (gate) => gate).gates.map((gate) => ({ ...gate, source: '' }));
        const gates = read(`${statistic}(${metric})${operator}${number}`);
        expect(gates).toHaveLength(1);
        expect(gates[0]?.limit).toBe(Number(number));
        expect(read(` ${statistic} ( ${metric} ) ${operator} ${number} `)).toEqual(gates);
      }),
    );
  });

  it('that k6 does not read are put into words that read back the same', () => {
    fc.assert(
      fc.property(STATISTIC, OPERATOR, NUMBER, (statistic, operator, number) => {
        const parsed = parseThresholdExpression(`${statistic}${operator}${number}`);
        expect(parsed?.source).toMatch(/^(avg|min|max|med|p\([\d.]+\))([<>]=?|===?|!=)[\d.e+-]+$/);
        expect(parseThresholdExpression(parsed?.source ?? '')).toEqual(parsed);
      }),
    );
  });

  it('of any text are read or refused with a line that is right', () => {
    fc.assert(
      fc.property(GARBAGE, (source) => {
        const gates = checkGates([source], '', (gate) => gate);
        for (const { paste } of gates.problems) expect(checkGates([paste], '', String).problems, paste).toEqual([]);
        const limits = parseRegressionGates([source]);
        for (const { paste } of limits.problems) {
          const better = /^--fail-on '(.*)'$/s.exec(paste)?.[1] ?? '';
          expect(parseRegressionGates([better]).problems, paste).toEqual([]);
        }
        parseThresholdExpression(source, 'ms');
      }),
    );
  });
});
