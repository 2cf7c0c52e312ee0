import type { RunContext } from '../context.ts'

/**
 * A queued migration's turn has come. Where it was queued under this very lease (a pause taken back, a scheduled start)
 * the store refuses, the lease is given back, and the next claim is by the order of the queue.
 */
export async function begin({ runs, lease }: RunContext): Promise<void> {
  await runs.report(lease, 'BEGUN')
}
