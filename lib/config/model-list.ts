import type { WeightedModel } from './parameters.ts';

/** More turns than this no run needs to be even. */
const MOST_WEIGHT = 1000;

/**
 * The models of a list between commas; `a:3,b:1` gives them weights, where every name of several has one. A single name is
 * taken as it is, since `qwen2.5:7` is one.
 *
 * @returns null for a name that is missing or comes twice, and for weights that are not whole numbers from 1 to 1,000
 */
export function parseModels(list: string): WeightedModel[] | null {
  const items = list.split(',').map((item) => item.trim());
  if (items.length === 1) return [{ name: list, weight: 1 }];
  const weighted = items.filter((item) => /.:\d+$/.test(item)).length;
  const isWeighted = weighted === items.length;
  const models = items.map((item) => {
    const at = isWeighted ? item.lastIndexOf(':') : item.length;
    return { name: item.slice(0, at).trim(), weight: isWeighted ? Number(item.slice(at + 1)) : 1 };
  });
  const names = new Set(models.map(({ name }) => name));
  const isRight = models.every(({ name, weight }) => name !== '' && weight >= 1 && weight <= MOST_WEIGHT);
  return isRight && (isWeighted || weighted === 0) && names.size === models.length ? models : null;
}

/** The list as it is written. */
export function formatModels(models: readonly WeightedModel[]): string {
  const isWeighted = models.some(({ weight }) => weight !== 1);
  return models.map(({ name, weight }) => (isWeighted ? `${name}:${weight}` : name)).join(',');
}
