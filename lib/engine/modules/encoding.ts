type Encoding = typeof import('k6/encoding');

/** The alphabets of Go's encoding/base64, by k6's names. */
const VARIANTS = {
  std: { isUrl: false, isPadded: true },
  rawstd: { isUrl: false, isPadded: false },
  url: { isUrl: true, isPadded: true },
  rawurl: { isUrl: true, isPadded: false },
} as const;

/** `k6/encoding`. */
export function createEncodingModule(): Pick<Encoding, 'b64encode' | 'b64decode'> {
  const b64encode = (input: string | ArrayBuffer, variant: keyof typeof VARIANTS = 'std'): string => {
    const { isUrl, isPadded } = VARIANTS[variant] ?? VARIANTS.std;
    const text = Buffer.from(input as string).toString('base64');
    const lettered = isUrl ? text.replaceAll('+', '-').replaceAll('/', '_') : text;
    return isPadded ? lettered : lettered.replace(/=+$/, '');
  };
  const b64decode = (input: string, _: keyof typeof VARIANTS = 'std', format?: 's'): string | ArrayBuffer => {
    // Buffer reads both alphabets, padded or not.
    const bytes = Buffer.from(input, 'base64');
    return format === 's' ? bytes.toString() : new Uint8Array(bytes).buffer;
  };
  return { b64encode, b64decode } as Pick<Encoding, 'b64encode' | 'b64decode'>;
}
