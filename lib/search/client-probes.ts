/** After so many probes in a row that say nothing about the service, the next one will not either. */
const MOST_IN_A_ROW = 3;

/** Why a search ends there. */
export const CLIENT_END = `${MOST_IN_A_ROW} probes in a row are INVALID because of the client`;

/** Whether the last probes were all the client's doing, so that the search cannot go on. */
export function endsByClient(probes: readonly { readonly client_at_limit: boolean }[]): boolean {
  return countClientTries(probes) >= MOST_IN_A_ROW;
}

/** How many of the last probes, one after the other, were the client's doing: a load is tried so many times again. */
export function countClientTries(probes: readonly { readonly client_at_limit: boolean }[]): number {
  return probes.length - 1 - probes.findLastIndex(({ client_at_limit }) => !client_at_limit);
}
