/** Whether a server took a request: any 2xx, since some answer 201 with a good stream. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
