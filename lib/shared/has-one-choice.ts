/** Whether a request had one answer: of several, a record holds the gaps of all, and not the order of their chunks. */
export function hasOneChoice({ choices = 1 }: { readonly choices?: number }): boolean {
  return choices === 1;
}
