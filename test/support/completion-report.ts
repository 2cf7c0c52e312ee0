import { lsnFromBigInt, type CompletionReport } from '../../engine/index.ts'

/** A report with everything in it that one can have, and numbers that JavaScript's own could not hold. */
export const fullReport: CompletionReport = {
  migration: 'm-7f3k (shop)',
  source: { host: 'old.example', port: 5432, database: 'shop', user: 'godwit' },
  target: { host: 'new.example', port: 5433, database: 'shop', user: 'godwit' },
  rows: 9_007_199_254_740_993n,
  bytes: 2n,
  fullCopyMs: 3,
  appliedTransactions: 4n,
  appliedChanges: 5n,
  drainedTo: lsnFromBigInt(6n),
  steps: [{ step: 'FENCE', durationMs: 120 }],
  fencing: 'READ_ONLY',
  pauseMs: 7,
  predictedPauseMs: 1_500,
  compareMs: 2,
  comparison: [{ schema: 'a', table: 'b', sourceRows: 8n, targetRows: 9n }],
  alignedSequences: 10,
  refreshedViews: 1,
  requestedBy: 'alice',
  decisions: [{ person: 'bob', decision: 'APPROVE', reason: 'looks good' }],
  breakGlass: { person: 'carol', reason: 'the old server burns' },
  acceptedWarnings: ['wal-retention'],
  cleanUp: [{ side: 'SOURCE', what: 'The account godwit:', statements: ['DROP ROLE "godwit";'] }],
}
