import type { RunContext } from '../context.ts'

/** A queued migration's turn has come. */
export async function begin({ runs, lease }: RunContext): Promise<void> {
  await runs.report(lease, 'BEGUN')
}
