import { writeFileSync } from 'node:fs';
import type { BenchContext, Figure, Part } from '../support/context.ts';
import { type JudgedPlan, runJudged } from '../support/judged-run.ts';

export const measureJudge: Part = async (context: BenchContext) => {
  const figures: Figure[] = [];
  const only = process.env['JUDGE_PLANS'];
  const plans = JSON.parse(only ?? '[]') as JudgedPlan[];
  for (const plan of plans) {
    const name = JSON.stringify(plan);
    try {
      const run = await runJudged(context, plan);
      const file = `${process.env['JUDGE_DIR']}/${Date.now()}.json`;
      writeFileSync(file, JSON.stringify(run));
      context.say(`${name}: ${(run.validity as { verdict: string }).verdict}`);
    } catch (e) {
      context.say(`${name}: ${e}`);
    }
  }
  return figures;
};
