import type { MigrationStatus } from './types.ts'

interface StatusWords {
  /** Seen before it is read. */
  readonly mark: string
  readonly words: string
}

/** What people read instead of the status. */
export const statusWords: Readonly<Record<MigrationStatus, StatusWords>> = {
  DRAFT: { mark: '⚪', words: 'Draft' },
  VERIFYING: { mark: '🔵', words: 'Being verified' },
  VERIFY_FAILED: { mark: '🔴', words: 'Verify failed' },
  READY: { mark: '🟢', words: 'Ready to start' },
  SCHEDULED: { mark: '🕒', words: 'Scheduled' },
  QUEUED: { mark: '⏳', words: 'Waiting in the queue' },
  RUNNING: { mark: '🔵', words: 'Running' },
  PAUSED: { mark: '⏸️', words: 'Paused' },
  COMPLETING: { mark: '🟠', words: 'Cutting over' },
  COMPLETED: { mark: '✅', words: 'Completed' },
  FAILED: { mark: '🔴', words: 'Failed' },
  CANCELLING: { mark: '⚪', words: 'Being cancelled' },
  CANCELLED: { mark: '⚪', words: 'Cancelled' },
}
