import type { RunConfig, WeightedModel } from '../config/parameters.ts';

/** Where a request goes, and which model it asks. */
export interface Target {
  readonly url: string;
  readonly model: string;
}

/**
 * The targets of a run's requests, by their index alone, so that all VUs and instances agree: the URLs take turns, and with
 * each round of them the models do, by their weights.
 */
export function createTargets({ urls, models }: Pick<RunConfig, 'urls' | 'models'>): (index: number) => Target {
  const turns = takeTurns(models);
  return (index) => ({
    url: urls[index % urls.length] as string,
    model: turns[Math.floor(index / urls.length) % turns.length] as string,
  });
}

/** The names in an order in which each comes as often as its weight, as evenly as that goes (nginx's smooth round robin). */
function takeTurns(models: readonly WeightedModel[]): string[] {
  const total = models.reduce((sum, { weight }) => sum + weight, 0);
  const credit = models.map(() => 0);
  return Array.from({ length: total }, () => {
    for (const [i, { weight }] of models.entries()) credit[i] = (credit[i] as number) + weight;
    const most = credit.indexOf(Math.max(...credit));
    credit[most] = (credit[most] as number) - total;
    return (models[most] as WeightedModel).name;
  });
}
