/** What stands where a secret stood. */
export const MASK = '**********';

/**
 * Replaces every occurrence of the given secrets in a text that may come from a server (an error body can echo a key).
 *
 * @param secrets empty strings and null are ignored; one below four characters too, since masking it would shred text
 */
export function createMasker(secrets: readonly (string | null)[]): (text: string) => string {
  const known = secrets
    .filter((secret): secret is string => secret !== null && secret.length >= 4)
    // The longest first: of a secret within another nothing may stay behind.
    .sort((a, b) => b.length - a.length);
  return (text) => known.reduce((masked, secret) => masked.split(secret).join(MASK), text);
}
