/**
 * The law of an open loop's gaps where `arrival` names none.
 *
 * @param burstiness as it was set; null or undefined: it was not
 */
export function defaultArrival(burstiness: unknown): 'poisson' | 'gamma' {
  return (burstiness ?? null) === null ? 'poisson' : 'gamma';
}
