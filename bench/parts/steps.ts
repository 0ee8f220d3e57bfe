import { STEPS, type Step } from '../k6/step-names.ts';
import { LONG_ANSWER_TOKENS, OTHER_EVENTS } from '../source/answer.ts';
import { runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part } from '../support/context.ts';
import { median } from '../support/pairs.ts';

const TITLES: Readonly<Record<Step, string>> = {
  count: 'an event reaches a handler that counts',
  clock: 'and its time is kept',
  text: 'and its text is kept',
  keep: 'and it is looked at for [DONE], a ping, a read timeout',
  read: 'and its text is read: is it output, an error, the end',
  record: 'and its gap is taken, and the request has a record',
  format: 'and the record is written as JSON',
  add: 'and the gap is added to llm_itl',
};

/** Where the time of an event goes in k6: the steps of measuring in turn, round by round, each with all before it. */
export const measureSteps: Part = async (context) => {
  if (context.k6Path === null) return [];
  context.say('steps of measuring in k6');
  const source = await startServer(built(context).script('source'), ['blast', LONG_ANSWER_TOKENS, 'chunks']);
  try {
    const times = new Map<Step, number[]>(STEPS.map((step) => [step, []]));
    for (let round = 0; round < context.pairs; round++) {
      for (const step of STEPS) times.get(step)?.push(await measureStep(context, source, step));
    }
    return STEPS.map((step, index) => {
      const all = times.get(step) as number[];
      const before = index === 0 ? 0 : median(times.get(STEPS[index - 1] as Step) as number[]);
      return {
        part: 'steps',
        name: `k6, 1 VU, microseconds per event: ${TITLES[step]}`,
        value: `${median(all).toFixed(1)} (${(median(all) - before).toFixed(1)} more)`,
        detail: all.map((value) => value.toFixed(1)).join(', '),
        values: { step, event_us: median(all), more_us: median(all) - before },
      } satisfies Figure;
    });
  } finally {
    await source.stop();
  }
};

async function measureStep(context: BenchContext, { url }: Server, step: Step): Promise<number> {
  const command = [context.k6Path as string, 'run', '--quiet', '--log-format', 'raw', built(context).script('steps')];
  const { stdout } = await runToEnd(command, {
    URL: `${url}/v1/chat/completions`,
    STEP: step,
    EVENTS: String(LONG_ANSWER_TOKENS + OTHER_EVENTS),
    NUMBER: context.quick ? '20' : '60',
  });
  return (JSON.parse(stdout) as { event_us: number }).event_us;
}
