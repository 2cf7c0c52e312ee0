/** The code that Node gives to an error of its own, such as ECONNRESET; undefined for the server's errors. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || 'severity' in error) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
